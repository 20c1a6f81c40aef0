import { describe, expect, it } from "vitest";
import { makeFolder, runComponents, step } from "./harness.js";

describe("sleep", () => {
  it("waits silently", async () => {
    using folder = makeFolder();
    const run = await runComponents({
      folder: folder.path,
      steps: [step("sleep", { duration: "20ms" }), step("sleep", {})],
    });
    expect(run.lines).toEqual(["Build 'null.n' ended."]);
  });
});

describe("breakpoint", () => {
  it("waits until somebody presses enter", async () => {
    using folder = makeFolder();
    const asked: string[] = [];
    const run = await runComponents({
      folder: folder.path,
      steps: [step("breakpoint", { note: "look" })],
      options: {
        prompt: async (question) => {
          asked.push(question);
          return "";
        },
      },
    });
    expect(run.lines[0]).toBe('==> null.n: Pausing at breakpoint provisioner with note "look".');
    expect(asked).toEqual(["==> null.n: Press enter to continue."]);
  });

  it("fails when nobody can, and goes on when it is disabled", async () => {
    using folder = makeFolder();
    const failed = await runComponents({ folder: folder.path, steps: [step("breakpoint", {})] });
    expect(failed.error).toBe("The breakpoint cannot wait, because nobody can press enter");
    const disabled = await runComponents({ folder: folder.path, steps: [step("breakpoint", { disable: true })] });
    expect(disabled.outcome).toBe("succeeded");
  });
});

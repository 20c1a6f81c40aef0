import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runOnTerminal, type TerminalRun } from "../ssh/terminal.js";
import { cleanUpAfter, remainingProcesses } from "./kill-at-event.js";
import { localBuild, makeFolder } from "./run-build.js";

interface Typed {
  readonly after: string;
  readonly text: string;
}

interface LocalRun extends TerminalRun {
  readonly folder: string;
}

const interrupt = "\u0003";

/** Runs a local build in front of somebody who types; nothing may be left of it afterwards. */
async function buildAndType(steps: string, flags: readonly string[], typing: readonly Typed[]): Promise<LocalRun> {
  const folder = makeFolder({ "x.pkr.hcl": localBuild(steps) });
  const run = await runOnTerminal(folder, ["build", "-color=false", ...flags, "."], typing);
  expect(remainingProcesses(folder)).toEqual([]);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  return { ...run, folder };
}

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("-on-error=ask", () => {
  const question = "==> null.x: [c] Clean up and exit, [a] abort without cleanup, or [r] retry step";
  const steps = `provisioner "shell-local" {
  inline = ["echo trying-$((40 + 2))", "test -e again || { touch again; exit 3; }"]
}
error-cleanup-provisioner "shell-local" {
  inline = ["touch cleaned"]
}`;
  const asked = async (typing: readonly Typed[]): Promise<LocalRun> =>
    await buildAndType(steps, ["-on-error=ask"], typing);

  it("tries the step again", async () => {
    const { code, shown, folder } = await asked([{ after: question, text: "r\n" }]);
    expect({ code, tried: count(shown, "trying-42"), cleaned: existsSync(join(folder, "cleaned")) }).toEqual({
      code: 0,
      tried: 2,
      cleaned: false,
    });
  });

  it.each([
    ["c", "c\n"],
    ["nothing", "\n"],
    ["an interrupt", interrupt],
  ])("cleans up: %s", async (_name, text) => {
    const { code, shown, folder } = await asked([{ after: question, text }]);
    expect({ code, tried: count(shown, "trying-42"), cleaned: existsSync(join(folder, "cleaned")) }).toEqual({
      code: 1,
      tried: 1,
      cleaned: true,
    });
    expect(shown).toMatch(/Script exited with non-zero exit status: 3/);
  });

  it("takes answers that were typed ahead", async () => {
    const { code, shown, folder } = await asked([{ after: question, text: "x\nr\n" }]);
    expect({ code, tried: count(shown, "trying-42"), cleaned: existsSync(join(folder, "cleaned")) }).toEqual({
      code: 0,
      tried: 2,
      cleaned: false,
    });
    expect(shown).toContain('Incorrect input: "x"');
  });

  it("aborts without cleaning up, and asks until it understands", async () => {
    const { code, shown, folder } = await asked([
      { after: question, text: "what?\n" },
      { after: 'Incorrect input: "what?"', text: "" },
      { after: question, text: "a\n" },
    ]);
    expect({ code, asked: count(shown, question) >= 2, cleaned: existsSync(join(folder, "cleaned")) }).toEqual({
      code: 1,
      asked: true,
      cleaned: false,
    });
    expect(shown).toMatch(/Step ".*" failed, aborting\.\.\./);
  });
});

const step = (text: string): string => `provisioner "shell-local" {\n  inline = ["echo ${text}-$((40 + 2))"]\n}\n`;

describe("-debug", () => {
  const enter = (after: string): Typed => ({ after: `==> null.x: Pausing ${after}`, text: "\n" });

  it("waits after each part, before each provisioner and before each clean-up", async () => {
    const { code, shown } = await buildAndType(
      step("first") + step("second"),
      ["-debug"],
      [
        enter("after run of step 'launch'. Press enter to continue."),
        enter("after run of step 'connect'. Press enter to continue."),
        enter("before the next provisioner . Press enter to continue."),
        { after: "first-42", text: "" },
        enter("before the next provisioner . Press enter to continue."),
        { after: "second-42", text: "" },
        enter("after run of step 'provision'. Press enter to continue."),
        enter("after run of step 'capture'. Press enter to continue."),
        enter("before cleanup of step"),
      ],
    );
    expect(code).toBe(0);
    expect(shown).toMatch(/^Debug mode enabled\. Builds will not be parallelized\./);
    expect(shown).toContain("Build 'null.x' finished after ");
  });

  it("ends at an interrupt", async () => {
    const { code, shown } = await buildAndType(
      step("first"),
      ["-debug"],
      [enter("after run of step 'launch'"), { after: "after run of step 'connect'", text: interrupt }],
    );
    expect(code).toBe(1);
    expect(shown).toContain("Cancelling build after receiving interrupt");
    expect(shown).not.toContain("first-42");
  });
});

describe("a breakpoint", () => {
  const breakpoint = `provisioner "breakpoint" {\n  note = "look here"\n}\n`;
  const paused = 'Pausing at breakpoint provisioner with note "look here".';

  it("waits for enter", async () => {
    const { code, shown } = await buildAndType(
      breakpoint + step("then"),
      [],
      [
        { after: paused, text: "" },
        { after: "==> null.x: Press enter to continue.", text: "\n" },
      ],
    );
    expect(code).toBe(0);
    expect(shown.indexOf("then-42")).toBeGreaterThan(shown.indexOf("Press enter to continue."));
  });

  it("ends at an interrupt", async () => {
    const { code, shown } = await buildAndType(
      breakpoint + step("then"),
      [],
      [
        { after: paused, text: "" },
        { after: "Press enter to continue.", text: interrupt },
      ],
    );
    expect(code).toBe(1);
    expect(shown).toContain("Cancelling build after receiving interrupt");
    expect(shown).not.toContain("then-42");
  });

  it("of several builds wait one after the other", async () => {
    const folder = makeFolder({
      "x.pkr.hcl": `
source "null" "x" {
  communicator = "none"
}
source "null" "y" {
  communicator = "none"
}
build {
  sources = ["source.null.x", "source.null.y"]
  ${breakpoint}
}
`,
    });
    const { code, shown } = await runOnTerminal(
      folder,
      ["build", "-color=false", "."],
      [
        // Which of them asks first is not said.
        { after: ": Press enter to continue.", text: "\n" },
        { after: ": Press enter to continue.", text: "\n" },
      ],
    );
    expect(code).toBe(0);
    expect(shown).toContain("==> null.x: Press enter to continue.");
    expect(shown).toContain("==> null.y: Press enter to continue.");
    expect(shown).toContain("Build 'null.x' finished after ");
    expect(shown).toContain("Build 'null.y' finished after ");
  });
});

it("a second Ctrl-C stops waiting for a clean-up, whose processes are ended", async () => {
  const steps = `provisioner "shell-local" {
  inline = ["echo hanging-$((40 + 2)); sleep 300"]
}
error-cleanup-provisioner "shell-local" {
  inline = ["trap '' TERM; echo cleaning-$((40 + 2)); while :; do sleep 0.1; done"]
}`;
  const folder = makeFolder({ "x.pkr.hcl": localBuild(steps) });
  const { code, shown } = await runOnTerminal(
    folder,
    ["build", "-color=false", "."],
    [
      { after: "hanging-42", text: interrupt },
      { after: "cleaning-42", text: interrupt },
    ],
  );
  expect(code).toBe(1);
  expect(shown).toContain("Not waiting for what still runs; clean-up may be incomplete.");
  expect(remainingProcesses(folder)).toEqual([]);
  expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  expect(cleanUpAfter(folder, {})).toEqual({ code: 0, output: "Nothing was left behind.\n" });
});

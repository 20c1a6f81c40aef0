import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createFakeClock, createFakePlugin, fakeGraph, fakeMachine, fakeStep, runFake } from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHumanView, type BuildEvent } from "@hclbuild/executor";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "run-graph-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plain = (events: readonly BuildEvent[]): string => {
  const view = createHumanView({ color: false, timestamps: false, formatTime: String });
  return events.map((event) => view(event)).join("");
};

describe("cancelling", () => {
  it("stops a hanging step, cleans up, and starts no further builds", async () => {
    const fake = createFakePlugin();
    const controller = new AbortController();
    const graph = fakeGraph([
      fakeMachine("a", {
        steps: [fakeStep("a/1", { do: "say:hanging hang" })],
        onError: [fakeStep("a/e", { text: "rescue" })],
      }),
      fakeMachine("b"),
    ]);
    const { result, events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      clock: createFakeClock(),
      build: { parallel: 1 },
      options: { signals: { cancel: controller.signal } },
      onEvent: (event) => {
        if (event.type === "log" && event.text === "hanging") controller.abort("interrupt");
      },
    });
    expect(result.outcome).toBe("cancelled");
    expect(result.builds.map((build) => build.outcome)).toEqual(["cancelled", "cancelled"]);
    expect([...fake.alive]).toEqual([]);
    expect(plain(events)).toBe(
      [
        "==> a: hanging",
        "Cancelling build after receiving interrupt",
        "==> a: Provisioning step had errors: Running the cleanup provisioner, if present...",
        "==> a: rescue",
        "Build 'a' errored after 0 microseconds: build was cancelled",
        "",
        "==> Wait completed after 0 microseconds",
        "Cleanly cancelled builds after being interrupted.",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["abort", []],
    ["run-cleanup-provisioner", ["rescue"]],
  ] as const)("keeps the machine with -on-error=%s, as a failure does", async (onError, rescued) => {
    const fake = createFakePlugin();
    const controller = new AbortController();
    const graph = fakeGraph([
      fakeMachine("a", {
        steps: [fakeStep("a/1", { do: "say:hanging hang" })],
        onError: [fakeStep("a/e", { text: "rescue" })],
      }),
    ]);
    const { result, events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      build: { onError },
      options: { signals: { cancel: controller.signal } },
      onEvent: (event) => {
        if (event.type === "log" && event.text === "hanging") controller.abort("interrupt");
      },
    });
    expect(result.outcome).toBe("cancelled");
    expect([...fake.alive]).toEqual(["machine a"]);
    const lines = plain(events).split("\n");
    expect(lines).toContain('==> a: aborted: skipping cleanup of step "machine a"');
    expect(lines.filter((line) => line === "==> a: rescue")).toEqual(rescued.map((line) => `==> a: ${line}`));
  });

  it("stops waiting for a clean-up that hangs when asked a second time", async () => {
    const fake = createFakePlugin();
    const first = new AbortController();
    const second = new AbortController();
    const graph = fakeGraph([
      fakeMachine("a", { config: { teardown: "hang" }, steps: [fakeStep("a/1", { do: "say:go hang" })] }),
    ]);
    const { result, events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      clock: createFakeClock(),
      options: { signals: { cancel: first.signal, stopWaiting: second.signal } },
      onEvent: (event) => {
        if (event.type === "log" && event.text === "go") first.abort("interrupt");
        if (event.type === "phase" && event.phase === "teardown") setImmediate(() => second.abort("interrupt"));
      },
    });
    expect(result.outcome).toBe("cancelled");
    expect([...fake.alive]).toEqual(["machine a"]);
    expect(events.at(-1)?.type).toBe("run.end");
    await new Promise(setImmediate);
    expect(events.at(-1)?.type).toBe("run.end");
    expect(events.filter((event) => event.type === "run.cancel").map((event) => event.stage)).toEqual([1, 2]);
  });

  it("happens by itself when the run takes too long", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([fakeMachine("a", { steps: [fakeStep("a/1", { do: "hang" })] })]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder, build: { timeoutMs: 60_000 } });
    expect(result.outcome).toBe("cancelled");
    expect(events.find((event) => event.type === "run.cancel")).toMatchObject({ stage: 1, reason: "timeout" });
  });
});

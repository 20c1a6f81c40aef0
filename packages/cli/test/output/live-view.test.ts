import type { BuildEvent } from "@hclbuild/executor";
import { createFakeClock } from "@hclbuild/testkit";
import { expect, test } from "vitest";
import { describeAmount, describeElapsed, drawBar, shortenName } from "../../src/output/live-text.js";
import { createLiveView } from "../../src/output/live-view.js";

test.each([
  [0, "0:00"],
  [59_999, "0:59"],
  [754_000, "12:34"],
  [3_723_000, "1:02:03"],
])("%i ms are %s", (milliseconds, text) => expect(describeElapsed(milliseconds)).toBe(text));

test.each([
  [{ done: 0, total: undefined }, "", ""],
  [{ done: 999, total: undefined }, "999 B", ""],
  [{ done: 500, total: 2000 }, "500 B / 2.0 kB (25%)", "█████░░░░░░░░░░░░░░░"],
  [{ done: 3_000_000, total: 2_000_000 }, "3.0 MB / 2.0 MB (100%)", "█".repeat(20)],
])("%j", (amount, text, bar) => expect([describeAmount(amount), drawBar(amount)]).toEqual([text, bar]));

test.each([
  ["null.short", 40, "null.short"],
  ["null.much-too-long", 10, "null.much…"],
  ["null.much-too-long", -5, "null.mu…"],
  ["null.日本語の名前", 17, "null.日本語の名前"],
  ["null.日本語の名前", 12, "null.日本語…"],
  ["null.日本語の名前", 11, "null.日本…"],
  ["null.a👩‍🚀b👍🏽c", 10, "null.a👩‍🚀b…"],
])("%s in %i columns is %s", (name, columns, text) => expect(shortenName(name, columns)).toBe(text));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("lines scroll above the block, which shows those that run when there is too little room", async () => {
  let written = "";
  const clock = createFakeClock();
  const view = createLiveView({
    clock,
    color: false,
    rows: () => 4,
    columns: () => 80,
    write: (text) => (written += text),
  });
  let sequence = 0;
  const note = (event: object): void => view.note({ v: 1, seq: (sequence += 1), t: 0, ...event } as BuildEvent);
  const names = ["a", "b", "c"];
  note({
    type: "run.start",
    runId: "r",
    parallel: 0,
    debug: false,
    builds: names.map((name) => ({ node: name, name, builderType: "null" })),
  });
  note({ type: "build.start", node: "b", build: "b" });
  note({ type: "phase", node: "b", build: "b", phase: "connect", state: "start" });
  view.print("a line\n");
  await turn();
  expect(written).toBe("a line\n\u001B[?7l⠋ b  0:00  connect\n  and 2 more\n\u001B[?7h");
  written = "";
  view.suspend();
  view.print("while somebody types\n");
  await turn();
  expect(written).toBe("\u001B[2F\u001B[Jwhile somebody types\n");
  written = "";
  view.resume();
  note({ type: "build.end", node: "b", build: "b", outcome: "failed", durationMs: 61_000, artifacts: [] });
  note({ type: "run.end", outcome: "failed", durationMs: 61_000 });
  await turn();
  expect(written).toBe("");
});

test("output of commands moves no cursor, and names give way on a narrow terminal", async () => {
  let written = "";
  const size = { columns: () => 24, rows: () => 24 };
  const clock = createFakeClock();
  const view = createLiveView({ clock, color: false, ...size, write: (text) => (written += text) });
  const note = (event: object): void => view.note({ v: 1, seq: 1, t: 0, ...event } as BuildEvent);
  const name = "null.much-too-long";
  const builds = [{ node: "n", name, builderType: "null" }];
  note({ type: "run.start", runId: "r", parallel: 0, debug: false, builds });
  note({ type: "build.start", node: "n", build: name });
  note({ type: "node.start", kind: "step", node: "n/1", component: { kind: "provisioner", name: "shell" } });
  note({ type: "log", stream: "stdout", node: "n/1", text: "half \u001B[5A", partial: true });
  view.print("\u001B[31mred\u001B[2J\n");
  await turn();
  view.close();
  expect(written).toBe(
    "\u001B[31mred\u001B[0m\n\u001B[?7l⠋ null.muc…  0:00  shell  half \n\u001B[?7h\u001B[1F\u001B[J",
  );
});

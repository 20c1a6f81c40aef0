import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildLogLines, createReport } from "@hclbuild/executor";
import { createFakeClock, createFakePlugin, fakeGraph, fakeMachine, fakeStep, runFake } from "@hclbuild/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "clock-jump-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([-86_400_000, 86_400_000])(
  "a clock set by %i ms in the middle of a step changes no duration, pause or limit",
  async (jump) => {
    const clock = createFakeClock({ whenIdle: true });
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeMachine("a", {
        steps: [
          fakeStep("a/1", { do: "say:one wait:1500" }, { timeoutMs: 60_000 }),
          fakeStep("a/2", { do: "say:two" }, { pauseMs: 2000 }),
        ],
      }),
    ]);
    const report = createReport({ title: "t", renderDiagnostic: () => "" });
    let page = report.head;
    const { result, events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      clock,
      build: { timeoutMs: 3_600_000 },
      onEvent(event) {
        page += report.record(event);
        if (event.type === "log" && event.text === "one") clock.jump(jump);
      },
    });
    page += report.end();
    expect(result.outcome).toBe("succeeded");
    const durations = events.flatMap((event) => (event.type === "node.end" ? [[event.node, event.durationMs]] : []));
    expect(durations).toEqual([
      ["a/1", 1500],
      ["a/2", 2000],
      ["a", 3500],
    ]);
    expect(page.trimEnd().endsWith("</html>")).toBe(true);
    expect(events.map(buildLogLines).join("")).toContain(" one\n");
  },
);

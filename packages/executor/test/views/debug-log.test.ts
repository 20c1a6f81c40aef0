import { debugLogLines, type BuildEvent, type EventBody } from "@hclbuild/executor";
import { expect, it } from "vitest";

const lines = (body: EventBody, withOutput = true): readonly string[] =>
  debugLogLines({ v: 1, seq: 1, t: 0, node: "n", build: "null.n", ...body } as BuildEvent, { withOutput });

it.each<readonly [EventBody, readonly string[]]>([
  [{ type: "phase", phase: "connect", state: "start" }, ["n: connect begins"]],
  [
    { type: "node.end", kind: "step", outcome: "failed", durationMs: 5, error: { code: "a/b", message: "no" } },
    ["n: step failed after 5 milliseconds: [a/b] no"],
  ],
  [
    { type: "diagnostic", diagnostic: { code: "a/b", severity: "warning", message: "Odd.\nVery.", address: "x" } },
    ["n: warning [a/b] Odd.", "n: Very. (x)"],
  ],
  [{ type: "resource.created", resource: "container", name: "c", id: "1" }, ["n: container c with id 1 created"]],
  [{ type: "progress", id: 1, title: "f", done: 0, total: 9 }, ["n: f: 0 of 9 bytes"]],
  [{ type: "progress", id: 1, title: "f", done: 4, total: 9 }, []],
  [{ type: "progress", id: 1, title: "f", done: 9, ended: true }, ["n: f: 9 of unknown bytes, ended"]],
  [{ type: "run.cancel", stage: 1, reason: "interrupt" }, ["n: cancelled by interrupt"]],
  [{ type: "log", stream: "say", text: "a\nb" }, ["ui: null.n: a", "ui: null.n: b"]],
  [{ type: "log", stream: "stdout", text: "a", postProcessor: "manifest" }, ["ui: null.n (manifest): a"]],
  [{ type: "log", stream: "stdout", text: "unfinished", partial: true }, []],
])("%j", (body, expected) => expect(lines(body)).toEqual(expected));

it("leaves out what people see anyway where it is not wanted", () => {
  expect(lines({ type: "log", stream: "stdout", text: "a" }, false)).toEqual([]);
});

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { eventSchema } from "@hclbuild/executor";
// oxlint-disable-next-line no-restricted-imports -- the published schema is checked with the validator that users have.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("../../../../fixtures/run", import.meta.url));
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(eventSchema);

describe("the schema of events", () => {
  for (const name of readdirSync(folder)) {
    it(`takes every event of ${name}`, () => {
      const lines = readFileSync(path.join(folder, name, "expect.events.ndjson"), "utf8")
        .trim()
        .split("\n");
      for (const line of lines) {
        validate(JSON.parse(line));
        expect(validate.errors ?? [], line).toEqual([]);
      }
    });
  }

  it.each([
    { v: 2, seq: 1, t: 0, type: "build.start", node: "a", build: "a" },
    { v: 1, seq: 1, t: 0, type: "no.such.event" },
    { v: 1, seq: 1, t: 0, type: "run.end", outcome: "skipped", durationMs: 1 },
    { v: 1, seq: 1, t: 0, type: "log", stream: "say" },
  ])("refuses %j", (event) => expect(validate(event)).toBe(false));
});

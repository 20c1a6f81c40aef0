import fc from "fast-check";
import { describe, test } from "vitest";
import { partialEvaluation, sensitivity, unknownSoundness } from "./support/laws.js";

const numRuns = 1000;

describe("laws of evaluation", { timeout: 120_000 }, () => {
  test("an unknown turns out to be something in the range that was known", () => {
    fc.assert(unknownSoundness, { numRuns, seed: 3 });
  });
  test("sensitive inputs change nothing that can be seen", () => {
    fc.assert(sensitivity, { numRuns, seed: 4 });
  });
  test("evaluating what is left gives the whole", () => {
    fc.assert(partialEvaluation, { numRuns, seed: 5 });
  });
});

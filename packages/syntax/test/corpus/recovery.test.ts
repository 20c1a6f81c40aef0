import { describe, expect, it } from "vitest";
import { acceptedFiles } from "../support/corpus-files.js";
import { averageSurvival, measureRecovery } from "../support/recovery.js";
import { corpusRoot, skipReason } from "./vectors.js";

describe.skipIf(corpusRoot === undefined)(`recovery, a seeded sample of 2 % (${corpusRoot ?? skipReason})`, () => {
  it("keeps the blocks that a mistake does not touch", () => {
    const metrics = measureRecovery(acceptedFiles(corpusRoot ?? ""), { share: 0.02, seed: 3 });
    expect(averageSurvival(metrics.kinds.values())).toBeGreaterThanOrEqual(0.95);
    for (const [kind, sum] of metrics.kinds) expect(averageSurvival([sum]), kind).toBeGreaterThanOrEqual(0.85);
    expect(metrics.kinds.size).toBe(5);
    expect(metrics.largestStepRatio).toBeLessThanOrEqual(6);
  }, 240_000);
});

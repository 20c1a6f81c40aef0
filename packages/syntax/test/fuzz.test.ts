import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultOf, randomText } from "./support/fuzz.js";
import { createRandom } from "./support/mutations.js";

describe("any text", () => {
  it("has tokens and a tree (seeded tokens and characters)", () => {
    const random = createRandom(20);
    for (let run = 0; run < 3000; run++) {
      const text = randomText(random, 40);
      expect(faultOf(text), JSON.stringify(text)).toBeUndefined();
    }
  }, 60_000);

  it("has tokens and a tree (arbitrary strings)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => faultOf(text) === undefined),
      { numRuns: 1000, seed: 7 },
    );
  }, 60_000);
});

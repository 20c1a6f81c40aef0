import fc from "fast-check";
import { describe, it } from "vitest";
import { valueLaws } from "./support/laws.js";

describe("laws of values", () => {
  for (const { name, property } of valueLaws()) {
    it(name, () => {
      fc.assert(property, { numRuns: 1000, seed: 20_261_125 });
    });
  }
});

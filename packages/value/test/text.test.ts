import { graphemeCount, graphemesOf, numFromText, numToText } from "@hclbuild/value";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const joined = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}";
const flag = "\u{1f1e9}\u{1f1ea}";

describe("grapheme clusters", () => {
  it("are those of the whole text, wherever the windows end in which it is segmented", () => {
    const piece = fc.constantFrom(
      "a",
      "e\u0301",
      "\u0301",
      joined,
      "\u200d",
      "\u{1f44b}\u{1f3fd}",
      "\u{1f3fd}",
      flag,
      "\u{1f1e9}",
      "\r\n",
      "\r",
      "\u1100\u1161\u11a8",
      "\u0915\u094d\u0937",
      "\u0600",
    );
    const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 300, maxLength: 900 }), (pieces) => {
        const text = pieces.join("");
        const clusters = Array.from(segmenter.segment(text), (cluster) => cluster.segment);
        expect(graphemesOf(text)).toEqual(clusters);
        expect(graphemeCount(text)).toBe(clusters.length);
      }),
      { numRuns: 100 },
    );
  });

  it("may be longer than a window", () => {
    const long = `a${"\u0301".repeat(5000)}`;
    expect(graphemesOf(`x${long}${flag}`)).toEqual(["x", long, flag]);
  });

  it.each([joined, flag])("are counted in long texts that hold nothing but %s", (cluster) => {
    expect(graphemeCount(cluster.repeat(100_000))).toBe(100_000);
  });
});

it("reads fractions with long runs of zeros", () => {
  const text = `0.${"0".repeat(90_000)}1`;
  expect(numToText(numFromText(text) ?? 0)).toBe(text);
  expect(numFromText(`0.${"0".repeat(1_000_000)}1`)).toBeUndefined();
});

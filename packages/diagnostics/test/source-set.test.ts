import { describe, expect, it } from "vitest";
import { SourceSet, SourceText } from "../src/index.js";

function sourcesOf(text: string): SourceSet {
  const sources = new SourceSet();
  sources.add(new SourceText("a", text));
  return sources;
}

describe("what is hidden", () => {
  const textOf = (sources: SourceSet): string | undefined => sources.excerptSource("a")?.source.text;

  it("is masked whatever the order of the ranges and however they overlap", () => {
    const sources = sourcesOf("0123456789\r\nabcdef");
    for (const [start, end] of [
      [14, 16],
      [2, 5],
      [3, 4],
      [4, 7],
      [2, 3],
      [9, 13],
      [7, 7],
    ] as const) {
      sources.hide({ file: "a", start, end });
    }
    expect(textOf(sources)).toBe("01********78********\r\n********b********ef");
    expect(sources.get("a")?.text).toBe("0123456789\r\nabcdef");
  });

  it("is masked once for all excerpts, until more is hidden or the text changes", () => {
    const sources = sourcesOf("secret and more");
    sources.hide({ file: "a", start: 0, end: 6 });
    const masked = sources.excerptSource("a")?.source;
    sources.hide({ file: "a", start: 0, end: 6 });
    expect(sources.excerptSource("a")?.source).toBe(masked);
    sources.hide({ file: "a", start: 11, end: 15 });
    expect(textOf(sources)).toBe("******** and ********");
    sources.add(new SourceText("a", "other"));
    expect(textOf(sources)).toBe("other");
  });

  it("has a place that does not tell its length", () => {
    const placesIn = (
      text: string,
      ...spans: readonly (readonly [number, number])[]
    ): readonly (string | undefined)[] => {
      const sources = sourcesOf(text);
      for (const match of text.matchAll(/"[^"]*"/g)) {
        sources.hide({ file: "a", start: match.index, end: match.index + match[0].length });
      }
      return spans.map(([start, end]) => {
        const { source, place } = sources.excerptSource("a") as NonNullable<ReturnType<SourceSet["excerptSource"]>>;
        const placed = place({ file: "a", start, end });
        return source.text.slice(placed.start, placed.end);
      });
    };
    // Before, the whole, within, from within to behind, behind, at the end.
    expect(placesIn('x = "ab" + "c" + y', [0, 1], [4, 8], [5, 6], [6, 10], [15, 18], [18, 18])).toEqual([
      "x",
      "********",
      "********",
      "******** +",
      "+ y",
      "",
    ]);
    expect(placesIn('x = "long\nsecret" + y', [4, 17], [18, 21])).toEqual(["********\n********", "+ y"]);
  });
});

import { describe, expect, it } from "vitest";
import { SourceSet, SourceText } from "../src/index.js";

function sourcesOf(text: string): SourceSet {
  const sources = new SourceSet();
  sources.add(new SourceText("a", text));
  return sources;
}

describe("what is hidden", () => {
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
    expect(sources.excerptText("a")?.text).toBe("01*****78*\r\n*b**ef");
    expect(sources.get("a")?.text).toBe("0123456789\r\nabcdef");
  });

  it("is masked once for all excerpts, until more is hidden or the text changes", () => {
    const sources = sourcesOf("secret and more");
    sources.hide({ file: "a", start: 0, end: 6 });
    const masked = sources.excerptText("a");
    sources.hide({ file: "a", start: 0, end: 6 });
    expect(sources.excerptText("a")).toBe(masked);
    sources.hide({ file: "a", start: 11, end: 15 });
    expect(sources.excerptText("a")?.text).toBe("****** and ****");
    sources.add(new SourceText("a", "other"));
    expect(sources.excerptText("a")?.text).toBe("other");
  });
});

import { describe, expect, it } from "vitest";
import { countGraphemes, SourceText } from "../src/index.js";

describe("SourceText.positionAt", () => {
  it("counts lines from 1 and starts a line after a line feed", () => {
    const source = new SourceText("a.hcl", "one\ntwo\r\nthree");
    expect(source.positionAt(0)).toEqual({ line: 1, column: 1, byte: 0, character: 0 });
    expect(source.positionAt(4)).toEqual({ line: 2, column: 1, byte: 4, character: 0 });
    expect(source.positionAt(11)).toEqual({ line: 3, column: 3, byte: 11, character: 2 });
  });

  it("counts columns in grapheme clusters, bytes in UTF-8 and characters in UTF-16", () => {
    // "é" as e + combining acute: 2 UTF-16 units, 3 bytes, 1 cluster; the thumb with skin tone: 4 units, 8 bytes, 1 cluster.
    const source = new SourceText("a.hcl", "e\u0301\u{1F44D}\u{1F3FD}x");
    expect(source.positionAt(2)).toEqual({ line: 1, column: 2, byte: 3, character: 2 });
    expect(source.positionAt(6)).toEqual({ line: 1, column: 3, byte: 11, character: 6 });
  });

  it("gives a byte order mark at the beginning no column, as HCL does", () => {
    const source = new SourceText("a.hcl", "\ufeffa\ufeffb\n\ufeffc");
    expect(source.positionAt(0)).toEqual({ line: 1, column: 1, byte: 0, character: 0 });
    expect(source.positionAt(1)).toEqual({ line: 1, column: 1, byte: 3, character: 1 });
    expect(source.positionAt(2)).toEqual({ line: 1, column: 2, byte: 4, character: 2 });
    // Anywhere else it is a character that joins the one before it, or stands alone.
    expect(source.positionAt(3).byte).toBe(7);
    expect(source.positionAt(6)).toEqual({ line: 2, column: 2, byte: 12, character: 1 });
  });

  it("gives the same columns in any order", () => {
    const text = `${"e\u0301 + x ".repeat(50)}\r\nsecond \u{1F1E6}\u{1F1E9}\u{1F1E6}\u{1F1E9} line`;
    const shared = new SourceText("a.hcl", text);
    const offsets = Array.from({ length: text.length + 1 }, (_, index) => index);
    for (const order of [offsets, offsets.toReversed(), offsets.map((offset) => (offset * 7) % (text.length + 1))]) {
      for (const offset of order) {
        expect(shared.positionAt(offset)).toEqual(new SourceText("a.hcl", text).positionAt(offset));
      }
    }
  });

  it("clamps offsets outside the text", () => {
    const source = new SourceText("a.hcl", "ab\n");
    expect(source.positionAt(-5).column).toBe(1);
    expect(source.positionAt(99)).toEqual({ line: 2, column: 1, byte: 3, character: 0 });
  });
});

describe("SourceText offsets", () => {
  it("maps bytes to UTF-16 and back", () => {
    const text = "aß€\u{1F600}z";
    const source = new SourceText("a.hcl", text);
    for (const offset of [0, 1, 2, 3, 5, 6]) {
      expect(source.offsetAtByte(source.byteOffsetAt(offset))).toBe(offset);
    }
  });

  it("gives the start of the character for a byte inside it", () => {
    expect(new SourceText("a.hcl", "a€b").offsetAtByte(2)).toBe(1);
  });

  it("maps editor positions, clamped to the line", () => {
    const source = new SourceText("a.hcl", "ab\r\ncd");
    expect(source.offsetAtLine(1, 1)).toBe(5);
    expect(source.offsetAtLine(0, 99)).toBe(2);
    expect(source.offsetAtLine(7, 0)).toBe(6);
  });

  it("gives line texts without line ends", () => {
    const source = new SourceText("a.hcl", "ab\r\ncd\n");
    expect([0, 1, 2, 3].map((index) => source.lineText(index))).toEqual(["ab", "cd", "", ""]);
  });
});

describe("countGraphemes", () => {
  it.each([
    ["\u00fc", 1],
    ["e\u0301", 1],
    ["\u{1F44D}\u{1F3FD}", 1],
    ["\u{1F1E6}\u{1F1E9}", 1],
    ["a\u{1F468}\u200d\u{1F469}", 2],
    ["\r\n", 1],
  ])("counts many of %j", (text, each) => {
    for (const before of ["", "x", "xyz"]) {
      expect(countGraphemes(before + text.repeat(30_000))).toBe(before.length + 30_000 * each);
    }
    expect(countGraphemes(`a${"\u0301".repeat(30_000)}`)).toBe(1);
  });

  it.each([
    ["", 0],
    ["plain", 5],
    ["e\u0301", 1],
    ["\u{1F468}\u200D\u{1F469}\u200D\u{1F467}", 1],
    ["\r\n", 1],
    ["\u{1F1E9}\u{1F1EA}\u{1F1EB}\u{1F1F7}", 2],
  ])("%j has %d", (text, count) => {
    expect(countGraphemes(text)).toBe(count);
  });
});

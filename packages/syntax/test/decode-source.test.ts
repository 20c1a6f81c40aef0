import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { decodeNativeSource, decodeSource } from "@hclbuild/syntax";

function decode(bytes: readonly number[]) {
  const bag = new DiagnosticBag();
  const source = decodeSource("a.hcl", Uint8Array.from(bytes), bag.report);
  return { source, items: bag.items };
}

const text = (value: string): number[] => [...Buffer.from(value)];

describe("decodeNativeSource", () => {
  const places = (latin1: string) => {
    const bag = new DiagnosticBag();
    decodeNativeSource("a.hcl", Buffer.from(latin1, "latin1"), bag.report);
    return bag.items.map(({ code, primary }) => [code, primary?.start]);
  };

  // packer 1.6.6 accepts the first group and rejects the second ("Invalid character encoding").
  it.each(["# caf\xe9\n", "// \xe9", 'a = 1 # \xe9\n/* \xe9\xff\n\xe9 */ b = "#"\n'])(
    "any bytes in comments: %j",
    (content) => {
      expect(places(content)).toEqual([]);
    },
  );

  it.each([
    ['# \xe9\na = "caf\xe9"\n', 12],
    ['a = "# \xe9"\n', 7],
    ["a = <<E\n# \xe9\nE\n", 10],
    ["# \xe9\n\xe9 = 1\n", 4],
    ["# \xe9\na = 1\n\xe9", 10],
  ])("elsewhere they are reported: %j", (content, start) => {
    expect(places(content)).toEqual([["syntax/invalid-utf8", start]]);
  });
});

describe("decodeSource", () => {
  it("reads UTF-8, a byte order mark included", () => {
    const { source, items } = decode(text('\ufeffa = "日😀\ufffd"\n'));
    expect(source.text).toBe('\ufeffa = "日😀\ufffd"\n');
    expect(source.name).toBe("a.hcl");
    expect(items).toEqual([]);
  });

  it.each([
    ["a lone continuation byte", [0x80], "0x80"],
    ["a byte that never occurs", [0xff], "0xFF"],
    ["an overlong form", [0xc0, 0xaf], "0xC0"],
    ["an overlong form of three bytes", [0xe0, 0x80, 0xaf], "0xE0"],
    ["half a surrogate pair", [0xed, 0xa0, 0x80], "0xED"],
    ["a code point beyond the last", [0xf4, 0x90, 0x80, 0x80], "0xF4"],
    ["a cut character", [0xe6, 0x97], "0xE6"],
    ["a cut character before ASCII", [0xe6, 0x97, 0x61], "0xE6"],
    ["Latin-1", [0xe9, 0x20], "0xE9"],
  ])("reports %s at its place", (_, bytes, shown) => {
    const { items } = decode([...text("日 = 😀\n"), ...bytes, ...text("\nb"), 0xff]);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ code: "syntax/invalid-utf8", primary: { file: "a.hcl", start: 7, end: 8 } });
    expect(items[0]!.detail).toContain(`${shown} at offset 11 `);
  });

  it.each([[[0xff, 0xfe, 0x61, 0x00]], [[0xfe, 0xff, 0x00, 0x61]]])(
    "tells UTF-16 by its byte order mark: %j",
    (bytes) => {
      const { items } = decode(bytes);
      expect(items.map((item) => item.detail)).toEqual([expect.stringContaining("It looks like a text in UTF-16. ")]);
    },
  );

  it("agrees with the decoder about what is valid", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const { source, items } = decode([...bytes]);
        const roundTrip = Buffer.from(source.text);
        expect(items.length === 0).toBe(roundTrip.equals(Buffer.from(bytes)));
        if (items[0] === undefined) return;
        expect(source.text.charAt(items[0].primary!.start)).toBe("\ufffd");
        expect(Buffer.from(source.text.slice(0, items[0].primary!.start))).toEqual(
          Buffer.from(bytes.slice(0, Buffer.byteLength(source.text.slice(0, items[0].primary!.start)))),
        );
      }),
    );
  });
});

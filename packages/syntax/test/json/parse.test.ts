import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { parseJson, type JsonNode } from "@hclbuild/syntax";

function read(text: string) {
  const bag = new DiagnosticBag();
  const { root } = parseJson(new SourceText("a.json", text), bag.report);
  const found = bag.items.map(({ code, primary }) => `${code} ${primary!.start}-${primary!.end}`);
  return { root, found, items: bag.items };
}

/** The tree as ordinary data; `undefined` where nothing could be read. */
function valueOf(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.properties.map(({ name, value }) => [name.value, valueOf(value)]));
    case "array":
      return node.items.map(valueOf);
    case "string":
      return node.value;
    case "number":
      return Number(node.text);
    case "keyword":
      return JSON.parse(node.keyword);
    case "invalid":
      return undefined;
  }
}

describe("parseJson", () => {
  it("reads what JSON.parse reads, with every node's place", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), fc.array(fc.jsonValue())),
        fc.constantFrom(0, 2),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const { root, found } = read(text);
          expect(found).toEqual([]);
          expect(valueOf(root)).toEqual(JSON.parse(text));
          const check = (node: JsonNode): void => {
            expect(JSON.parse(text.slice(node.start, node.end))).toEqual(valueOf(node));
            if (node.kind === "array") node.items.forEach(check);
            if (node.kind === "object")
              node.properties.flatMap((property) => [property.name, property.value]).forEach(check);
          };
          check(root);
        },
      ),
    );
  });

  it("accepts what the reference accepts", () => {
    const { root, found } = read('\ufeff {"a": "\\u00e9\\/\\ud83d\\ude00", "n": -0.5E+10, "a": null}\r\n');
    expect(found).toEqual([]);
    expect(root).toMatchObject({ kind: "object", start: 2, closeBrace: 56, end: 57 });
    expect(
      (root as Extract<JsonNode, { kind: "object" }>).properties.map(({ name, value }) => [name.value, valueOf(value)]),
    ).toEqual([
      ["a", "é/😀"],
      ["n", -5e9],
      ["a", null],
    ]);
  });

  it("replaces half a surrogate pair, as Go does", () => {
    expect(valueOf(read('["\\ud83d", "\\udE00x", "\\ud83d\\u0041"]').root)).toEqual(["\ufffd", "\ufffdx", "\ufffdA"]);
  });

  it.each([
    ["", ["syntax/json-empty 0-0"]],
    ["  ", ["syntax/json-empty 2-2"]],
    ["1", ["syntax/json-root 0-1"]],
    ['"x"', ["syntax/json-root 0-3"]],
    ["{} x", ["syntax/json-extra-data 3-4"]],
    ["{}}", ["syntax/json-extra-data 2-3"]],
    ["{", ["syntax/json-unclosed 0-1"]],
    ["[[1], [2", ["syntax/json-unclosed 6-7"]],
    ['{"a": [1}', ["syntax/json-mismatched 8-9"]],
    ['{"a": 1]', ["syntax/json-mismatched 7-8"]],
    ['{"a": 1,}', ["syntax/json-trailing-comma 7-8"]],
    ["[1,]", ["syntax/json-trailing-comma 2-3"]],
    ['{"a": 1 "b": 2}', ["syntax/json-missing-comma 8-11"]],
    ["[1 2]", ["syntax/json-missing-comma 3-4"]],
    ["// x\n", ["syntax/json-comment 0-1"]],
    ["[1, /* x */ 2]", ["syntax/json-comment 4-5"]],
    ['{\n"a": [1]],\n"b": 2\n}', ["syntax/json-unexpected-closing 10-11"]],
    ["[".repeat(50) + "]".repeat(50) + ")".repeat(100_000), ["syntax/json-extra-data 100-101"]],
    [`{"a": 1${"]".repeat(100_000)}, "b": 2}`, ["syntax/json-mismatched 7-8"]],
    ['{"a" 1}', ["syntax/json-missing-colon 5-6"]],
    ['{"a" = 1}', ["syntax/json-missing-colon 5-6"]],
    ['{"a"}', ["syntax/json-missing-colon 4-5"]],
    ['{"a"', ["syntax/json-missing-colon 4-4"]],
    ['{"a":}', ["syntax/json-missing-value 5-6"]],
    ['{"a":', ["syntax/json-missing-value 5-5"]],
    ["{a: 1}", ["syntax/json-property-name 1-2"]],
    ["{'a': 1}", ["syntax/json-property-name 1-4"]],
    ['["a": 1]', ["syntax/json-colon-in-array 4-5"]],
    ["[tru]", ["syntax/json-invalid-keyword 1-4"]],
    ["[NaN]", ["syntax/json-invalid-keyword 1-4"]],
    ["[01]", ["syntax/json-invalid-number 1-3"]],
    ["[+1]", ["syntax/json-invalid-number 1-3"]],
    ["[.5]", ["syntax/json-invalid-number 1-3"]],
    ["[1.]", ["syntax/json-invalid-number 1-3"]],
    ["[-1e1000000]", ["syntax/number-out-of-range 1-11"]],
    ["['a']", ["syntax/json-invalid-value 1-4"]],
    ["[@]", ["syntax/json-invalid-value 1-2"]],
    ["[é1 x, @ y]", ["syntax/json-invalid-value 1-2", "syntax/json-invalid-value 7-8"]],
    ['["a]', ["syntax/json-unclosed-string 1-4"]],
    ['["a\r\n, 1]', ["syntax/json-unclosed-string 1-3"]],
    ['["\\', ["syntax/json-unclosed-string 1-3"]],
    ['["\\q\\u12"]', ["syntax/json-invalid-escape 2-4", "syntax/json-invalid-escape 4-6"]],
    ['["a\tb"]', ["syntax/json-control-character 3-4"]],
    [`${"[".repeat(101)}${"]".repeat(101)}`, ["syntax/json-too-deeply-nested 100-101"]],
    ["[".repeat(100_000), ["syntax/json-too-deeply-nested 100-101"]],
  ])("reports %j once", (text, expected) => {
    expect(read(text).found).toEqual(expected);
  });

  it("keeps what stands around a mistake", () => {
    expect(valueOf(read('{"a": 1 "b": [1, 2,], "c": tru, "d": 4}').root)).toEqual({
      a: 1,
      b: [1, 2],
      c: undefined,
      d: 4,
    });
    expect(valueOf(read('{"a": {"b": 1, c: 2}, "d": 3}').root)).toEqual({ a: { b: 1, c: 2 }, d: 3 });
    expect(valueOf(read('{"a": [1}').root)).toEqual({ a: [1] });
    expect(valueOf(read('{"a": "x').root)).toEqual({ a: undefined });
  });

  it("says what to do", () => {
    const details = (text: string) => read(text).items.map((item) => `${item.message} ${item.detail ?? ""}`);
    expect(details("[flase]")).toEqual([
      "JSON has no keyword flase. Did you mean false? The keywords are true, false and null; text stands in double quotes.",
    ]);
    expect(details('{"a": 1 // b\n}')).toEqual([
      'JSON has no comments. Remove it, or write the remark as a property named "//".',
    ]);
    expect(details("{name: 1}")).toEqual([
      'The name of a property must be a string in double quotes, not name. Write "name".',
    ]);
    expect(details('["\n"]')[0]).toContain("A line end within a string is written as \\n.");
    expect(details('["\u0001"]')).toEqual([
      "A string holds the control character U+0001 as it is. Write it as \\u0001.",
    ]);
    expect(details("[1}")[0]).toBe("} cannot close this array. Write ] at its end.");
  });

  it("reads any text without failing, and every report lies in it", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "a",
      "1",
      "-",
      "true",
      " ",
      "\n",
      "é",
      "\u0000",
      "//",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        for (const { primary } of read(text).items) {
          expect(primary!.start).toBeLessThanOrEqual(primary!.end);
          expect(primary!.end).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });

  it("says something about every text that is no JSON, whatever is left of a merge conflict", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      '"a": 1',
      "\n<<<<<<< ours\n",
      "\n=======\n",
      "\n>>>>>>> theirs\n",
      "\n",
      "//",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `{"b": 2${pieces.join("")}}`;
        const isJson = (): boolean => {
          try {
            return JSON.parse(text) !== undefined;
          } catch {
            return false;
          }
        };
        expect(read(text).found.length === 0).toBe(isJson());
      }),
      { numRuns: 1000 },
    );
  });
});

import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { expect, test } from "vitest";
import { tokenize } from "../../src/lexer/lexer.js";
import { parseExpression } from "../../src/parse.js";

/** Texts of the tokens, as hashicorp/hcl v2.24.0's `LexConfig` gives them. */
const tokens: readonly (readonly [text: string, ...expected: string[]])[] = [
  ["1.e2", "1.e2"],
  ["1.e+5", "1.e+5"],
  ["1..2", "1..2"],
  ["1...2", "1...2"],
  ["1..e2", "1..e2"],
  ["1.2.3", "1.2.3"],
  ["1.2.e5", "1.2.e5"],
  ["1.e2.e3.4", "1.e2.e3.4"],
  ["1e2e3", "1e2e3"],
  ["1e2..3", "1e2..3"],
  ["1e-2-3", "1e-2", "-", "3"],
  ["1.", "1", "."],
  ["1.e", "1", ".", "e"],
  ["1.e+", "1", ".", "e", "+"],
  ["1.-2", "1", ".", "-", "2"],
  ["1..+2", "1", ".", ".", "+", "2"],
  ["1.a", "1", ".", "a"],
  ["1e", "1", "e"],
  ["1e+", "1", "e", "+"],
  ["1e-", "1", "e-"],
  ["1e+.2", "1", "e", "+", ".", "2"],
  ["1e..2", "1", "e", ".", ".", "2"],
  ["1e1e", "1e1", "e"],
  ["1.0e", "1.0", "e"],
  ["0x1F", "0", "x1F"],
  ["1_000", "1", "_000"],
  [".5", ".", "5"],
  ["a.1.e2", "a", ".", "1.e2"],
  ["a.1..b", "a", ".", "1", ".", ".", "b"],
  ["f(1...)", "f", "(", "1", "...", ")"],
  ["f(1e2...)", "f", "(", "1e2", "...", ")"],
];

test.each(tokens)("%s is scanned as HCL does", (text, ...expected) => {
  expect(tokenize(new SourceText("a.hcl", text)).tokens.map((token) => token.text)).toEqual(expected);
});

// What hashicorp/hcl v2.24.0's `ParseExpression` says of them.
test.each([
  ["1.e2", []],
  ["1.e+5", []],
  ["a.1e2", []],
  ["1..2", ["syntax/invalid-number"]],
  ["1...e2", ["syntax/invalid-number"]],
  ["1.2.e5", ["syntax/invalid-number"]],
  ["1e2e3", ["syntax/invalid-number"]],
  ["a.1.e2", ["syntax/chained-legacy-index"]],
])("%s is a number where HCL has one", (text, codes) => {
  const bag = new DiagnosticBag();
  parseExpression(new SourceText("a.hcl", text), bag.report);
  expect(bag.items.map(({ code }) => code)).toEqual(codes);
});

test("a number of megabytes is one token", () => {
  const text = `1${".1".repeat(2_000_000)}`;
  expect(tokenize(new SourceText("a.hcl", text)).tokens.length).toBe(1);
});

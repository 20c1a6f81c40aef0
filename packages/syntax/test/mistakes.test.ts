import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { parse, parseJson } from "@hclbuild/syntax";

/** A text with one typical mistake, what is said about it, and what of the text around it must still be there. */
interface Mistake {
  readonly text: string;
  readonly code: string;
  /** The text at which the diagnostic points. */
  readonly at: string;
  /** Names that must be in the tree; all of the text around the mistake when absent. */
  readonly keeps?: readonly string[];
  /** The text is the file, and not a part of one. */
  readonly whole?: boolean;
}

const mistakes = JSON.parse(
  readFileSync(new URL("../../../fixtures/syntax/mistakes.json", import.meta.url), "utf8"),
) as Readonly<Record<"body" | "file" | "json", readonly Mistake[]>>;

const inBody = (text: string): string =>
  `before = 1\nsource "null" "x" {\n  first = 1\n${text}\n  last = 2\n}\nafter = 1\n`;
const inFile = (text: string): string => `before = 1\n${text}\nafter = 1\n`;
const inObject = (text: string): string => `{\n  "before": 1,\n${text}\n  "after": 2\n}\n`;

function expectOne(source: SourceText, bag: DiagnosticBag, { code, at }: Mistake): void {
  expect(
    bag.items.map((item) => [item.code, source.text.slice(item.primary?.start, item.primary?.end)]),
    bag.items.map((item) => item.message).join(" "),
  ).toEqual([[`syntax/${code}`, at]]);
  expect(bag.items[0]?.detail ?? "", "what to do").not.toBe("");
}

function readNative(text: string, mistake: Mistake): readonly string[] {
  const bag = new DiagnosticBag();
  const source = new SourceText("a.pkr.hcl", text);
  const { body } = parse(source, bag.report);
  expectOne(source, bag, mistake);
  return body.items.flatMap((item) =>
    item.kind === "attribute"
      ? [item.name.text]
      : [
          item.type.text,
          ...item.body.items.map((inner) => (inner.kind === "attribute" ? inner.name : inner.type).text),
        ],
  );
}

describe("typical mistakes", () => {
  it.each(mistakes.body.map((mistake) => [mistake.text, mistake] as const))("in a body: %j", (text, mistake) => {
    const names = readNative(inBody(text), mistake);
    expect(names).toEqual(
      expect.arrayContaining([...(mistake.keeps ?? ["before", "source", "first", "last", "after"])]),
    );
  });

  it.each(mistakes.file.map((mistake) => [mistake.text, mistake] as const))("in a file: %j", (text, mistake) => {
    const names = readNative(inFile(text), mistake);
    expect(names).toEqual(expect.arrayContaining([...(mistake.keeps ?? ["before", "after"])]));
  });

  it.each(mistakes.json.map((mistake) => [mistake.text, mistake] as const))("in JSON: %j", (text, mistake) => {
    const bag = new DiagnosticBag();
    const source = new SourceText("a.pkr.json", mistake.whole === true ? text : inObject(text));
    const { root } = parseJson(source, bag.report);
    expectOne(source, bag, mistake);
    const names = root.kind === "object" ? root.properties.map(({ name }) => name.value) : [];
    expect(names).toEqual(expect.arrayContaining([...(mistake.keeps ?? ["before", "after"])]));
  });
});

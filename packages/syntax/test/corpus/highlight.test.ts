import { describe, expect, it } from "vitest";
import { acceptedFiles } from "../support/corpus-files.js";
import { highlightedClasses, lexedClasses, loadGrammar } from "../support/highlighting.js";
import { corpusRoot, skipReason } from "./vectors.js";

/** Long files would take most of the time and hold nothing that others do not. */
const maximumLength = 20_000;

describe.skipIf(corpusRoot === undefined)(`highlighting of the corpus (${corpusRoot ?? skipReason})`, () => {
  it("tells text, comments and numbers apart as the lexer does", async () => {
    const grammar = await loadGrammar();
    const files = [...acceptedFiles(corpusRoot ?? "")].filter(({ text }) => text.length <= maximumLength);
    const differing = files.filter(({ text }) => highlightedClasses(grammar, text) !== lexedClasses(text));
    expect(differing.map((source) => source.name)).toEqual([]);
    expect(files.length).toBeGreaterThan(500);
  });
});

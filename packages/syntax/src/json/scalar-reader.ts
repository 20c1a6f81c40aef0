import { createReport, suggestName, type Report, type SourceText, type Span } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "../catalog.js";
import { characterHint } from "../character-hint.js";
import { isNumberInRange, maximumNumberScale } from "../number-range.js";
import { jsonCatalog } from "./catalog.js";
import { keywordFor, keywordHint } from "./hints.js";
import type { JsonNode, JsonString } from "./nodes.js";
import { shown, spaceEnd, strayAt, wordEnd, type Stray } from "./scan.js";
import { decodeString } from "./strings.js";

/** Where a JSON text is read, what was reported, and the values that hold no others. */
export class ScalarReader {
  protected readonly source: SourceText;
  protected readonly text: string;
  protected readonly report: Report;
  protected offset: number;
  /** End of the last place that a report was about; -1 before the first. */
  protected reportEnd = -1;
  /** Reading goes on as if something missing had been there; if that does not work out, it is no second mistake. */
  protected isGuess = false;
  /** A merge conflict was reported that has not ended yet; its other markers are the same mistake. */
  #isInConflict = false;

  constructor(source: SourceText, report: Report) {
    this.source = source;
    this.text = source.text;
    this.report = createReport((diagnostic) => {
      this.reportEnd = Math.max(this.reportEnd, diagnostic.primary?.end ?? 0);
      if (!this.isGuess) report.add(diagnostic);
    });
    this.offset = source.text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  get hasReported(): boolean {
    return this.reportEnd >= 0;
  }

  span(start: number, end: number): Span {
    return { file: this.source.name, start, end };
  }

  protected string(): JsonString | JsonNode {
    const start = this.offset;
    let end = start + 1;
    for (;;) {
      const code = this.text.charCodeAt(end);
      if (code === 34) break;
      // Everything up to the line end, as no string goes on beyond it.
      if (code === 10 || Number.isNaN(code)) {
        end = Math.min(end, this.text.length);
        if (this.text.charCodeAt(end - 1) === 13) end--;
        this.report(jsonCatalog["json-unclosed-string"], { span: this.span(start, end) });
        // The comma at the end of its line is part of the string only by mistake.
        this.offset = this.text.slice(start + 1, end).endsWith(",") ? end - 1 : end;
        this.isGuess = true;
        return { kind: "invalid", start, end };
      }
      end += code === 92 && this.text.charCodeAt(end + 1) !== 10 ? 2 : 1;
    }
    this.offset = end + 1;
    const raw = this.text.slice(start + 1, end);
    // oxlint-disable-next-line no-control-regex
    if (!/[\\\x00-\x1f]/.test(raw)) return { kind: "string", value: raw, start, end: end + 1 };
    const { value, faults } = decodeString(this.text, start + 1, end);
    for (const fault of faults) this.reportFault(fault);
    return { kind: faults.length > 0 ? "invalid" : "string", value, start, end: end + 1 } as JsonNode;
  }

  private reportFault(fault: { kind: "escape" | "control"; start: number; end: number }): void {
    const span = this.span(fault.start, fault.end);
    const text = this.text.slice(fault.start, fault.end);
    if (fault.kind === "escape") {
      this.report(jsonCatalog["json-invalid-escape"], { span, escape: text });
      return;
    }
    const code = text.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    this.report(jsonCatalog["json-control-character"], { span, code, escape: JSON.stringify(text).slice(1, -1) });
  }

  protected number(): JsonNode {
    const start = this.offset;
    while (/[-+.\w]/.test(this.text.charAt(this.offset))) this.offset++;
    const text = this.text.slice(start, this.offset);
    if (/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(text)) {
      if (isNumberInRange(text)) return { kind: "number", text, start, end: this.offset };
      const span = this.span(start, this.offset);
      this.report(syntaxCatalog["number-out-of-range"], { span, limit: maximumNumberScale });
      return { kind: "invalid", start, end: this.offset };
    }
    this.report(jsonCatalog["json-invalid-number"], { span: this.span(start, this.offset), text: shown(text) });
    return { kind: "invalid", start, end: this.offset };
  }

  protected keyword(isRoot: boolean): JsonNode {
    const span = this.word();
    const { start, end } = span;
    const word = this.text.slice(start, end);
    this.offset = end;
    if (word === "true" || word === "false" || word === "null") return { kind: "keyword", keyword: word, start, end };
    this.report(jsonCatalog["json-invalid-keyword"], {
      span,
      word: shown(word),
      near: keywordFor(word) ?? suggestName(word, ["true", "false", "null"]),
      hint: keywordHint(shown(word), this.text.slice(end, end + 200), isRoot),
    });
    return { kind: "invalid", start, end };
  }

  /** Range of the word, string or character at the current place. */
  protected word(): Span {
    return this.span(this.offset, wordEnd(this.text, this.offset));
  }

  /** Goes over white space, and over what other formats leave out, too, which is reported. */
  protected skipSpace(): void {
    for (;;) {
      this.offset = spaceEnd(this.text, this.offset);
      const stray = strayAt(this.text, this.offset);
      if (stray === undefined) return;
      this.#reportStray(stray);
      this.offset = stray.end;
    }
  }

  #reportStray({ kind }: Stray): void {
    const span = this.span(this.offset, this.offset + 1);
    if (kind === "comment") this.report(jsonCatalog["json-comment"], { span });
    else if (kind === "character") {
      const character = this.text.charAt(this.offset);
      const hint = characterHint(character, "");
      this.report(syntaxCatalog["unexpected-character"], { span, character: shown(character), hint });
    } else {
      // What a conflict leaves out must never go unsaid: any of its markers may be the only one that is left.
      if (kind === "first-marker" || !this.#isInConflict) {
        this.report(syntaxCatalog["merge-conflict"], { span: { ...span, end: span.start + 7 } });
      }
      this.#isInConflict = kind === "first-marker" || kind === "middle-marker";
    }
  }
}

import type { IToken } from "chevrotain";
import type { TemplateExpression } from "../ast.js";
import { unescapeQuoted, unescapeSequences, type EscapeFault } from "./string-literal.js";
import { flushHeredoc, nestParts, trimEnd, trimStart, type RawPart, type TemplateFault } from "./template.js";

/** The two ends of a template and how its text is written. */
export interface TemplateFrame {
  readonly form: TemplateExpression["form"];
  readonly flush: boolean;
  readonly start: number;
  readonly end: number;
}

/** Collects the parts of one template while the grammar reads them, and applies the strip markers. */
export class TemplateCollector {
  readonly parts: RawPart[] = [];
  #trimNext = false;

  /** A text token. In quoted templates escapes are resolved; faults have offsets in the file. */
  addText(token: IToken, quoted: boolean, fault: (fault: EscapeFault) => void): void {
    const start = token.startOffset;
    let value = quoted
      ? unescapeQuoted(token.image, (found) => fault({ ...found, start: start + found.start, end: start + found.end }))
      : unescapeSequences(token.image);
    if (this.#trimNext) value = trimStart(value);
    this.#trimNext = false;
    this.parts.push({ kind: "text", value, start, end: start + token.image.length });
  }

  /** A sequence between its opening and closing token, whose `~` strip the neighbouring texts. */
  addSequence(open: IToken, close: IToken, part: RawPart): void {
    const last = this.parts.at(-1);
    if (open.image.length === 3 && last?.kind === "text") last.value = trimEnd(last.value);
    this.#trimNext = close.image.length === 2;
    this.parts.push(part);
  }
}

/** Makes the template from its collected parts. */
export function finishTemplate(
  parts: readonly RawPart[],
  frame: TemplateFrame,
  fault: (fault: TemplateFault) => void,
): TemplateExpression {
  if (frame.flush) flushHeredoc(parts);
  const { form, start, end } = frame;
  const nested = nestParts(parts);
  for (const found of nested.faults) fault(found);
  return { kind: "template", form, parts: nested.parts, start, end };
}

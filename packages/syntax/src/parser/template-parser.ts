import type { IOrAlt, IToken } from "chevrotain";
import type { Expression, Identifier, TemplateExpression } from "../ast.js";
import { ExpressionParser } from "./expression-parser.js";
import { tokenEnd } from "./parser-base.js";
import { unescapeQuoted } from "./string-literal.js";
import { finishTemplate, TemplateCollector } from "./template-builder.js";
import type { RawPart } from "./template.js";

/** Templates: quoted, heredoc and bare. */
export class TemplateParser extends ExpressionParser {
  #directives?: IOrAlt<RawPart>[];

  readonly quotedTemplate = this.RULE("quotedTemplateRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenQuote);
    if (
      !this.RECORDING_PHASE &&
      this.nextType === t.QuotedText.tokenTypeIdx &&
      this.LA(2).tokenTypeIdx === t.CloseQuote.tokenTypeIdx
    ) {
      return this.onlyText(open);
    }
    const collector = new TemplateCollector();
    this.MANY(() => this.SUBRULE(this.quotedPart, { ARGS: [collector] }));
    const close = this.CONSUME(t.CloseQuote);
    return this.finish(collector, "quoted", open.startOffset, tokenEnd(close));
  });

  readonly quotedPart = this.RULE("quotedPartRule", (collector: TemplateCollector = new TemplateCollector()): void => {
    this.OR([
      { ALT: () => collector.addText(this.CONSUME(this.types.QuotedText), true, this.escapeFault) },
      { ALT: () => this.SUBRULE(this.interpolation, { ARGS: [collector] }) },
      { ALT: () => this.SUBRULE(this.directive, { ARGS: [collector] }) },
    ]);
  });

  readonly heredoc = this.RULE("heredocRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenHeredoc);
    const collector = new TemplateCollector();
    this.MANY(() => this.SUBRULE(this.textPart, { ARGS: [collector] }));
    const close = this.CONSUME(t.CloseHeredoc);
    return this.finish(
      collector,
      open.image.startsWith("<<-") ? "flush" : "heredoc",
      open.startOffset,
      tokenEnd(close),
    );
  });

  /** The whole text of a template file. */
  readonly bareTemplate = this.RULE("bareTemplateRule", (): TemplateExpression => {
    const collector = new TemplateCollector();
    this.MANY(() => this.SUBRULE(this.textPart, { ARGS: [collector] }));
    return this.finish(collector, "bare", 0, this.RECORDING_PHASE ? 0 : this.sourceInUse.text.length);
  });

  readonly textPart = this.RULE("textPartRule", (collector: TemplateCollector = new TemplateCollector()): void => {
    this.OR([
      { ALT: () => collector.addText(this.CONSUME(this.types.TemplateText), false, this.escapeFault) },
      { ALT: () => this.SUBRULE(this.interpolation, { ARGS: [collector] }) },
      { ALT: () => this.SUBRULE(this.directive, { ARGS: [collector] }) },
    ]);
  });

  readonly interpolation = this.RULE(
    "interpolationRule",
    (collector: TemplateCollector = new TemplateCollector()): void => {
      const open = this.CONSUME(this.types.InterpolationStart);
      const expression =
        this.problems === undefined
          ? this.SUBRULE(this.expression)
          : this.readPart(() => this.SUBRULE2(this.expression));
      const close =
        this.problems === undefined
          ? this.CONSUME(this.types.SequenceEnd)
          : this.readCloser(() => this.CONSUME2(this.types.SequenceEnd));
      this.ACTION(() =>
        collector.addSequence(open, close, {
          kind: "interpolation",
          expression,
          start: open.startOffset,
          end: tokenEnd(close),
        }),
      );
    },
  );

  readonly directive = this.RULE("directiveRule", (collector: TemplateCollector = new TemplateCollector()): void => {
    const open = this.CONSUME(this.types.ControlStart);
    const part = this.OR(
      (this.#directives ??= [
        { ALT: () => this.SUBRULE(this.ifDirective) },
        { ALT: () => this.SUBRULE(this.forDirective) },
        { ALT: () => directivePart("else", this.CONSUME(this.types.Else)) },
        { ALT: () => directivePart("endif", this.CONSUME(this.types.EndIf)) },
        { ALT: () => directivePart("endfor", this.CONSUME(this.types.EndFor)) },
      ]),
    );
    const close = this.CONSUME(this.types.SequenceEnd);
    this.ACTION(() => collector.addSequence(open, close, { ...part, start: open.startOffset, end: tokenEnd(close) }));
  });

  readonly ifDirective = this.RULE("ifDirectiveRule", (): RawPart => {
    const keyword = this.CONSUME(this.types.If);
    const condition = this.SUBRULE(this.expression);
    return { kind: "if", condition, start: keyword.startOffset, end: condition.end };
  });

  readonly forDirective = this.RULE("forDirectiveRule", (): RawPart => {
    const { keyVariable, valueVariable, collection, keyword } = this.SUBRULE(this.forHead);
    return {
      kind: "for",
      ...(keyVariable === undefined ? {} : { keyVariable }),
      valueVariable,
      collection,
      start: this.RECORDING_PHASE ? 0 : keyword.start,
      end: collection?.end,
    };
  });

  /** A quoted string without sequences: a block label. */
  readonly plainString = this.RULE("plainStringRule", (): Identifier => {
    const open = this.CONSUME(this.types.OpenQuote);
    let text = "";
    this.MANY(() => {
      const part = this.CONSUME(this.types.QuotedText);
      const offset = part.startOffset;
      text += unescapeQuoted(part.image, (fault) =>
        this.escapeFault({ ...fault, start: offset + fault.start, end: offset + fault.end }),
      );
    });
    const close = this.CONSUME(this.types.CloseQuote);
    return { text, start: open.startOffset, end: tokenEnd(close) };
  });

  /** A string of one stretch of text, the most frequent template by far. */
  private onlyText(open: IToken): Expression {
    const text = this.CONSUME(this.types.QuotedText);
    const close = this.CONSUME(this.types.CloseQuote);
    const { image, startOffset: start } = text;
    const value = unescapeQuoted(image, (fault) =>
      this.escapeFault({ ...fault, start: start + fault.start, end: start + fault.end }),
    );
    const part = { kind: "text", value, start, end: start + image.length } as const;
    return { kind: "template", form: "quoted", parts: [part], start: open.startOffset, end: tokenEnd(close) };
  }

  private finish(
    collector: TemplateCollector,
    form: "quoted" | "heredoc" | "flush" | "bare",
    start: number,
    end: number,
  ): TemplateExpression {
    const frame = { form: form === "flush" ? "heredoc" : form, flush: form === "flush", start, end } as const;
    return finishTemplate(collector.parts, frame, this.templateFault);
  }
}

function directivePart(kind: "else" | "endif" | "endfor", token: IToken): RawPart {
  return { kind, start: token.startOffset, end: tokenEnd(token) };
}

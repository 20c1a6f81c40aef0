import { EOF, type IOrAlt, type ParserMethod } from "chevrotain";
import type { Expression } from "../ast.js";
import { isNumberInRange } from "../number-range.js";
import { attachStep, type Step } from "./expression-builder.js";
import { SyntaxFailure } from "./failure.js";
import { nestingLimits } from "./limits.js";
import { absentExpression, ParserBase, tokenEnd } from "./parser-base.js";

/** Accesses after a primary expression: attributes, indexes and splats. */
export abstract class AccessParser extends ParserBase {
  #steps?: IOrAlt<Step>[];
  #dotted?: IOrAlt<Step>[];
  #splatted?: IOrAlt<Step>[];
  /** Splats that the place is inside of: what follows one belongs to its items. */
  #splatDepth = 0;

  /** Everything that may follow a primary expression. */
  readonly steps = this.RULE("stepsRule", (target: Expression = absentExpression): Expression => {
    let result = target;
    let count = 0;
    this.MANY(() => {
      if (++count > nestingLimits.operators) throw new SyntaxFailure("tooManyOperators", this.LA(1));
      const step = this.OR(
        (this.#steps ??= [{ ALT: () => this.dotStep() }, { ALT: () => this.SUBRULE(this.bracketStep) }]),
      );
      result = this.RECORDING_PHASE ? target : attachStep(result, step);
    });
    return result;
  });

  private dotStep(): Step {
    this.CONSUME(this.types.Dot);
    if (this.problems !== undefined && this.nameIsMissing()) return { kind: "none" };
    return this.OR2(
      (this.#dotted ??= [
        { ALT: (): Step => ({ kind: "name", token: this.CONSUME(this.types.Identifier) }) },
        { ALT: (): Step => this.legacyIndex() },
        { ALT: (): Step => this.SUBRULE(this.attributeSplat) },
      ]),
    );
  }

  /** While recovering: an access that ends with its dot is reported and left out, as it is typed just now. */
  private nameIsMissing(): boolean {
    const next = this.LA(1);
    const { Newline, CloseParen, CloseBracket, CloseBrace, SequenceEnd, Comma } = this.types;
    const ends = [Newline, CloseParen, CloseBracket, CloseBrace, SequenceEnd, Comma, EOF].includes(next.tokenType);
    if (ends) this.addRecovered(new SyntaxFailure("stepsRule", next));
    return ends;
  }

  private legacyIndex(): Step {
    const token = this.CONSUME(this.types.NumberLiteral);
    if (token.image.includes(".")) this.addFailure(new SyntaxFailure("legacyIndex", token));
    else if (!isNumberInRange(token.image)) this.addFailure(new SyntaxFailure("number-range", token));
    return { kind: "number", token };
  }

  /** The `*` of `.*`, and the names and indexes after it, which belong to every item. */
  readonly attributeSplat = this.RULE("attributeSplatRule", (): Step => {
    const star = this.CONSUME(this.types.Star);
    const marker = { start: this.RECORDING_PHASE ? 0 : this.LA(-1).startOffset, end: tokenEnd(star) };
    let each: Expression = { kind: "splat-item", ...marker };
    let count = 0;
    this.MANY(() => {
      if (++count > nestingLimits.operators) throw new SyntaxFailure("tooManyOperators", this.LA(1));
      const step = this.SUBRULE(this.splatAttribute);
      if (!this.RECORDING_PHASE) each = attachStep(each, step);
    });
    return { kind: "splat", style: "attribute", marker, each };
  });

  /** `.name` or `.0` after `.*`, which belongs to every item. */
  readonly splatAttribute = this.RULE("splatAttributeRule", (): Step => {
    this.CONSUME(this.types.Dot);
    return this.OR(
      (this.#splatted ??= [
        { ALT: (): Step => ({ kind: "name", token: this.CONSUME(this.types.Identifier) }) },
        { ALT: (): Step => this.legacyIndex() },
      ]),
    );
  });

  readonly bracketStep = this.RULE("bracketStepRule", (): Step => {
    const t = this.types;
    const open = this.CONSUME(t.OpenBracket);
    return this.OR([
      {
        ALT: (): Step => {
          this.CONSUME(t.Star);
          const close = this.CONSUME(t.CloseBracket);
          const marker = { start: open.startOffset, end: tokenEnd(close) };
          let each: Expression = { kind: "splat-item", ...marker };
          if (this.#splatDepth >= nestingLimits.brackets) throw new SyntaxFailure("tooManySplats", open);
          this.#splatDepth++;
          try {
            this.OPTION(() => {
              each = this.SUBRULE(this.steps, { ARGS: [each] });
            });
          } finally {
            this.#splatDepth--;
          }
          return { kind: "splat", style: "full", marker, each };
        },
      },
      {
        ALT: (): Step => {
          const key =
            this.problems === undefined
              ? this.SUBRULE(this.expression)
              : this.readPart(() => this.SUBRULE2(this.expression));
          const close =
            this.problems === undefined
              ? this.CONSUME2(t.CloseBracket)
              : this.readCloser(() => this.CONSUME3(t.CloseBracket));
          return { kind: "index", key, end: tokenEnd(close) };
        },
      },
    ]);
  });

  abstract readonly expression: ParserMethod<[], Expression>;
}

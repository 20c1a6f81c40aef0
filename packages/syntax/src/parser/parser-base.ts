import type { Diagnostic, SourceText } from "@hclbuild/diagnostics";
import { InternalError } from "@hclbuild/diagnostics";
import { EmbeddedActionsParser, EOF, type IToken } from "chevrotain";
import type { LexedToken } from "../lexer/lexer.js";
import { nestingLimits } from "./limits.js";
import { structuredMessages, SyntaxFailure } from "./failure.js";
import { precedenceTable } from "./precedence.js";
import type { EscapeFault } from "./string-literal.js";
import type { TemplateFault } from "./template.js";
import { explainEscape, explainTemplate } from "./explain.js";
import { explainFailure } from "./translate.js";
import type { Vocabulary } from "./vocabulary.js";

/** Stands for the arguments of rules while chevrotain records the grammar; never seen in a parse. */
export const absentToken: IToken = { image: "", startOffset: 0, tokenTypeIdx: 0, tokenType: EOF };

/** Offset after a token. Chevrotain's `endOffset` is absent, because positions are tracked by start offset only. */
export function tokenEnd(token: IToken): number {
  return token.startOffset + token.image.length;
}

/** What all parts of the grammar share: the vocabulary, the guards, and where mistakes go. */
export class ParserBase extends EmbeddedActionsParser {
  protected readonly types: Vocabulary;
  protected readonly precedence: Uint8Array;
  protected source: SourceText | undefined;
  /** Where mistakes go while recovering. The first pass has none: it stops at the first mistake. */
  protected problems: Diagnostic[] | undefined;
  #chain = 0;

  constructor(types: Vocabulary, checked: boolean) {
    super(Object.values(types), {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !checked,
      errorMessageProvider: structuredMessages,
    });
    this.types = types;
    this.precedence = precedenceTable(types);
  }

  /** Prepares a parse. With `problems` the parser recovers; without, it throws at the first mistake. */
  begin(source: SourceText, tokens: LexedToken[], problems: Diagnostic[] | undefined): void {
    this.source = source;
    this.problems = problems;
    this.#chain = 0;
    this.input = tokens;
  }

  /** Reports a mistake that does not stop the parser. */
  protected addProblem(diagnostic: Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    if (this.problems === undefined) throw new SyntaxFailure("problem", this.LA(1));
    this.problems.push(diagnostic);
  }

  /** Reports a mistake that does not stop the parser, or stops the first pass with it. */
  protected addFailure(failure: SyntaxFailure): void {
    if (this.RECORDING_PHASE) return;
    if (this.problems === undefined) throw failure;
    this.problems.push(this.explain(failure));
  }

  /** The diagnostic for what stopped the grammar. */
  explain(failure: unknown): Diagnostic {
    return explainFailure(failure, { tokens: this.input as LexedToken[], source: this.sourceInUse });
  }

  protected readonly escapeFault = (fault: EscapeFault): void => {
    this.addProblem(explainEscape(fault, this.sourceInUse));
  };

  protected readonly templateFault = (fault: TemplateFault): void => {
    this.addProblem(explainTemplate(fault, this.sourceInUse));
  };

  protected get sourceInUse(): SourceText {
    if (this.source === undefined) throw new InternalError("the parser has no input");
    return this.source;
  }

  /** Guards a rule that nests without brackets. */
  protected enterChain(): void {
    if (++this.#chain > nestingLimits.chain) throw new SyntaxFailure("tooDeep", this.LA(1));
  }

  protected leaveChain(): void {
    this.#chain--;
  }

  /** Guards a sequence of `count` unary operators. */
  protected checkUnaryChain(count: number): void {
    if (count > nestingLimits.chain) throw new SyntaxFailure("tooDeep", this.LA(1));
  }
}

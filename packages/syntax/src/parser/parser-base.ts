import type { Diagnostic, SourceText } from "@hclbuild/diagnostics";
import { InternalError } from "@hclbuild/diagnostics";
import { EOF, type IToken } from "chevrotain";
import { FastParser } from "./engine.js";
import type { Expression } from "../ast.js";
import type { LexedToken } from "../lexer/lexer.js";
import { nestingLimits } from "./limits.js";
import { lookaheadTable } from "./lookahead-table.js";
import { structuredMessages, SyntaxFailure } from "./failure.js";
import { precedenceTable } from "./precedence.js";
import { closerOf } from "./repair-scan.js";
import type { TokenKind } from "../lexer/token-types.js";
import type { EscapeFault } from "./string-literal.js";
import type { TemplateFault } from "./template.js";
import { explainEscape, explainTemplate } from "./explain.js";
import { explainFailure } from "./translate.js";
import type { Vocabulary } from "./vocabulary.js";

/** Stands for the arguments of rules while chevrotain records the grammar; never seen in a parse. */
export const absentToken: IToken = { image: "", startOffset: 0, tokenTypeIdx: 0, tokenType: EOF };

export const absentExpression: Expression = { kind: "error", start: 0, end: 0 };

/** Offset after a token. Chevrotain's `endOffset` is absent, because positions are tracked by start offset only. */
export function tokenEnd(token: IToken): number {
  return token.startOffset + token.image.length;
}

/** What all parts of the grammar share: the vocabulary, the guards, and where mistakes go. */
export class ParserBase extends FastParser {
  protected readonly types: Vocabulary;
  protected readonly precedence: Uint8Array;
  protected source: SourceText | undefined;
  /** Where mistakes go while recovering. The first pass has none: it stops at the first mistake. */
  protected problems: Diagnostic[] | undefined;
  /** By token type: 1 opens, 2 closes a bracket, quote or sequence. */
  protected readonly nesting: Uint8Array;
  #chain = 0;

  /** `checked` has chevrotain record, validate and analyse the grammar instead of relying on what it found before. */
  constructor(types: Vocabulary, checked: boolean) {
    const config = {
      maxLookahead: 1,
      recoveryEnabled: false,
      skipValidations: !checked,
      errorMessageProvider: structuredMessages,
    };
    super(types, config, checked ? undefined : lookaheadTable);
    this.types = types;
    this.precedence = precedenceTable(types);
    this.nesting = nestingTable(types);
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

  /** Reads something while recovering. A mistake in it is reported, and the rest of the item is skipped. */
  protected tryTo<Node>(itemStart: number, read: () => Node, isQuiet = false): Node | undefined {
    const mark = this.mark();
    try {
      return read();
    } catch (failure) {
      this.restore(mark);
      if (!isQuiet) this.addRecovered(failure);
      this.skipItem(itemStart);
      return undefined;
    }
  }

  /**
   * Reads a part of a bracket while recovering. After a mistake in it the rest up to the next separator or the closing
   * bracket is skipped, and an error node stands for it.
   */
  protected readPart(read: () => Expression): Expression {
    const start = this.position;
    const { startOffset } = this.LA(1);
    const mark = this.mark();
    try {
      return read();
    } catch (failure) {
      this.restore(mark);
      this.addRecovered(failure);
      this.skipPart(start, true);
      const end = tokenEnd(this.LA(0));
      return { kind: "error", start: Math.min(Number.isNaN(startOffset) ? end : startOffset, end), end };
    }
  }

  /** Reads a closing bracket while recovering, skipping what stands before it. */
  protected readCloser(read: () => IToken): IToken {
    const start = this.position;
    const mark = this.mark();
    try {
      return read();
    } catch (failure) {
      this.restore(mark);
      this.addRecovered(failure);
      this.skipPart(start, false);
      const next = this.LA(1);
      if (this.nesting[next.tokenTypeIdx] !== 2) return { ...absentToken, startOffset: tokenEnd(this.LA(0)) };
      this.SKIP_TOKEN();
      return next;
    }
  }

  /** Skips to a closing bracket that belongs to the bracket around the part that began at token `start`. */
  private skipPart(start: number, stopsAtSeparator: boolean): void {
    const { Comma, Newline } = this.types;
    const input = this.input;
    let depth = 0;
    for (let index = start; index < input.length; index++) {
      const token = input[index] as IToken;
      if (token.tokenType === EOF) return;
      const change = this.nesting[token.tokenTypeIdx] as number;
      if (index >= this.position) {
        if (
          depth === 0 &&
          (change === 2 || (stopsAtSeparator && (token.tokenType === Comma || token.tokenType === Newline)))
        )
          return;
        this.SKIP_TOKEN();
      }
      depth += change === 1 ? 1 : change === 2 ? -1 : 0;
    }
  }

  protected addRecovered(failure: unknown): void {
    this.problems?.push(this.explain(failure));
  }

  /** Skips to the end of the item that began at token `itemStart`: a line end or a closing brace outside of its brackets. */
  protected skipItem(itemStart: number): void {
    const { Newline, CloseBrace } = this.types;
    const nested: number[] = [];
    const input = this.input;
    for (let index = itemStart; index < input.length; index++) {
      const token = input[index] as IToken;
      if (token.tokenType === EOF) return;
      if (index >= this.position) {
        if (nested.length === 0 && (token.tokenType === Newline || token.tokenType === CloseBrace)) return;
        this.SKIP_TOKEN();
      }
      const change = this.nesting[token.tokenTypeIdx] as number;
      if (change === 1) nested.push(1);
      else if (change === 2) nested.pop();
    }
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

function nestingTable(types: Vocabulary): Uint8Array {
  const table = new Uint8Array(Math.max(...Object.values(types).map((type) => type.tokenTypeIdx ?? 0)) + 1);
  for (const [opener, closer] of Object.entries(closerOf)) {
    table[types[opener as TokenKind].tokenTypeIdx ?? 0] = 1;
    table[types[closer].tokenTypeIdx ?? 0] = 2;
  }
  return table;
}

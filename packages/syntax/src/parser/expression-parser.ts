import type { IOrAlt, IToken, ParserMethod } from "chevrotain";
import type { Expression, Identifier, ObjectItem } from "../ast.js";
import { isNumberInRange } from "../number-range.js";
import { AccessParser } from "./access-parser.js";
import { binaryChain, toIdentifier, unaryChain, type ForHead } from "./expression-builder.js";
import { SyntaxFailure } from "./failure.js";
import { nestingLimits } from "./limits.js";
import { tokenEnd } from "./parser-base.js";
import { binaryPrecedence } from "./precedence.js";

const numberText = /^[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?$/;

/** Expressions of the native syntax. Templates come from the subclass that knows them. */
export abstract class ExpressionParser extends AccessParser {
  #unary?: IOrAlt<IToken>[];
  #primary?: IOrAlt<Expression>[];
  #operators?: IOrAlt<IToken>[];
  #assignments?: IOrAlt<IToken>[];
  #separators?: IOrAlt<void>[];

  /**
   * Operands and binary operators as one flat list, to which precedence is applied when it is complete, and after them
   * perhaps `? whenTrue : whenFalse`.
   */
  readonly expression = this.RULE("expressionRule", (): Expression => {
    const condition = this.SUBRULE(this.term);
    const operation =
      this.RECORDING_PHASE || this.precedence[this.nextType] !== 0 ? this.operators(condition) : condition;
    if (!this.nextIs(this.types.Question)) return operation;
    let result = operation;
    this.OPTION(() => {
      this.CONSUME(this.types.Question);
      this.enterChain();
      const whenTrue = this.SUBRULE(this.expression);
      this.CONSUME(this.types.Colon);
      const whenFalse = this.SUBRULE2(this.expression);
      this.leaveChain();
      result = {
        kind: "conditional",
        condition: operation,
        whenTrue,
        whenFalse,
        start: operation.start,
        end: whenFalse.end,
      };
    });
    return result;
  });

  private operators(first: Expression): Expression {
    const operands = [first];
    const operators: IToken[] = [];
    this.MANY(() => {
      const operator = this.OR(
        (this.#operators ??= binaryPrecedence.flat().map((kind) => ({ ALT: () => this.CONSUME(this.types[kind]) }))),
      );
      if (operators.push(operator) > nestingLimits.operators) throw new SyntaxFailure("tooManyOperators", operator);
      operands.push(this.SUBRULE2(this.term));
    });
    return this.RECORDING_PHASE ? first : binaryChain(operands, operators, this.precedence);
  }

  /** Unary operators, a primary expression, and the accesses after it: `.name`, `.0`, `[key]`, `.*` and `[*]`. */
  readonly term = this.RULE("termRule", (): Expression => {
    const t = this.types;
    let operators: IToken[] | undefined;
    if (this.nextIs(t.Bang) || this.nextIs(t.Minus)) {
      this.MANY(() => {
        (operators ??= []).push(
          this.OR1((this.#unary ??= [{ ALT: () => this.CONSUME(t.Bang) }, { ALT: () => this.CONSUME(t.Minus) }])),
        );
        this.checkUnaryChain(operators.length);
      });
    }
    let result = this.OR((this.#primary ??= this.primaryAlternatives()));
    if (this.nextIs(t.Dot) || this.nextIs(t.OpenBracket)) result = this.SUBRULE(this.steps, { ARGS: [result] });
    return operators === undefined || this.RECORDING_PHASE ? result : unaryChain(operators, result);
  });

  private primaryAlternatives(): IOrAlt<Expression>[] {
    return [
      { ALT: () => this.identifierTerm() },
      { ALT: () => this.SUBRULE(this.quotedTemplate) },
      { ALT: () => this.number() },
      { ALT: () => this.SUBRULE(this.tuple) },
      { ALT: () => this.SUBRULE(this.object) },
      { ALT: () => this.SUBRULE(this.heredoc) },
      { ALT: () => this.SUBRULE(this.parentheses) },
    ];
  }

  private number(): Expression {
    const token = this.CONSUME(this.types.NumberLiteral);
    // The scanner takes 1.2.3 as one token, as HCL's does.
    if (token.image.length > 3 && !numberText.test(token.image)) this.addFailure(new SyntaxFailure("number", token));
    if (!isNumberInRange(token.image)) this.addFailure(new SyntaxFailure("number-range", token));
    return { kind: "number", text: token.image, start: token.startOffset, end: tokenEnd(token) };
  }

  /** A variable, a literal keyword, or a call. */
  private identifierTerm(): Expression {
    const token = this.CONSUME(this.types.Identifier);
    if (this.nextIs(this.types.OpenParen) || this.nextIs(this.types.DoubleColon)) {
      const call = this.OPTION(() => this.SUBRULE(this.callRest));
      if (call !== undefined) return call;
    }
    const start = token.startOffset;
    const name = token.image;
    const end = start + name.length;
    // Recovery puts a nameless identifier where it left something out.
    if (name === "") return { kind: "error", start, end };
    if (name === "true" || name === "false" || name === "null") return { kind: "keyword", keyword: name, start, end };
    return { kind: "variable", name, start, end };
  }

  readonly parentheses = this.RULE("parenthesesRule", (): Expression => {
    const open = this.CONSUME(this.types.OpenParen);
    const expression =
      this.problems === undefined ? this.SUBRULE(this.expression) : this.readPart(() => this.SUBRULE2(this.expression));
    const close =
      this.problems === undefined
        ? this.CONSUME(this.types.CloseParen)
        : this.readCloser(() => this.CONSUME2(this.types.CloseParen));
    return { kind: "parentheses", expression, start: open.startOffset, end: tokenEnd(close) };
  });

  /** `::name`s and the arguments of a call, after its first name. */
  readonly callRest = this.RULE("callRestRule", (): Expression => {
    const t = this.types;
    let name: Identifier = toIdentifier(this.LA(0));
    if (this.nextIs(t.DoubleColon))
      this.MANY(() => {
        this.CONSUME(t.DoubleColon);
        const part = this.CONSUME(t.Identifier);
        name = { text: `${name.text}::${part.image}`, start: name.start, end: tokenEnd(part) };
      });
    const open = this.CONSUME(t.OpenParen);
    const items: Expression[] = [];
    let expandFinal = false;
    let needsSeparator = false;
    this.MANY2(() => {
      if (needsSeparator) this.addFailure(new SyntaxFailure("argumentSeparator", this.LA(1)));
      items.push(
        this.problems === undefined
          ? this.SUBRULE(this.expression)
          : this.readPart(() => this.SUBRULE2(this.expression)),
      );
      needsSeparator = true;
      this.OPTION(() => {
        this.CONSUME(t.Comma);
        needsSeparator = false;
      });
    });
    this.OPTION2(() => {
      const ellipsis = this.CONSUME(t.Ellipsis);
      if (!needsSeparator && !this.RECORDING_PHASE) throw new SyntaxFailure("argument", ellipsis);
      expandFinal = true;
    });
    const close =
      this.problems === undefined ? this.CONSUME(t.CloseParen) : this.readCloser(() => this.CONSUME2(t.CloseParen));
    return {
      kind: "call",
      name,
      arguments: items,
      expandFinal,
      openParen: open.startOffset,
      closeParen: close.startOffset,
      start: name.start,
      end: tokenEnd(close),
    };
  });

  readonly tuple = this.RULE("tupleRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenBracket);
    return this.OR([
      { ALT: (): Expression => this.SUBRULE(this.forRest, { ARGS: [false] }) },
      {
        ALT: (): Expression => {
          const items: Expression[] = [];
          let needsSeparator = false;
          this.MANY(() => {
            if (needsSeparator) this.addFailure(new SyntaxFailure("itemSeparator", this.LA(1)));
            items.push(
              this.problems === undefined
                ? this.SUBRULE(this.expression)
                : this.readPart(() => this.SUBRULE2(this.expression)),
            );
            needsSeparator = true;
            this.OPTION(() => {
              this.CONSUME(t.Comma);
              needsSeparator = false;
            });
          });
          const close =
            this.problems === undefined
              ? this.CONSUME(t.CloseBracket)
              : this.readCloser(() => this.CONSUME2(t.CloseBracket));
          return { kind: "tuple", items, start: open.startOffset, end: tokenEnd(close) };
        },
      },
    ]);
  });

  readonly object = this.RULE("objectRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenBrace);
    return this.OR([
      { ALT: (): Expression => this.SUBRULE(this.forRest, { ARGS: [true] }) },
      {
        ALT: (): Expression => {
          const items: ObjectItem[] = [];
          this.OPTION(() => this.CONSUME(t.Newline));
          let needsSeparator = false;
          this.MANY(() => {
            if (needsSeparator) this.addFailure(new SyntaxFailure("attributeSeparator", this.LA(1)));
            items.push(this.SUBRULE(this.objectItem));
            needsSeparator = true;
            this.OPTION2(() => {
              needsSeparator = false;
              this.SUBRULE(this.objectSeparator);
            });
          });
          const close =
            this.problems === undefined
              ? this.CONSUME(t.CloseBrace)
              : this.readCloser(() => this.CONSUME2(t.CloseBrace));
          return { kind: "object", items, start: open.startOffset, end: tokenEnd(close) };
        },
      },
    ]);
  });

  /** A comma, a line end, or a comma and a line end. */
  readonly objectSeparator = this.RULE("objectSeparatorRule", (): void => {
    const t = this.types;
    this.OR(
      (this.#separators ??= [
        { ALT: () => void this.CONSUME(t.Newline) },
        {
          ALT: () => {
            this.CONSUME(t.Comma);
            if (this.nextIs(t.Newline)) this.OPTION(() => this.CONSUME2(t.Newline));
          },
        },
      ]),
    );
  });

  readonly objectItem = this.RULE("objectItemRule", (): ObjectItem => {
    const t = this.types;
    const key = this.SUBRULE(this.expression);
    this.OR((this.#assignments ??= [{ ALT: () => this.CONSUME(t.Equal) }, { ALT: () => this.CONSUME(t.Colon) }]));
    const value =
      this.problems === undefined
        ? this.SUBRULE2(this.expression)
        : this.readPart(() => this.SUBRULE3(this.expression));
    // A bare `true` is a name here, not a literal (HCL specification, "Collection Values").
    if (key.kind === "keyword") {
      return { key: { kind: "variable", name: key.keyword, start: key.start, end: key.end }, keyIsName: true, value };
    }
    return { key, keyIsName: key.kind === "variable", value };
  });

  /** A `for` expression after its opening bracket or brace. */
  readonly forRest = this.RULE("forRestRule", (isObject = true): Expression => {
    const t = this.types;
    const open = this.LA(0);
    const head = this.SUBRULE(this.forHead);
    this.CONSUME(t.Colon);
    const first = this.SUBRULE(this.expression);
    let second: Expression | undefined;
    let grouping = false;
    let condition: Expression | undefined;
    this.OPTION(() => {
      const arrow = this.CONSUME(t.FatArrow);
      if (!isObject) this.addFailure(new SyntaxFailure("tupleForKey", arrow, first));
      second = this.SUBRULE2(this.expression);
    });
    this.OPTION2(() => {
      const ellipsis = this.CONSUME(t.Ellipsis);
      if (!isObject) this.addFailure(new SyntaxFailure("tupleForGrouping", ellipsis));
      grouping = true;
    });
    this.OPTION3(() => {
      this.CONSUME(t.If);
      condition = this.SUBRULE3(this.expression);
    });
    if (isObject && second === undefined) this.addFailure(new SyntaxFailure("objectForValue", this.LA(1), first));
    const close = this.RECORDING_PHASE
      ? this.OR([{ ALT: () => this.CONSUME(t.CloseBracket) }, { ALT: () => this.CONSUME(t.CloseBrace) }])
      : this.CONSUME(isObject ? t.CloseBrace : t.CloseBracket);
    return this.ACTION(() => ({
      kind: "for",
      ...head,
      grouping,
      ...(second === undefined ? { valueExpression: first } : { keyExpression: first, valueExpression: second }),
      ...(condition === undefined ? {} : { condition }),
      start: open.startOffset,
      end: tokenEnd(close),
    }));
  });

  /** `for key, value in collection` */
  readonly forHead = this.RULE("forHeadRule", (): ForHead => {
    const t = this.types;
    const keyword = this.CONSUME(t.For);
    const first = toIdentifier(this.CONSUME(t.Identifier));
    let second: Identifier | undefined;
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      second = toIdentifier(this.CONSUME2(t.Identifier));
    });
    this.CONSUME(t.In);
    const collection = this.SUBRULE(this.expression);
    return {
      ...(second === undefined ? { valueVariable: first } : { keyVariable: first, valueVariable: second }),
      collection,
      keyword: { start: keyword.startOffset, end: tokenEnd(keyword) },
    };
  });

  abstract readonly quotedTemplate: ParserMethod<[], Expression>;
  abstract readonly heredoc: ParserMethod<[], Expression>;
}

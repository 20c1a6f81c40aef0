import { EOF, type IOrAlt, type IToken, type ParserMethod } from "chevrotain";
import type { Expression, Identifier, ObjectItem } from "../ast.js";
import { absentToken, ParserBase, tokenEnd } from "./parser-base.js";
import {
  attachStep, binaryChain, toIdentifier, unaryChain, type ForHead, type Step,
} from "./expression-builder.js";
import { SyntaxFailure } from "./failure.js";
import { nestingLimits } from "./limits.js";

const numberText = /^[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Expressions of the native syntax. Templates come from the subclass that knows them. */
export abstract class ExpressionParser extends ParserBase {
  #unary?: IOrAlt<IToken>[];
  #primary?: IOrAlt<Expression>[];
  #steps?: IOrAlt<Step>[];
  #operators?: IOrAlt<IToken>[];

  /** `condition ? whenTrue : whenFalse`, or a chain of binary operators. */
  readonly expression = this.RULE("expressionRule", (): Expression => {
    const condition = this.SUBRULE(this.operation);
    let result = condition;
    this.OPTION(() => {
      this.CONSUME(this.types.Question);
      this.enterChain();
      const whenTrue = this.SUBRULE(this.expression);
      this.CONSUME(this.types.Colon);
      const whenFalse = this.SUBRULE2(this.expression);
      this.leaveChain();
      result = { kind: "conditional", condition, whenTrue, whenFalse, start: condition.start, end: whenFalse.end };
    });
    return result;
  });

  /** Operands and binary operators as one flat list; precedence is applied when the list is complete. */
  readonly operation = this.RULE("operationRule", (): Expression => {
    const first = this.SUBRULE(this.term);
    let operands: Expression[] | undefined;
    let operators: IToken[] | undefined;
    this.MANY(() => {
      const operator = this.SUBRULE(this.binaryOperator);
      const operand = this.SUBRULE2(this.term);
      if (operands === undefined || operators === undefined) {
        operands = [first];
        operators = [];
      }
      if (operators.push(operator) > nestingLimits.operators) throw new SyntaxFailure("tooManyOperators", operator);
      operands.push(operand);
    });
    return operands === undefined || operators === undefined
      ? first
      : binaryChain(operands, operators, this.precedence);
  });

  readonly binaryOperator = this.RULE("binaryOperatorRule", (): IToken => {
    const t = this.types;
    return this.OR(
      (this.#operators ??= (
        ["EqualOperator", "NotEqual", "And", "Or", "Plus", "Minus", "Star", "Slash", "Percent", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"] as const
      ).map((kind) => ({ ALT: () => this.CONSUME(t[kind]) }))),
    );
  });

  /** Unary operators, a primary expression, and the accesses after it. */
  readonly term = this.RULE("termRule", (): Expression => {
    let operators: IToken[] | undefined;
    this.MANY(() => {
      (operators ??= []).push(
        this.OR1(
          (this.#unary ??= [
            { ALT: () => this.CONSUME(this.types.Bang) },
            { ALT: () => this.CONSUME(this.types.Minus) },
          ]),
        ),
      );
      this.checkUnaryChain(operators.length);
    });
    let result = this.SUBRULE(this.primary);
    this.OPTION(() => {
      result = this.SUBRULE(this.steps, { ARGS: [result] });
    });
    return operators === undefined ? result : unaryChain(operators, result);
  });

  readonly primary = this.RULE("primaryRule", (): Expression =>
    this.OR(
      (this.#primary ??= [
        { ALT: () => this.SUBRULE(this.identifierTerm) },
        { ALT: () => this.SUBRULE(this.quotedTemplate) },
        { ALT: () => this.SUBRULE(this.number) },
        { ALT: () => this.SUBRULE(this.tuple) },
        { ALT: () => this.SUBRULE(this.object) },
        { ALT: () => this.SUBRULE(this.heredoc) },
        { ALT: () => this.SUBRULE(this.parentheses) },
      ]),
    ),
  );

  readonly number = this.RULE("numberRule", (): Expression => {
    const token = this.CONSUME(this.types.NumberLiteral);
    // The scanner takes 1.2.3 as one token, as HCL's does.
    if (token.image.length > 3 && !numberText.test(token.image)) this.addFailure(new SyntaxFailure("number", token));
    return { kind: "number", text: token.image, start: token.startOffset, end: tokenEnd(token) };
  });

  readonly parentheses = this.RULE("parenthesesRule", (): Expression => {
    const open = this.CONSUME(this.types.OpenParen);
    const expression = this.problems === undefined ? this.SUBRULE(this.expression) : this.readPart(() => this.SUBRULE2(this.expression));
    const close = this.problems === undefined ? this.CONSUME(this.types.CloseParen) : this.readCloser(() => this.CONSUME2(this.types.CloseParen));
    return { kind: "parentheses", expression, start: open.startOffset, end: tokenEnd(close) };
  });

  /** A variable, a literal keyword, or a call. */
  readonly identifierTerm = this.RULE("identifierTermRule", (): Expression => {
    const token = this.CONSUME(this.types.Identifier);
    const start = token.startOffset;
    const end = tokenEnd(token);
    let call: Expression | undefined;
    this.OPTION(() => {
      call = this.SUBRULE(this.callRest, { ARGS: [token] });
    });
    if (call !== undefined) return call;
    const name = token.image;
    // Recovery puts a nameless identifier where it left something out.
    if (name === "") return { kind: "error", start, end };
    if (name === "true" || name === "false" || name === "null") return { kind: "keyword", keyword: name, start, end };
    return { kind: "variable", name, start, end };
  });

  /** `::name`s and the arguments of a call, after its first name. */
  readonly callRest = this.RULE("callRestRule", (first: IToken = absentToken): Expression => {
    const t = this.types;
    let name: Identifier = toIdentifier(first);
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
      items.push(this.problems === undefined ? this.SUBRULE(this.expression) : this.readPart(() => this.SUBRULE2(this.expression)));
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
    const close = this.problems === undefined ? this.CONSUME(t.CloseParen) : this.readCloser(() => this.CONSUME2(t.CloseParen));
    return {
      kind: "call", name, arguments: items, expandFinal,
      openParen: open.startOffset, closeParen: close.startOffset, start: name.start, end: tokenEnd(close),
    };
  });

  /** Everything that may follow a primary expression: `.name`, `.0`, `[key]`, `.*` and `[*]`. */
  readonly steps = this.RULE("stepsRule", (target: Expression): Expression => {
    let result = target;
    let count = 0;
    this.MANY(() => {
      if (++count > nestingLimits.operators) throw new SyntaxFailure("tooManyOperators", this.LA(1));
      result = attachStep(
        result,
        this.OR(
          (this.#steps ??= [
            { ALT: () => this.SUBRULE(this.dotStep) },
            { ALT: () => this.SUBRULE(this.bracketStep) },
          ]),
        ),
      );
    });
    return result;
  });

  readonly dotStep = this.RULE("dotStepRule", (): Step => {
    const t = this.types;
    const dot = this.CONSUME(t.Dot);
    if (this.problems !== undefined && this.nameIsMissing()) return { kind: "none" };
    return this.OR([
      { ALT: (): Step => ({ kind: "name", token: this.CONSUME(t.Identifier) }) },
      { ALT: (): Step => this.SUBRULE(this.legacyIndex) },
      {
        ALT: (): Step => {
          const star = this.CONSUME(t.Star);
          const marker = { start: dot.startOffset, end: tokenEnd(star) };
          let each: Expression = { kind: "splat-item", ...marker };
          this.MANY(() => {
            each = attachStep(each, this.SUBRULE(this.splatAttribute));
          });
          return { kind: "splat", style: "attribute", marker, each };
        },
      },
    ]);
  });

  /** While recovering: an access that ends with its dot is reported and left out, as it is typed just now. */
  private nameIsMissing(): boolean {
    const next = this.LA(1);
    const { Newline, CloseParen, CloseBracket, CloseBrace, SequenceEnd, Comma } = this.types;
    const ends = [Newline, CloseParen, CloseBracket, CloseBrace, SequenceEnd, Comma, EOF].includes(next.tokenType);
    if (ends) this.addRecovered(new SyntaxFailure("dotStepRule", next));
    return ends;
  }

  readonly legacyIndex = this.RULE("legacyIndexRule", (): Step => {
    const token = this.CONSUME(this.types.NumberLiteral);
    if (token.image.includes(".")) this.addFailure(new SyntaxFailure("legacyIndex", token));
    return { kind: "number", token };
  });

  /** `.name` or `.0` after `.*`, which belongs to every item. */
  readonly splatAttribute = this.RULE("splatAttributeRule", (): Step => {
    this.CONSUME(this.types.Dot);
    return this.OR([
      { ALT: (): Step => ({ kind: "name", token: this.CONSUME(this.types.Identifier) }) },
      { ALT: (): Step => this.SUBRULE(this.legacyIndex) },
    ]);
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
          this.OPTION(() => {
            each = this.SUBRULE(this.steps, { ARGS: [each] });
          });
          return { kind: "splat", style: "full", marker, each };
        },
      },
      {
        ALT: (): Step => {
          const key = this.problems === undefined ? this.SUBRULE(this.expression) : this.readPart(() => this.SUBRULE2(this.expression));
          const close = this.problems === undefined ? this.CONSUME2(t.CloseBracket) : this.readCloser(() => this.CONSUME3(t.CloseBracket));
          return { kind: "index", key, end: tokenEnd(close) };
        },
      },
    ]);
  });

  readonly tuple = this.RULE("tupleRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenBracket);
    return this.OR([
      { ALT: (): Expression => this.SUBRULE(this.forRest, { ARGS: [open, false] }) },
      {
        ALT: (): Expression => {
          const items: Expression[] = [];
          let needsSeparator = false;
          this.MANY(() => {
            if (needsSeparator) this.addFailure(new SyntaxFailure("itemSeparator", this.LA(1)));
            items.push(this.problems === undefined ? this.SUBRULE(this.expression) : this.readPart(() => this.SUBRULE2(this.expression)));
            needsSeparator = true;
            this.OPTION(() => {
              this.CONSUME(t.Comma);
              needsSeparator = false;
            });
          });
          const close = this.problems === undefined ? this.CONSUME(t.CloseBracket) : this.readCloser(() => this.CONSUME2(t.CloseBracket));
          return { kind: "tuple", items, start: open.startOffset, end: tokenEnd(close) };
        },
      },
    ]);
  });

  readonly object = this.RULE("objectRule", (): Expression => {
    const t = this.types;
    const open = this.CONSUME(t.OpenBrace);
    return this.OR([
      { ALT: (): Expression => this.SUBRULE(this.forRest, { ARGS: [open, true] }) },
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
          const close = this.problems === undefined ? this.CONSUME(t.CloseBrace) : this.readCloser(() => this.CONSUME2(t.CloseBrace));
          return { kind: "object", items, start: open.startOffset, end: tokenEnd(close) };
        },
      },
    ]);
  });

  /** A comma, a line end, or a comma and a line end. */
  readonly objectSeparator = this.RULE("objectSeparatorRule", (): void => {
    this.OR([
      { ALT: () => { this.CONSUME(this.types.Newline); } },
      {
        ALT: () => {
          this.CONSUME(this.types.Comma);
          this.OPTION(() => this.CONSUME2(this.types.Newline));
        },
      },
    ]);
  });

  readonly objectItem = this.RULE("objectItemRule", (): ObjectItem => {
    const t = this.types;
    const key = this.SUBRULE(this.expression);
    this.OR([{ ALT: () => this.CONSUME(t.Equal) }, { ALT: () => this.CONSUME(t.Colon) }]);
    const value = this.problems === undefined ? this.SUBRULE2(this.expression) : this.readPart(() => this.SUBRULE3(this.expression));
    // A bare `true` is a name here, not a literal (HCL specification, "Collection Values").
    if (key.kind === "keyword") {
      return { key: { kind: "variable", name: key.keyword, start: key.start, end: key.end }, keyIsName: true, value };
    }
    return { key, keyIsName: key.kind === "variable", value };
  });

  /** A `for` expression after its opening bracket or brace. */
  readonly forRest = this.RULE("forRestRule", (open: IToken = absentToken, isObject = true): Expression => {
    const t = this.types;
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
    const close = this.OR([{ ALT: () => this.CONSUME(t.CloseBracket) }, { ALT: () => this.CONSUME(t.CloseBrace) }]);
    return this.ACTION(() => ({
      kind: "for", ...head, grouping,
      ...(second === undefined ? { valueExpression: first } : { keyExpression: first, valueExpression: second }),
      ...(condition === undefined ? {} : { condition }),
      start: open.startOffset, end: tokenEnd(close),
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

import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { GoCommand, GoControl, GoNode, GoOperand, GoPipeline } from "../ast.js";
import { unescapeGoLiteral } from "../text/quote.js";
import { readCharacterLiteral, readNumberLiteral } from "./literals.js";
import * as t from "./tokens.js";

/** Levels of blocks and parentheses a template may have. */
export const nestingLimit = 100;
/** Branches of one `if` with its `else if`s. */
const branchLimit = 1000;

/** Stops a parse that nests too deeply; chevrotain has no other way out. */
export class NestingError extends Error {
  override readonly name = "NestingError";
  readonly offset: number;
  constructor(offset: number) {
    super("template nested too deeply");
    this.offset = offset;
  }
}

/** What the parser finds wrong although the tokens fit the grammar. */
export interface ParseProblem {
  readonly slug:
    | "bad-literal"
    | "duplicate-definition"
    | "missing-value"
    | "misplaced-keyword"
    | "not-executable"
    | "undefined-variable"
    | "unexpected";
  readonly start: number;
  readonly end: number;
  readonly texts: Readonly<Record<string, string>>;
}

interface ControlHead {
  readonly start: number;
  readonly pipeline: GoPipeline;
  readonly body: readonly GoNode[];
}

/** A block that waits for its `{{end}}`. */
export interface OpenBlock {
  readonly keyword: string;
  readonly start: number;
}

/** The grammar of templates; builds the tree directly. One instance is reused, so it is not re-entrant. */
export class GoTemplateParser extends EmbeddedActionsParser {
  problems: ParseProblem[] = [];
  definitions: Record<string, readonly GoNode[]> = Object.create(null) as Record<string, readonly GoNode[]>;
  openBlocks: OpenBlock[] = [];
  /** Offset of the action being parsed. */
  openAction: number | undefined;
  #variables: string[] = ["$"];
  #depth = 0;
  #rangeDepth = 0;

  constructor(skipValidations: boolean) {
    super([...t.tokenTypes], { maxLookahead: 3, recoveryEnabled: false, skipValidations });
    this.performSelfAnalysis();
  }

  /** Forgets everything of the previous template. */
  begin(tokens: IToken[]): void {
    this.input = tokens;
    this.problems = [];
    this.definitions = Object.create(null) as Record<string, readonly GoNode[]>;
    this.openBlocks = [];
    this.openAction = undefined;
    this.#variables = ["$"];
    this.#depth = 0;
    this.#rangeDepth = 0;
  }

  readonly templateRule: ParserMethod<[], GoNode[]> = this.RULE("templateRule", () => {
    const nodes: GoNode[] = [];
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.defineBlockRule) },
        {
          ALT: () => {
            const node = this.SUBRULE(this.nodeRule);
            this.ACTION(() => void (node !== undefined && nodes.push(node)));
          },
        },
      ]);
    });
    return nodes;
  });

  readonly nodesRule: ParserMethod<[], GoNode[]> = this.RULE("nodesRule", () => {
    const nodes: GoNode[] = [];
    this.ACTION(() => this.#descend());
    this.MANY({
      GATE: () => !this.#closesBlock(),
      DEF: () => {
        const node = this.SUBRULE(this.nodeRule);
        this.ACTION(() => void (node !== undefined && nodes.push(node)));
      },
    });
    this.ACTION(() => void this.#depth--);
    return nodes;
  });

  readonly nodeRule: ParserMethod<[], GoNode | undefined> = this.RULE("nodeRule", () =>
    this.OR<GoNode | undefined>([
      { ALT: () => this.SUBRULE(this.textRule) },
      { ALT: () => void this.CONSUME(t.Comment) },
      { ALT: () => this.SUBRULE(this.branchesRule) },
      { ALT: () => this.SUBRULE(this.rangeRule) },
      { ALT: () => this.SUBRULE(this.templateCallRule) },
      { ALT: () => this.SUBRULE(this.blockRule) },
      { ALT: () => this.SUBRULE(this.loopControlRule) },
      { ALT: () => this.SUBRULE(this.actionRule) },
    ]),
  );

  readonly textRule: ParserMethod<[], GoNode | undefined> = this.RULE("textRule", () => {
    const before = this.ACTION(() => this.LA(0) as IToken | undefined);
    const token = this.CONSUME(t.Text);
    return this.ACTION((): GoNode | undefined => {
      const after = this.LA(1);
      let { image } = token;
      let start = token.startOffset;
      if (before !== undefined && trimsAfter(before)) {
        const trimmed = image.replace(/^[ \t\r\n]+/, "");
        start += image.length - trimmed.length;
        image = trimmed;
      }
      if (trimsBefore(after)) image = image.replace(/[ \t\r\n]+$/, "");
      return image === "" ? undefined : { kind: "text", text: image, start, end: start + image.length };
    });
  });

  readonly actionRule: ParserMethod<[], GoNode> = this.RULE("actionRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    this.ACTION(() => void (this.openAction = open.startOffset));
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["command"] });
    const end = this.SUBRULE(this.closeRule);
    return { kind: "action", pipeline, start: open.startOffset, end };
  });

  readonly closeRule: ParserMethod<[], number> = this.RULE("closeRule", () => {
    const close = this.CONSUME(t.Close);
    return this.ACTION(() => {
      this.openAction = undefined;
      return endOf(close);
    });
  });

  /** `if` or `with` with its `else if`s or `else with`s and `else`. */
  readonly branchesRule: ParserMethod<[], GoNode> = this.RULE("branchesRule", (): GoNode => {
    const mark = this.ACTION(() => this.#variables.length);
    const branches: ControlHead[] = [];
    const open = this.CONSUME(t.Open);
    const keyword = this.OR([{ ALT: () => this.CONSUME(t.If) }, { ALT: () => this.CONSUME(t.With) }]);
    const kind = keyword.tokenType === t.With ? "with" : "if";
    this.ACTION(() => this.#enter(kind, open));
    branches.push(this.SUBRULE(this.branchRule, { ARGS: [open, kind] }));
    this.MANY({
      GATE: () => this.LA(3).tokenType === keyword.tokenType,
      DEF: () => {
        const next = this.CONSUME2(t.Open);
        this.CONSUME(t.Else);
        this.OR2([{ ALT: () => this.CONSUME2(t.If) }, { ALT: () => this.CONSUME2(t.With) }]);
        this.ACTION(() => {
          this.openAction = next.startOffset;
          if (branches.length >= branchLimit) throw new NestingError(next.startOffset);
        });
        branches.push(this.SUBRULE2(this.branchRule, { ARGS: [next, kind] }));
      },
    });
    const { otherwise, end } = this.SUBRULE(this.endRule);
    return this.ACTION(() => {
      this.#leave(mark);
      let last = otherwise;
      for (const branch of branches.toReversed()) {
        last = [{ kind, ...branch, end, ...(last === undefined ? {} : { otherwise: last }) } satisfies GoControl];
      }
      return (last as readonly GoNode[])[0] as GoNode;
    });
  });

  readonly branchRule: ParserMethod<[IToken, string], ControlHead> = this.RULE(
    "branchRule",
    (open: IToken, context: string): ControlHead => {
      const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: [context] });
      this.SUBRULE(this.closeRule);
      const body = this.SUBRULE(this.nodesRule);
      return { start: this.ACTION(() => open.startOffset), pipeline, body };
    },
  );

  /** What ends a control block: an optional `{{else}}` part and `{{end}}`. */
  readonly endRule: ParserMethod<[], { otherwise: readonly GoNode[] | undefined; end: number }> = this.RULE(
    "endRule",
    () => {
      let otherwise: readonly GoNode[] | undefined;
      this.OPTION(() => {
        const open = this.CONSUME(t.Open);
        this.ACTION(() => void (this.openAction = open.startOffset));
        this.CONSUME(t.Else);
        this.SUBRULE(this.closeRule);
        otherwise = this.SUBRULE(this.nodesRule);
      });
      const end = this.SUBRULE(this.endActionRule);
      return { otherwise, end };
    },
  );

  readonly endActionRule: ParserMethod<[], number> = this.RULE("endActionRule", () => {
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.End);
    this.ACTION(() => void (this.openAction = open.startOffset));
    const end = this.SUBRULE(this.closeRule);
    this.ACTION(() => this.openBlocks.pop());
    return end;
  });

  readonly rangeRule: ParserMethod<[], GoNode> = this.RULE("rangeRule", (): GoNode => {
    const mark = this.ACTION(() => this.#variables.length);
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Range);
    this.ACTION(() => this.#enter("range", open));
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["range"] });
    this.SUBRULE(this.closeRule);
    this.ACTION(() => void this.#rangeDepth++);
    const body = this.SUBRULE(this.nodesRule);
    this.ACTION(() => void this.#rangeDepth--);
    const { otherwise, end } = this.SUBRULE(this.endRule);
    this.ACTION(() => this.#leave(mark));
    return {
      kind: "range",
      pipeline,
      body,
      ...(otherwise === undefined ? {} : { otherwise }),
      start: open.startOffset,
      end,
    };
  });

  readonly templateCallRule: ParserMethod<[], GoNode> = this.RULE("templateCallRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Template);
    this.ACTION(() => void (this.openAction = open.startOffset));
    const name = this.SUBRULE(this.textLiteralRule);
    let pipeline: GoPipeline | undefined;
    this.OPTION(() => {
      pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["template clause"] });
    });
    const end = this.SUBRULE(this.closeRule);
    return { kind: "template", name, ...(pipeline === undefined ? {} : { pipeline }), start: open.startOffset, end };
  });

  readonly blockRule: ParserMethod<[], GoNode> = this.RULE("blockRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Block);
    this.ACTION(() => this.#enter("block", open));
    const name = this.SUBRULE(this.textLiteralRule);
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["block clause"] });
    const end = this.SUBRULE(this.definitionRule, { ARGS: [name, open] });
    return { kind: "template", name, pipeline, start: open.startOffset, end };
  });

  readonly defineBlockRule: ParserMethod<[], void> = this.RULE("defineBlockRule", () => {
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Define);
    this.ACTION(() => this.#enter("define", open));
    const name = this.SUBRULE(this.textLiteralRule);
    this.SUBRULE(this.definitionRule, { ARGS: [name, open] });
  });

  /** The body of `define` or `block`, in which only `$` is set. Gives the end of the whole. */
  readonly definitionRule: ParserMethod<[string, IToken], number> = this.RULE(
    "definitionRule",
    (name: string, open: IToken): number => {
      this.SUBRULE(this.closeRule);
      const outer = this.ACTION(() => {
        const saved = { variables: this.#variables, rangeDepth: this.#rangeDepth };
        this.#variables = ["$"];
        this.#rangeDepth = 0;
        return saved;
      });
      const body = this.SUBRULE(this.nodesRule);
      const end = this.SUBRULE(this.endActionRule);
      this.ACTION(() => {
        this.#variables = outer.variables;
        this.#rangeDepth = outer.rangeDepth;
        this.#addDefinition(name, body, { start: open.startOffset, end });
      });
      return end;
    },
  );

  readonly loopControlRule: ParserMethod<[], GoNode> = this.RULE("loopControlRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    const token = this.OR([{ ALT: () => this.CONSUME(t.Break) }, { ALT: () => this.CONSUME(t.Continue) }]);
    this.ACTION(() => void (this.openAction = open.startOffset));
    const end = this.SUBRULE(this.closeRule);
    return this.ACTION((): GoNode => {
      const kind = token.tokenType === t.Break ? "break" : "continue";
      if (this.#rangeDepth === 0) {
        this.#problem("misplaced-keyword", token, { keyword: kind, reason: "It belongs inside a {{range}} block." });
      }
      return { kind, start: open.startOffset, end };
    });
  });

  readonly textLiteralRule: ParserMethod<[], string> = this.RULE("textLiteralRule", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.StringLiteral) }, { ALT: () => this.CONSUME(t.RawString) }]);
    return this.ACTION(() => this.#readText(token));
  });

  readonly pipelineRule: ParserMethod<[string], GoPipeline> = this.RULE(
    "pipelineRule",
    (context: string): GoPipeline => {
      const first = this.ACTION(() => this.LA(1));
      const variables: string[] = [];
      let isAssignment = false;
      this.OPTION({
        GATE: () => this.#beginsDeclaration(),
        DEF: () => {
          isAssignment = this.SUBRULE(this.declarationRule, { ARGS: [context, variables] });
        },
      });
      const commands = [this.SUBRULE(this.commandRule)];
      this.MANY({
        GATE: () => !this.#isLastPipe(),
        DEF: () => {
          this.CONSUME(t.Pipe);
          commands.push(this.SUBRULE2(this.commandRule));
        },
      });
      // Go overlooks a bar with nothing after it.
      this.OPTION2(() => this.CONSUME2(t.Pipe));
      return this.ACTION(() => {
        if (!isAssignment) this.#variables.push(...variables);
        this.#checkStages(commands);
        return { variables, isAssignment, commands, start: first.startOffset, end: endOf(this.LA(0)) };
      });
    },
  );

  readonly declarationRule: ParserMethod<[string, string[]], boolean> = this.RULE(
    "declarationRule",
    (context: string, variables: string[]): boolean => {
      const first = this.CONSUME(t.Variable);
      let second: IToken | undefined;
      this.OPTION(() => {
        this.CONSUME(t.Comma);
        second = this.CONSUME2(t.Variable);
      });
      const operator = this.OR([{ ALT: () => this.CONSUME(t.Declare) }, { ALT: () => this.CONSUME(t.Assign) }]);
      return this.ACTION(() => {
        const isAssignment = operator.tokenType === t.Assign;
        const tokens = second === undefined ? [first] : [first, second];
        for (const token of tokens) {
          variables.push(token.image);
          if (isAssignment) this.#checkVariable(token);
        }
        if (second !== undefined && context !== "range") {
          this.#problem("unexpected", second, { found: "second variable", expected: "one variable" });
        }
        return isAssignment;
      });
    },
  );

  readonly commandRule: ParserMethod<[], GoCommand> = this.RULE("commandRule", (): GoCommand => {
    const operands: GoOperand[] = [];
    this.AT_LEAST_ONE({
      // Go wants a blank between operands.
      GATE: () => operands.length === 0 || endOf(this.LA(0)) < this.LA(1).startOffset,
      DEF: () => {
        const operand = this.SUBRULE(this.operandRule);
        operands.push(operand);
      },
    });
    return this.ACTION(() => ({
      operands,
      start: (operands[0] as GoOperand).start,
      end: (operands.at(-1) as GoOperand).end,
    }));
  });

  readonly operandRule: ParserMethod<[], GoOperand> = this.RULE("operandRule", (): GoOperand => {
    const target = this.SUBRULE(this.termRule);
    const names: string[] = [];
    this.MANY({
      GATE: () => endOf(this.LA(0)) === this.LA(1).startOffset,
      DEF: () => {
        const field = this.CONSUME(t.Field);
        names.push(field.image.slice(1));
      },
    });
    return this.ACTION(() => this.#withFields(target, names, endOf(this.LA(0))));
  });

  readonly termRule: ParserMethod<[], GoOperand> = this.RULE("termRule", () =>
    this.OR<GoOperand>([
      { ALT: () => this.SUBRULE(this.parenthesizedRule) },
      { ALT: () => this.#literal(this.CONSUME(t.StringLiteral)) },
      { ALT: () => this.#literal(this.CONSUME(t.RawString)) },
      { ALT: () => this.#literal(this.CONSUME(t.CharacterLiteral)) },
      { ALT: () => this.#literal(this.CONSUME(t.NumberLiteral)) },
      { ALT: () => this.#literal(this.CONSUME(t.Field)) },
      { ALT: () => this.#literal(this.CONSUME(t.Variable)) },
      { ALT: () => this.#literal(this.CONSUME(t.Dot)) },
      { ALT: () => this.#literal(this.CONSUME(t.Word)) },
    ]),
  );

  readonly parenthesizedRule: ParserMethod<[], GoOperand> = this.RULE("parenthesizedRule", (): GoOperand => {
    const open = this.CONSUME(t.OpenParen);
    this.ACTION(() => this.#descend());
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["parenthesized pipeline"] });
    const close = this.CONSUME(t.CloseParen);
    this.ACTION(() => void this.#depth--);
    return { kind: "pipeline", pipeline, start: open.startOffset, end: endOf(close) };
  });

  #literal(token: IToken): GoOperand {
    return this.ACTION((): GoOperand => {
      const range = { start: token.startOffset, end: endOf(token) };
      const { image } = token;
      switch (token.tokenType) {
        case t.StringLiteral:
        case t.RawString:
          return { kind: "string", value: this.#readText(token), ...range };
        case t.CharacterLiteral:
        case t.NumberLiteral: {
          const value = token.tokenType === t.NumberLiteral ? readNumberLiteral(image) : readCharacterLiteral(image);
          if (value === undefined) this.#problem("bad-literal", token, { literal: image.slice(0, 40) });
          return { kind: "number", value: value ?? 0n, ...range };
        }
        case t.Field:
          return { kind: "field", names: [image.slice(1)], ...range };
        case t.Variable:
          this.#checkVariable(token);
          return { kind: "variable", name: image, names: [], ...range };
        case t.Dot:
          return { kind: "dot", ...range };
        default:
          if (image === "nil") return { kind: "nil", ...range };
          if (image === "true" || image === "false") return { kind: "bool", value: image === "true", ...range };
          return { kind: "function", name: image, ...range };
      }
    });
  }

  #withFields(target: GoOperand, names: readonly string[], end: number): GoOperand {
    if (names.length === 0) return target;
    switch (target.kind) {
      case "field":
      case "variable":
        return { ...target, names: [...target.names, ...names], end };
      case "function":
      case "pipeline":
        return { kind: "chain", target, names, start: target.start, end };
      default:
        this.#problemAt(
          "unexpected",
          { start: target.end, end },
          {
            found: `field ".${names[0] ?? ""}"`,
            expected: "a blank or the end of the action",
          },
        );
        return target;
    }
  }

  #readText(token: IToken): string {
    if (token.tokenType === t.RawString) return token.image.slice(1, -1).replaceAll("\r", "");
    const text = unescapeGoLiteral(token.image.slice(1, -1), '"');
    if (text === undefined) this.#problem("bad-literal", token, { literal: token.image.slice(0, 40) });
    return text ?? "";
  }

  #checkStages(commands: readonly GoCommand[]): void {
    for (const command of commands.slice(1)) {
      const head = command.operands[0] as GoOperand;
      if (["bool", "dot", "nil", "number", "string"].includes(head.kind)) this.#problemAt("not-executable", head, {});
    }
  }

  #checkVariable(token: IToken): void {
    if (!this.#variables.includes(token.image)) this.#problem("undefined-variable", token, { name: token.image });
  }

  /** What ends a list of nodes is outside of its rule, where chevrotain does not look. */
  #closesBlock(): boolean {
    const next = this.LA(2).tokenType;
    return this.LA(1).tokenType === t.Open && (next === t.End || next === t.Else || next === t.Define);
  }

  #isLastPipe(): boolean {
    const next = this.LA(2).tokenType;
    return next === t.Close || next === t.CloseParen;
  }

  #beginsDeclaration(): boolean {
    const next = this.LA(2).tokenType;
    return next === t.Declare || next === t.Assign || next === t.Comma;
  }

  #addDefinition(name: string, body: readonly GoNode[], range: { start: number; end: number }): void {
    const isEmpty = body.every((node) => node.kind === "text" && /^[ \t\r\n]*$/.test(node.text));
    const existing = this.definitions[name];
    const existingIsEmpty =
      existing === undefined || existing.every((node) => node.kind === "text" && /^[ \t\r\n]*$/.test(node.text));
    if (!isEmpty && !existingIsEmpty) this.#problemAt("duplicate-definition", range, { name });
    if (!isEmpty || existing === undefined) this.definitions[name] = body;
  }

  #enter(keyword: string, open: IToken): void {
    this.openBlocks.push({ keyword, start: open.startOffset });
    this.openAction = open.startOffset;
  }

  #leave(mark: number): void {
    this.#variables.length = mark;
  }

  #descend(): void {
    if (++this.#depth > nestingLimit) throw new NestingError(this.LA(1).startOffset || 0);
  }

  #problem(slug: ParseProblem["slug"], token: IToken, texts: Readonly<Record<string, string>>): void {
    this.#problemAt(slug, { start: token.startOffset, end: endOf(token) }, texts);
  }

  #problemAt(
    slug: ParseProblem["slug"],
    range: { readonly start: number; readonly end: number },
    texts: Readonly<Record<string, string>>,
  ): void {
    this.problems.push({ slug, start: range.start, end: range.end, texts });
  }
}

/** End offset of a token. */
export function endOf(token: IToken): number {
  return token.startOffset + token.image.length;
}

function trimsAfter(token: IToken): boolean {
  return (token.tokenType === t.Close || token.tokenType === t.Comment) && token.image.endsWith("-}}");
}

function trimsBefore(token: IToken): boolean {
  return (token.tokenType === t.Open || token.tokenType === t.Comment) && token.image.startsWith("{{-");
}

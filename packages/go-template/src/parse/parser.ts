import { EmbeddedActionsParser, type IToken, type ParserMethod } from "chevrotain";
import type { GoCommand, GoControl, GoNode, GoOperand, GoPipeline } from "../ast.js";
import { branchLimit, endOf, NestingError, TreeBuilder, trimmedText } from "./builder.js";
import * as t from "./tokens.js";

interface ControlHead {
  readonly start: number;
  readonly pipeline: GoPipeline;
  readonly body: readonly GoNode[];
}

/** The grammar of templates; builds the tree directly. One instance is reused, so it is not re-entrant. */
export class GoTemplateParser extends EmbeddedActionsParser {
  /** Makes the tree and remembers what is open. */
  readonly builder = new TreeBuilder();

  constructor(skipValidations: boolean) {
    super([...t.tokenTypes], { maxLookahead: 3, recoveryEnabled: false, skipValidations });
    this.performSelfAnalysis();
  }

  /** Forgets everything of the previous template. */
  begin(tokens: IToken[]): void {
    this.input = tokens;
    this.builder.reset();
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
    this.ACTION(() => this.builder.descend(this.LA(1).startOffset));
    this.MANY({
      GATE: () => !this.#closesBlock(),
      DEF: () => {
        const node = this.SUBRULE(this.nodeRule);
        this.ACTION(() => void (node !== undefined && nodes.push(node)));
      },
    });
    this.ACTION(() => void this.builder.depth--);
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
    return this.ACTION(() => trimmedText(token, before, this.LA(1)));
  });

  readonly actionRule: ParserMethod<[], GoNode> = this.RULE("actionRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    this.ACTION(() => void (this.builder.openAction = open.startOffset));
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["command"] });
    const end = this.SUBRULE(this.closeRule);
    return { kind: "action", pipeline, start: open.startOffset, end };
  });

  readonly closeRule: ParserMethod<[], number> = this.RULE("closeRule", () => {
    const close = this.CONSUME(t.Close);
    return this.ACTION(() => {
      this.builder.openAction = undefined;
      return endOf(close);
    });
  });

  /** `if` or `with` with its `else if`s or `else with`s and `else`. */
  readonly branchesRule: ParserMethod<[], GoNode> = this.RULE("branchesRule", (): GoNode => {
    const mark = this.ACTION(() => this.builder.variables.length);
    const branches: ControlHead[] = [];
    const open = this.CONSUME(t.Open);
    const keyword = this.OR([{ ALT: () => this.CONSUME(t.If) }, { ALT: () => this.CONSUME(t.With) }]);
    const kind = keyword.tokenType === t.With ? "with" : "if";
    this.ACTION(() => this.builder.enter(kind, open));
    branches.push(this.SUBRULE(this.branchRule, { ARGS: [open, kind] }));
    this.MANY({
      GATE: () => this.LA(3).tokenType === keyword.tokenType,
      DEF: () => {
        const next = this.CONSUME2(t.Open);
        this.CONSUME(t.Else);
        this.OR2([{ ALT: () => this.CONSUME2(t.If) }, { ALT: () => this.CONSUME2(t.With) }]);
        this.ACTION(() => {
          this.builder.openAction = next.startOffset;
          if (branches.length >= branchLimit) throw new NestingError(next.startOffset);
        });
        branches.push(this.SUBRULE2(this.branchRule, { ARGS: [next, kind] }));
      },
    });
    const { otherwise, end } = this.SUBRULE(this.endRule);
    return this.ACTION(() => {
      this.builder.leave(mark);
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
        this.ACTION(() => void (this.builder.openAction = open.startOffset));
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
    this.ACTION(() => void (this.builder.openAction = open.startOffset));
    const end = this.SUBRULE(this.closeRule);
    this.ACTION(() => this.builder.openBlocks.pop());
    return end;
  });

  readonly rangeRule: ParserMethod<[], GoNode> = this.RULE("rangeRule", (): GoNode => {
    const mark = this.ACTION(() => this.builder.variables.length);
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Range);
    this.ACTION(() => this.builder.enter("range", open));
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["range"] });
    this.SUBRULE(this.closeRule);
    this.ACTION(() => void this.builder.rangeDepth++);
    const body = this.SUBRULE(this.nodesRule);
    this.ACTION(() => void this.builder.rangeDepth--);
    const { otherwise, end } = this.SUBRULE(this.endRule);
    this.ACTION(() => this.builder.leave(mark));
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
    this.ACTION(() => void (this.builder.openAction = open.startOffset));
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
    this.ACTION(() => this.builder.enter("block", open));
    const name = this.SUBRULE(this.textLiteralRule);
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["block clause"] });
    const end = this.SUBRULE(this.definitionRule, { ARGS: [name, open] });
    return { kind: "template", name, pipeline, start: open.startOffset, end };
  });

  readonly defineBlockRule: ParserMethod<[], void> = this.RULE("defineBlockRule", () => {
    const open = this.CONSUME(t.Open);
    this.CONSUME(t.Define);
    this.ACTION(() => this.builder.enter("define", open));
    const name = this.SUBRULE(this.textLiteralRule);
    this.SUBRULE(this.definitionRule, { ARGS: [name, open] });
  });

  /** The body of `define` or `block`, in which only `$` is set. Gives the end of the whole. */
  readonly definitionRule: ParserMethod<[string, IToken], number> = this.RULE(
    "definitionRule",
    (name: string, open: IToken): number => {
      this.SUBRULE(this.closeRule);
      const outer = this.ACTION(() => {
        const { variables, declared, rangeDepth } = this.builder;
        this.builder.startVariables();
        this.builder.rangeDepth = 0;
        return { variables, declared, rangeDepth };
      });
      const body = this.SUBRULE(this.nodesRule);
      const end = this.SUBRULE(this.endActionRule);
      this.ACTION(() => {
        this.builder.variables = outer.variables;
        this.builder.declared = outer.declared;
        this.builder.rangeDepth = outer.rangeDepth;
        this.builder.addDefinition(name, body, { start: open.startOffset, end });
      });
      return end;
    },
  );

  readonly loopControlRule: ParserMethod<[], GoNode> = this.RULE("loopControlRule", (): GoNode => {
    const open = this.CONSUME(t.Open);
    const token = this.OR([{ ALT: () => this.CONSUME(t.Break) }, { ALT: () => this.CONSUME(t.Continue) }]);
    this.ACTION(() => void (this.builder.openAction = open.startOffset));
    const end = this.SUBRULE(this.closeRule);
    return this.ACTION((): GoNode => {
      const kind = token.tokenType === t.Break ? "break" : "continue";
      if (this.builder.rangeDepth === 0) {
        this.builder.problem("misplaced-keyword", token, {
          keyword: kind,
          reason: "It belongs inside a {{range}} block.",
        });
      }
      return { kind, start: open.startOffset, end };
    });
  });

  readonly textLiteralRule: ParserMethod<[], string> = this.RULE("textLiteralRule", () => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.StringLiteral) }, { ALT: () => this.CONSUME(t.RawString) }]);
    return this.ACTION(() => this.builder.readText(token));
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
        if (!isAssignment) this.builder.declare(variables);
        this.builder.checkStages(commands);
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
          if (isAssignment) this.builder.checkVariable(token);
        }
        if (second !== undefined && context !== "range") {
          this.builder.problem("unexpected", second, { found: "second variable", expected: "one variable" });
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
    return this.ACTION(() => this.builder.withFields(target, names, endOf(this.LA(0))));
  });

  readonly termRule: ParserMethod<[], GoOperand> = this.RULE("termRule", () =>
    this.OR<GoOperand>([
      { ALT: () => this.SUBRULE(this.parenthesizedRule) },
      { ALT: () => this.#literalOf(this.CONSUME(t.StringLiteral)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.RawString)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.CharacterLiteral)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.NumberLiteral)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.Field)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.Variable)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.Dot)) },
      { ALT: () => this.#literalOf(this.CONSUME(t.Word)) },
    ]),
  );

  readonly parenthesizedRule: ParserMethod<[], GoOperand> = this.RULE("parenthesizedRule", (): GoOperand => {
    const open = this.CONSUME(t.OpenParen);
    this.ACTION(() => this.builder.descend(this.LA(1).startOffset));
    const pipeline = this.SUBRULE(this.pipelineRule, { ARGS: ["parenthesized pipeline"] });
    const close = this.CONSUME(t.CloseParen);
    this.ACTION(() => void this.builder.depth--);
    return { kind: "pipeline", pipeline, start: open.startOffset, end: endOf(close) };
  });

  #literalOf(token: IToken): GoOperand {
    return this.ACTION(() => this.builder.literal(token));
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
}

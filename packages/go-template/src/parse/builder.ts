import type { IToken } from "chevrotain";
import type { GoCommand, GoNode, GoOperand } from "../ast.js";
import { unescapeGoLiteral } from "../text/quote.js";
import { readCharacterLiteral, readNumberLiteral } from "./literals.js";
import * as t from "./tokens.js";

/** Levels of blocks and parentheses a template may have. */
export const nestingLimit = 100;
/** Branches of one `if` with its `else if`s. */
export const branchLimit = 1000;

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

/** A block that waits for its `{{end}}`. */
export interface OpenBlock {
  readonly keyword: string;
  readonly start: number;
}

/** What the grammar's actions share: the scopes, the definitions and the problems of one template. */
export class TreeBuilder {
  problems: ParseProblem[] = [];
  definitions: Record<string, readonly GoNode[]> = Object.create(null) as Record<string, readonly GoNode[]>;
  openBlocks: OpenBlock[] = [];
  /** Offset of the action being parsed. */
  openAction: number | undefined;
  variables: string[] = [];
  /** How many of the variables have a name; a template may have very many. */
  declared = new Map<string, number>();
  depth = 0;
  rangeDepth = 0;

  /** Forgets everything of the previous template. */
  reset(): void {
    this.problems = [];
    this.definitions = Object.create(null) as Record<string, readonly GoNode[]>;
    this.openBlocks = [];
    this.openAction = undefined;
    this.startVariables();
    this.depth = 0;
    this.rangeDepth = 0;
  }

  literal(token: IToken): GoOperand {
    const range = { start: token.startOffset, end: endOf(token) };
    const { image } = token;
    switch (token.tokenType) {
      case t.StringLiteral:
      case t.RawString:
        return { kind: "string", value: this.readText(token), ...range };
      case t.CharacterLiteral:
      case t.NumberLiteral: {
        const value = token.tokenType === t.NumberLiteral ? readNumberLiteral(image) : readCharacterLiteral(image);
        if (value === undefined) this.problem("bad-literal", token, { literal: image.slice(0, 40) });
        return { kind: "number", value: value ?? 0n, ...range };
      }
      case t.Field:
        return { kind: "field", names: [image.slice(1)], ...range };
      case t.Variable:
        this.checkVariable(token);
        return { kind: "variable", name: image, names: [], ...range };
      case t.Dot:
        return { kind: "dot", ...range };
      default:
        if (image === "nil") return { kind: "nil", ...range };
        if (image === "true" || image === "false") return { kind: "bool", value: image === "true", ...range };
        return { kind: "function", name: image, ...range };
    }
  }

  withFields(target: GoOperand, names: readonly string[], end: number): GoOperand {
    if (names.length === 0) return target;
    switch (target.kind) {
      case "field":
      case "variable":
        return { ...target, names: [...target.names, ...names], end };
      case "function":
      case "pipeline":
        return { kind: "chain", target, names, start: target.start, end };
      default:
        this.problemAt(
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

  readText(token: IToken): string {
    if (token.tokenType === t.RawString) return token.image.slice(1, -1).replaceAll("\r", "");
    const text = unescapeGoLiteral(token.image.slice(1, -1), '"');
    if (text === undefined) this.problem("bad-literal", token, { literal: token.image.slice(0, 40) });
    return text ?? "";
  }

  checkStages(commands: readonly GoCommand[]): void {
    for (const command of commands.slice(1)) {
      const head = command.operands[0] as GoOperand;
      if (["bool", "dot", "nil", "number", "string"].includes(head.kind)) this.problemAt("not-executable", head, {});
    }
  }

  declare(names: readonly string[]): void {
    for (const name of names) {
      this.variables.push(name);
      this.declared.set(name, (this.declared.get(name) ?? 0) + 1);
    }
  }

  /** Sets only `$`, in place of the variables there are. */
  startVariables(): void {
    this.variables = [];
    this.declared = new Map();
    this.declare(["$"]);
  }

  checkVariable(token: IToken): void {
    if ((this.declared.get(token.image) ?? 0) === 0) this.problem("undefined-variable", token, { name: token.image });
  }

  addDefinition(name: string, body: readonly GoNode[], range: { start: number; end: number }): void {
    const isEmpty = body.every((node) => node.kind === "text" && /^[ \t\r\n]*$/.test(node.text));
    const existing = this.definitions[name];
    const existingIsEmpty =
      existing === undefined || existing.every((node) => node.kind === "text" && /^[ \t\r\n]*$/.test(node.text));
    if (!isEmpty && !existingIsEmpty) this.problemAt("duplicate-definition", range, { name });
    if (!isEmpty || existing === undefined) this.definitions[name] = body;
  }

  enter(keyword: string, open: IToken): void {
    this.openBlocks.push({ keyword, start: open.startOffset });
    this.openAction = open.startOffset;
  }

  leave(mark: number): void {
    for (const name of this.variables.slice(mark)) this.declared.set(name, (this.declared.get(name) ?? 0) - 1);
    this.variables.length = mark;
  }

  /** Goes one level down; `offset` is where. */
  descend(offset: number): void {
    if (++this.depth > nestingLimit) throw new NestingError(Number.isNaN(offset) ? 0 : offset);
  }

  problem(slug: ParseProblem["slug"], token: IToken, texts: Readonly<Record<string, string>>): void {
    this.problemAt(slug, { start: token.startOffset, end: endOf(token) }, texts);
  }

  problemAt(
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

/** Text without the blanks that the markers of the tokens around it remove; `undefined` when nothing is left. */
export function trimmedText(token: IToken, before: IToken | undefined, after: IToken): GoNode | undefined {
  const { image } = token;
  let from = 0;
  let to = image.length;
  // A regular expression for the end would look at each long run of blanks again and again.
  if (before !== undefined && trimsAfter(before)) while (from < to && isBlank(image, from)) from++;
  if (trimsBefore(after)) while (to > from && isBlank(image, to - 1)) to--;
  const start = token.startOffset + from;
  return from === to ? undefined : { kind: "text", text: image.slice(from, to), start, end: token.startOffset + to };
}

function isBlank(text: string, at: number): boolean {
  return " \t\r\n".includes(text.charAt(at));
}

function trimsAfter(token: IToken): boolean {
  return (token.tokenType === t.Close || token.tokenType === t.Comment) && token.image.endsWith("-}}");
}

function trimsBefore(token: IToken): boolean {
  return (token.tokenType === t.Open || token.tokenType === t.Comment) && token.image.startsWith("{{-");
}

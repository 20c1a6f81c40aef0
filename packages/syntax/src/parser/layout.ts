import { LexedToken } from "../lexer/lexer.js";
import { SyntaxFailure } from "./failure.js";
import { nestingLimits } from "./limits.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * Layout decides which line ends the grammar sees. They separate the items of a body and of an object constructor and
 * mean nothing inside parentheses, brackets, template sequences and `for` expressions (HCL specification, "Newlines").
 * Comments go away; one that ends a line becomes that line end. Contextual keywords get their own token types.
 */
export type LayOut = (tokens: readonly LexedToken[], start: LayoutStart) => LexedToken[];

/** What the text is: the items of a body, or an expression, in which line ends mean nothing at the outermost level. */
export type LayoutStart = "body" | "expression";

/** What encloses a token. A body has two states, because `{` begins a block before the `=` and an object after it. */
export const Frame = { header: 0, value: 1, object: 2, free: 3, forExpression: 4, text: 5 } as const;

const Action = {
  keep: 0,
  newline: 1,
  comment: 2,
  blockComment: 3,
  openBrace: 4,
  openFree: 5,
  close: 6,
  equal: 7,
  controlStart: 8,
} as const;

/** What layout does for each token type, by the type's index. */
export function actionTable(types: Vocabulary): Uint8Array {
  const table = new Uint8Array(Math.max(...Object.values(types).map((type) => type.tokenTypeIdx ?? 0)) + 1);
  const set = (action: number, ...names: (keyof Vocabulary)[]): void => {
    for (const name of names) table[types[name].tokenTypeIdx ?? 0] = action;
  };
  set(Action.newline, "Newline");
  set(Action.comment, "LineComment");
  set(Action.blockComment, "BlockComment");
  set(Action.openBrace, "OpenBrace");
  set(Action.openFree, "OpenParen", "OpenBracket", "InterpolationStart");
  set(Action.controlStart, "ControlStart");
  set(Action.close, "CloseParen", "CloseBracket", "CloseBrace", "SequenceEnd");
  set(Action.equal, "Equal");
  return table;
}

/** The token as the keyword `type`. */
export function asKeyword(token: LexedToken, type: Vocabulary[keyof Vocabulary]): LexedToken {
  return new LexedToken(token.image, token.startOffset, type.tokenTypeIdx ?? 0, type);
}

/** Index of the first token at or after `index` that is neither a comment nor a line end. */
export function nextSignificant(tokens: readonly LexedToken[], index: number, table: Uint8Array): number {
  let next = index;
  for (let token = tokens[next]; token !== undefined; token = tokens[++next]) {
    const action = table[token.tokenTypeIdx] as number;
    if (action === 0 || action > Action.blockComment) break;
  }
  return next;
}

/** Makes the layout function for texts without mistakes; see `repair.ts` for the others. */
export function createLayOut(types: Vocabulary): LayOut {
  const table = actionTable(types);
  const newlineIndex = types.Newline.tokenTypeIdx ?? 0;
  const bracketIndex = types.OpenBracket.tokenTypeIdx ?? 0;
  const markKeywords = createKeywordMarker(types, table);

  return (tokens, start) => {
    const result: LexedToken[] = [];
    const stack: number[] = [];
    let frame: number = start === "body" ? Frame.header : Frame.free;
    let afterNewline = true;
    const keywords = new Map<number, LexedToken>();
    const open = (token: LexedToken): void => {
      if (stack.push(frame) > nestingLimits.brackets) throw new SyntaxFailure("tooManyBrackets", token);
    };
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index] as LexedToken;
      switch (table[token.tokenTypeIdx]) {
        case Action.newline:
          if (frame >= Frame.free) continue;
          if (frame === Frame.value) frame = Frame.header;
          if (!afterNewline) result.push(token);
          afterNewline = true;
          continue;
        case Action.comment:
          if (frame >= Frame.free || !token.image.endsWith("\n")) continue;
          if (frame === Frame.value) frame = Frame.header;
          if (!afterNewline) result.push(new LexedToken(token.image, token.startOffset, newlineIndex, types.Newline));
          afterNewline = true;
          continue;
        case Action.blockComment:
          continue;
        case Action.openBrace: {
          open(token);
          if (frame === Frame.header) break;
          frame = markKeywords.afterOpener(tokens, index, keywords) ? Frame.forExpression : Frame.object;
          break;
        }
        case Action.openFree:
          open(token);
          frame = Frame.free;
          if (token.tokenTypeIdx === bracketIndex && markKeywords.afterOpener(tokens, index, keywords)) {
            frame = Frame.forExpression;
          }
          break;
        case Action.controlStart:
          open(token);
          frame = Frame.free;
          markKeywords.afterControl(tokens, index, keywords);
          break;
        case Action.close:
          frame = stack.pop() ?? frame;
          break;
        case Action.equal:
          if (frame === Frame.header) frame = Frame.value;
          break;
        default:
          break;
      }
      afterNewline = false;
      if (frame === Frame.forExpression && token.image === "if" && markKeywords.isCondition(token, result)) {
        result.push(asKeyword(token, types.If));
        continue;
      }
      result.push(keywords.size === 0 ? token : (keywords.get(index) ?? token));
    }
    return result;
  };
}

/** Finds contextual keywords at the places where the language has them. */
export interface KeywordMarker {
  /** After `[` or an object's `{` at `index`: whether a `for` expression begins. */
  afterOpener(tokens: readonly LexedToken[], index: number, keywords: Map<number, LexedToken>): boolean;
  /** Whether an `if` directly inside a `for` expression begins its condition, as far as the tokens before it tell. */
  isCondition(token: LexedToken, before: readonly LexedToken[]): boolean;
  /** After `%{` at `index`. */
  afterControl(tokens: readonly LexedToken[], index: number, keywords: Map<number, LexedToken>): void;
}

export function createKeywordMarker(types: Vocabulary, table: Uint8Array): KeywordMarker {
  const identifierIndex = types.Identifier.tokenTypeIdx;
  const commaIndex = types.Comma.tokenTypeIdx;
  const controls = new Map([
    ["if", types.If],
    ["else", types.Else],
    ["endif", types.EndIf],
    ["for", types.For],
    ["endfor", types.EndFor],
  ]);
  const markIn = (tokens: readonly LexedToken[], forIndex: number, keywords: Map<number, LexedToken>): void => {
    let next = nextSignificant(tokens, nextSignificant(tokens, forIndex + 1, table) + 1, table);
    if (tokens[next]?.tokenTypeIdx === commaIndex) {
      next = nextSignificant(tokens, nextSignificant(tokens, next + 1, table) + 1, table);
    }
    const token = tokens[next];
    if (token !== undefined && token.tokenTypeIdx === identifierIndex && token.image === "in")
      keywords.set(next, asKeyword(token, types.In));
  };
  const endsExpression = new Set(
    (
      [
        "Identifier",
        "NumberLiteral",
        "CloseParen",
        "CloseBracket",
        "CloseBrace",
        "CloseQuote",
        "CloseHeredoc",
        "Ellipsis",
      ] as const
    ).map((name) => types[name].tokenTypeIdx),
  );
  return {
    isCondition(token, before) {
      const last = before.at(-1);
      if (token.tokenTypeIdx !== identifierIndex || last === undefined) return false;
      if (endsExpression.has(last.tokenTypeIdx)) return true;
      return last.tokenTypeIdx === types.Star.tokenTypeIdx && before.at(-2)?.tokenTypeIdx === types.Dot.tokenTypeIdx;
    },
    afterOpener(tokens, index, keywords) {
      const next = nextSignificant(tokens, index + 1, table);
      const token = tokens[next];
      if (token === undefined || token.image !== "for" || token.tokenTypeIdx !== identifierIndex) return false;
      keywords.set(next, asKeyword(token, types.For));
      markIn(tokens, next, keywords);
      return true;
    },
    afterControl(tokens, index, keywords) {
      const next = nextSignificant(tokens, index + 1, table);
      const token = tokens[next];
      if (token === undefined || token.tokenTypeIdx !== identifierIndex) return;
      const keyword = controls.get(token.image);
      if (keyword === undefined) return;
      keywords.set(next, asKeyword(token, keyword));
      if (token.image === "for") markIn(tokens, next, keywords);
    },
  };
}

import type { TokenType } from "chevrotain";

/**
 * By rule: for each place at which the parser chooses, the name of the choice (`OR`, `OPTION` or `MANY`, and its number)
 * and the tokens with which each alternative begins, as in `OR2 Identifier | NumberLiteral Star`.
 */
export type LookaheadTable = Readonly<Record<string, readonly string[]>>;

/** Stands in the table for what may read nothing, and so is right before every token. */
export const anyToken = "ANY";

/** Chooses by the next token: an alternative of `OR`, and whether to enter `OPTION` or `MANY`. */
export type Choice = (this: NextToken) => number | boolean | undefined;

/** The parser's input as chevrotain keeps it: the index of the last token read, and all tokens with some `EOF` after them. */
interface NextToken {
  readonly currIdx: number;
  readonly tokVector: readonly { readonly tokenTypeIdx: number }[];
}

function nextType(input: NextToken): number {
  return (input.tokVector[input.currIdx + 1] as { readonly tokenTypeIdx: number }).tokenTypeIdx;
}

/** One line of a {@link LookaheadTable}, ready for use. */
export interface Lookahead {
  readonly kind: "OR" | "OPTION" | "MANY";
  readonly occurrence: number;
  readonly choose: Choice;
}

/** Turns a line of the table into a function. Every name of a token must be one of `types`. */
export function readLookahead(line: string, types: Readonly<Record<string, TokenType>>): Lookahead {
  const [head = "", ...words] = line.split(" ");
  const kind = head.startsWith("OR") ? "OR" : head.startsWith("MANY") ? "MANY" : "OPTION";
  const occurrence = Number(head.slice(kind.length));
  const indexOf = (name: string): number => types[name]?.tokenTypeIdx ?? Number.NaN;
  return { kind, occurrence, choose: kind === "OR" ? chooseAlternative(words, indexOf) : chooseEntry(words, indexOf) };
}

type IndexOf = (name: string) => number;

function chooseAlternative(words: readonly string[], indexOf: IndexOf): Choice {
  const alternatives: number[] = [];
  let alternative = 0;
  let otherwise: number | undefined;
  for (const word of words) {
    if (word === "|") alternative++;
    else if (word === anyToken) otherwise ??= alternative;
    else alternatives[indexOf(word)] ??= alternative;
  }
  return function () {
    return alternatives[nextType(this)] ?? otherwise;
  };
}

function chooseEntry(words: readonly string[], indexOf: IndexOf): Choice {
  if (words.includes(anyToken)) return () => true;
  if (words.length === 1) {
    const only = indexOf(words[0] as string);
    return function () {
      return nextType(this) === only;
    };
  }
  const enters: boolean[] = [];
  for (const word of words) enters[indexOf(word)] = true;
  return function () {
    return enters[nextType(this)] === true;
  };
}

import { InternalError } from "@hclbuild/diagnostics";
import { Lexer, type ICustomPattern, type TokenType } from "chevrotain";

/** What chevrotain's lexer keeps for one token type of a mode. */
interface PatternConfig {
  readonly pattern: RegExp | string | ICustomPattern;
  readonly longerAlt: undefined;
  readonly canLineTerminator: false;
  readonly isCustom: boolean;
  /** The only character of the pattern. */
  readonly short: number | false;
  /** False for ordinary tokens, undefined for those that are left out. */
  readonly group: false | undefined;
  readonly push: string | undefined;
  readonly pop: boolean;
  readonly tokenTypeIdx: number;
  readonly tokenType: TokenType;
}

/** How the lexer finds the token types to try in one mode. */
export interface Dispatch {
  /** All types, in the order in which they are tried. */
  readonly all: readonly PatternConfig[];
  /** The same by the first character; see {@link bucketOf}. */
  readonly byCharacter: readonly (readonly PatternConfig[] | undefined)[];
}

/** Where the lexer looks for a character: Latin-1 has a place for each, everything else shares one with 254 others. */
function bucketOf(code: number): number {
  return code < 256 ? code : 255 + Math.trunc(code / 255);
}

/**
 * What chevrotain's analysis of a mode comes to when each of its types is a character, or says with which characters it
 * begins. Chevrotain takes many times as long, because it is made for types that do not say so.
 */
export function createDispatch(types: readonly TokenType[], known: Map<TokenType, PatternConfig>): Dispatch {
  const byCharacter = Array.from<PatternConfig[] | undefined>({ length: bucketOf(0xffff) + 1 });
  const all = types.map((type) => {
    const config = known.get(type) ?? describe(type);
    known.set(type, config);
    for (const hint of firstCharacters(type)) {
      const bucket = bucketOf(typeof hint === "string" ? hint.charCodeAt(0) : hint);
      const listed = (byCharacter[bucket] ??= []);
      if (listed.at(-1) !== config) listed.push(config);
    }
    return config;
  });
  return { all, byCharacter };
}

function firstCharacters(type: TokenType): readonly (string | number)[] {
  if (typeof type.PATTERN === "string") return [type.PATTERN];
  if (type.START_CHARS_HINT === undefined) throw new InternalError(`${type.name} does not say how it begins`);
  return type.START_CHARS_HINT;
}

function describe(type: TokenType): PatternConfig {
  const pattern = type.PATTERN as RegExp | string | ICustomPattern;
  return {
    pattern: pattern instanceof RegExp ? new RegExp(pattern.source, "y") : pattern,
    longerAlt: undefined,
    canLineTerminator: false,
    isCustom: typeof pattern === "object" && !(pattern instanceof RegExp),
    short: typeof pattern === "string" ? pattern.charCodeAt(0) : false,
    group: type.GROUP === Lexer.SKIPPED ? undefined : false,
    push: type.PUSH_MODE,
    pop: type.POP_MODE === true,
    tokenTypeIdx: type.tokenTypeIdx as number,
    tokenType: type,
  };
}

/** A compiled pattern of `-only` and `-except`. */
export interface Glob {
  readonly text: string;
  matches(name: string): boolean;
}

/**
 * Compiles a pattern: `*` and `**` match any text (dots included), `?` one character, `[abc]`, `[a-z]` and `[!a]` one of
 * a class, `{a,b}` alternatives, and `\` takes the next character as it is. `undefined` when a bracket or brace is not
 * closed, a class is empty or no class, or nothing follows a `\`.
 */
export function compileGlob(pattern: string): Glob | undefined {
  const translated = translate(Array.from(pattern), 0, false);
  if (translated === undefined) return undefined;
  const expression = new RegExp(`^${translated.source}$`, "su");
  return { text: pattern, matches: (name) => expression.test(name) };
}

interface Translated {
  readonly source: string;
  readonly next: number;
}

/** Translates up to the end, or inside braces to the comma or brace that ends the alternative. */
function translate(characters: readonly string[], start: number, nested: boolean): Translated | undefined {
  let source = "";
  let index = start;
  while (index < characters.length) {
    const character = characters[index] as string;
    if (nested && (character === "," || character === "}")) return { source, next: index };
    index++;
    switch (character) {
      case "*":
        while (characters[index] === "*") index++;
        source += ".*";
        break;
      case "?":
        source += ".";
        break;
      case "\\":
        if (characters[index] === undefined) return undefined;
        source += escapeCharacter(characters[index++] as string);
        break;
      case "[":
      case "{": {
        const part = character === "[" ? translateClass(characters, index) : translateAlternatives(characters, index);
        if (part === undefined) return undefined;
        source += part.source;
        index = part.next;
        break;
      }
      default:
        source += escapeCharacter(character);
    }
  }
  return nested ? undefined : { source, next: index };
}

function translateClass(characters: readonly string[], start: number): Translated | undefined {
  const negated = characters[start] === "!";
  const members: string[] = [];
  let hasEscape = false;
  let index = negated ? start + 1 : start;
  for (; characters[index] !== "]"; index++) {
    if (characters[index] === "\\") {
      hasEscape = true;
      index++;
    }
    const member = characters[index];
    if (member === undefined) return undefined;
    members.push(member);
  }
  const isRange = members[1] === "-" && !hasEscape;
  if (members.length === 0 || (isRange && (members.length !== 3 || (members[0] as string) > (members[2] as string)))) {
    return undefined;
  }
  const body = isRange
    ? `${escapeMember(members[0] as string)}-${escapeMember(members[2] as string)}`
    : members.map(escapeMember).join("");
  return { source: `[${negated ? "^" : ""}${body}]`, next: index + 1 };
}

function translateAlternatives(characters: readonly string[], start: number): Translated | undefined {
  const alternatives: string[] = [];
  let index = start;
  for (;;) {
    const part = translate(characters, index, true);
    if (part === undefined) return undefined;
    alternatives.push(part.source);
    index = part.next + 1;
    if (characters[part.next] === "}") return { source: `(?:${alternatives.join("|")})`, next: index };
  }
}

function escapeCharacter(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** Within a class, a hyphen has a meaning; outside of one, it must not be escaped. */
function escapeMember(character: string): string {
  return character === "-" ? "\\-" : escapeCharacter(character);
}

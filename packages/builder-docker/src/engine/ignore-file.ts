import { posix } from "node:path";
import { buildError } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";

/** A `.dockerignore` file; without a path and empty when there is none. */
export interface IgnoreFile {
  readonly path: string;
  readonly text: string;
}

/** The rules of a `.dockerignore` file in order; the last one that matches decides. */
export interface IgnoreRules {
  readonly rules: readonly { readonly pattern: RegExp; readonly exception: boolean }[];
  readonly hasExceptions: boolean;
}

/**
 * Parses a `.dockerignore` file (Docker documentation, "`.dockerignore` file": Go's filepath.Match rules and `**`). A
 * line that is no pattern is a `docker/ignore-pattern-invalid`.
 */
export function parseIgnoreFile({ path, text }: IgnoreFile): IgnoreRules {
  const rules: { pattern: RegExp; exception: boolean }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (raw.startsWith("#")) continue;
    let line = raw.trim();
    if (line === "") continue;
    const exception = line.startsWith("!");
    if (exception) line = line.slice(1).trim();
    const clean = posix.normalize(line.replaceAll("\\ ", " ")).replace(/^\/+/, "").replace(/\/+$/, "");
    const pattern = line === "" ? undefined : patternExpression(clean);
    if (pattern === undefined) {
      throw buildError(catalog["ignore-pattern-invalid"], { path, line: index + 1, pattern: raw.trim() });
    }
    if (clean === "" || clean === ".") continue;
    rules.push({ pattern, exception });
  }
  return { rules, hasExceptions: rules.some((rule) => rule.exception) };
}

/** Whether a path of the context, with `/` and without a leading one, is ignored. A folder's rule covers all below it. */
export function isIgnored(rules: IgnoreRules, path: string): boolean {
  let ignored = false;
  const parts = path.split("/");
  for (const rule of rules.rules) {
    if (rule.exception !== ignored) continue;
    if (parts.some((_, index) => rule.pattern.test(parts.slice(0, index + 1).join("/")))) ignored = !rule.exception;
  }
  return ignored;
}

/** The pattern as a regular expression; `undefined` if it is none. */
function patternExpression(pattern: string): RegExp | undefined {
  const characters = [...pattern];
  let expression = "";
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] as string;
    if (character === "*") {
      if (characters[index + 1] !== "*") expression += "[^/]*";
      else if (characters[index + 2] === "/") {
        expression += "(?:.*/)?";
        index += 2;
      } else {
        expression += ".*";
        index++;
      }
    } else if (character === "?") expression += "[^/]";
    else if (character === "[") {
      const set = readSet(characters, index + 1);
      if (set === undefined) return undefined;
      expression += set.expression;
      index = set.end;
    } else {
      const literal = readCharacter(characters, index);
      if (literal === undefined) return undefined;
      expression += escapeCharacter(literal.character);
      index = literal.next - 1;
    }
  }
  return new RegExp(`^${expression}$`, "su");
}

/** What stands in brackets: characters and ranges that go upwards, at least one. `end` is where the bracket closes. */
function readSet(
  characters: readonly string[],
  start: number,
): { readonly expression: string; readonly end: number } | undefined {
  const isNegated = characters[start] === "^";
  let index = isNegated ? start + 1 : start;
  let expression = "";
  while (characters[index] !== "]" || expression === "") {
    const low = readSetCharacter(characters, index);
    if (low === undefined) return undefined;
    const high = characters[low.next] === "-" ? readSetCharacter(characters, low.next + 1) : low;
    if (high === undefined || codeOf(high.character) < codeOf(low.character)) return undefined;
    expression += `${escapeCharacter(low.character)}-${escapeCharacter(high.character)}`;
    index = high.next;
  }
  return { expression: `[${isNegated ? "^" : ""}${expression}]`, end: index };
}

interface ReadCharacter {
  readonly character: string;
  readonly next: number;
}

function readSetCharacter(characters: readonly string[], index: number): ReadCharacter | undefined {
  const first = characters[index];
  return first === "-" || first === "]" ? undefined : readCharacter(characters, index);
}

/** A character, or the one that a backslash stands before. */
function readCharacter(characters: readonly string[], index: number): ReadCharacter | undefined {
  const place = characters[index] === "\\" ? index + 1 : index;
  const character = characters[place];
  return character === undefined ? undefined : { character, next: place + 1 };
}

function codeOf(character: string): number {
  return character.codePointAt(0) as number;
}

function escapeCharacter(character: string): string {
  return /[.*+?^${}()|[\]\\]/.test(character) ? `\\${character}` : character === "-" ? "\\x2d" : character;
}

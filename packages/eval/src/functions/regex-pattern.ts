import { RE2JS, type Matcher } from "re2js";

/** A compiled RE2 pattern with what Go's `regexp` tells about it. */
export interface Pattern {
  readonly kind: "pattern";
  readonly compiled: RE2JS;
  /** Name of each group in order; empty for those without. */
  readonly groupNames: readonly string[];
}

export interface PatternError {
  readonly kind: "pattern-error";
  readonly message: string;
}

/** Patterns repeat in loops, and compiling costs more than matching. */
const cache = new Map<string, Pattern>();
const cacheLimit = 100;

export function compilePattern(source: string): Pattern | PatternError {
  const known = cache.get(source);
  if (known !== undefined) return known;
  try {
    const compiled = RE2JS.compile(source);
    const groupNames = Array.from({ length: compiled.groupCount() }, () => "");
    for (const [name, index] of Object.entries(compiled.namedGroups())) groupNames[index - 1] = name;
    const pattern: Pattern = { kind: "pattern", compiled, groupNames };
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(source, pattern);
    return pattern;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "pattern-error", message: message.replace(/^error parsing regexp: /, "") };
  }
}

/** A match; groups that took no part are `undefined`. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly groups: readonly (string | undefined)[];
}

function readMatch(matcher: Matcher, { groupNames }: Pattern): Match {
  return {
    start: matcher.start(),
    end: matcher.end(),
    text: matcher.group() ?? "",
    groups: groupNames.map((_, index) => matcher.group(index + 1) ?? undefined),
  };
}

export function findFirst(pattern: Pattern, text: string): Match | undefined {
  const matcher = pattern.compiled.matcher(text);
  return matcher.find() ? readMatch(matcher, pattern) : undefined;
}

/** All matches as Go finds them: an empty one directly after another match does not count. */
export function* findAll(pattern: Pattern, text: string): Generator<Match, void, undefined> {
  const matcher = pattern.compiled.matcher(text);
  let position = 0;
  let previousEnd = -1;
  while (position <= text.length && matcher.find(position)) {
    const match = readMatch(matcher, pattern);
    const isEmpty = match.end === match.start;
    if (!(isEmpty && match.start === previousEnd)) yield match;
    previousEnd = match.end;
    position = isEmpty ? match.end + characterLength(text, match.end) : match.end;
  }
}

function characterLength(text: string, at: number): number {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

/**
 * Replaces all matches; `$1`, `$name` and `${name}` in the replacement stand for groups, `$$` for a dollar sign.
 * `undefined` when the result would be longer than `limit`.
 */
export function replaceAll(pattern: Pattern, text: string, replacement: string, limit: number): string | undefined {
  const parts = parseReplacement(replacement);
  let result = "";
  let copied = 0;
  for (const match of findAll(pattern, text)) {
    result += text.slice(copied, match.start);
    for (const part of parts) {
      result += typeof part === "string" ? part : groupText(part, match, pattern);
      if (result.length > limit) return undefined;
    }
    copied = match.end;
  }
  return result + text.slice(copied);
}

interface GroupReference {
  readonly name: string;
}

function parseReplacement(replacement: string): readonly (string | GroupReference)[] {
  const parts: (string | GroupReference)[] = [];
  const form = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;
  let at = 0;
  for (const match of replacement.matchAll(form)) {
    parts.push(replacement.slice(at, match.index));
    parts.push(match[1] === undefined ? { name: (match[2] ?? match[3]) as string } : "$");
    at = match.index + match[0].length;
  }
  parts.push(replacement.slice(at));
  return parts;
}

function groupText({ name }: GroupReference, match: Match, { groupNames }: Pattern): string {
  if (/^(?:0|[1-9][0-9]{0,7})$/.test(name)) {
    const index = Number(name);
    return index === 0 ? match.text : (match.groups[index - 1] ?? "");
  }
  return match.groups[groupNames.indexOf(name)] ?? "";
}

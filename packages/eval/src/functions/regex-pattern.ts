import { MatcherInput, RE2JS, type Matcher } from "re2js";
import type { EvaluationBudget, WorkBudget } from "../budget.js";

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
const cache = new Map<string, Pattern | PatternError>();
const cacheLimit = 100;

/**
 * Code units of a pattern and instructions of what it compiles to. Time and memory of a search grow with the product of
 * instructions and text; Go refuses only programs of some hundred megabytes.
 */
export const patternLimits = { length: 10_000, instructions: 10_000 } as const;

const tooLarge: PatternError = { kind: "pattern-error", message: "expression too large" };

/** Stops a search for which the budget does not suffice; re2js has no other way out. */
class SearchTooLongError extends Error {
  override readonly name = "SearchTooLongError";
}

/** Instructions applied to a code unit that cost about as much as one step of evaluation. */
const instructionsPerStep = 300;
/** What reading a code unit costs besides, in instructions. */
const readCost = 30;
/** Steps that a match costs: what is kept of it takes more time and memory than anything else of its length. */
const matchCharge = 10;
/** Steps are paid for when about so many are due. */
const stepsAtOnce = 10;

/**
 * A text that pays for being read. `a.*b|a` looks at all that is left of a text for each of its matches, which cannot
 * be seen from the matches.
 */
class MeteredText extends String {
  readonly #budget: WorkBudget;
  readonly #readsAtOnce: number;
  readonly #charge: number;
  #reads = 0;

  constructor(text: string, instructions: number, budget: WorkBudget) {
    super(text);
    this.#budget = budget;
    const stepsPerRead = (instructions + readCost) / instructionsPerStep;
    this.#readsAtOnce = Math.max(1, Math.floor(stepsAtOnce / stepsPerRead));
    this.#charge = Math.ceil(this.#readsAtOnce * stepsPerRead);
  }

  override charCodeAt(index: number): number {
    if (++this.#reads >= this.#readsAtOnce) {
      this.#reads = 0;
      if (!this.#budget.charge(this.#charge)) throw new SearchTooLongError();
    }
    return super.charCodeAt(index);
  }
}

function matcherFor({ compiled }: Pattern, text: string, budget: WorkBudget): Matcher {
  return compiled.matcher(MatcherInput.utf16(new MeteredText(text, compiled.programSize(), budget)));
}

/** Finds the next match; `undefined` when there is none, or when the budget is used up, which the evaluator reports. */
function findFrom(matcher: Matcher, pattern: Pattern, position: number): Match | undefined {
  try {
    return matcher.find(position) ? readMatch(matcher, pattern) : undefined;
  } catch (error) {
    if (!(error instanceof SearchTooLongError)) throw error;
    // What the patterns keep of their last searches may be in disorder.
    cache.clear();
    return undefined;
  }
}

export function compilePattern(source: string): Pattern | PatternError {
  const known = cache.get(source);
  if (known !== undefined) return known;
  if (source.length > patternLimits.length) return tooLarge;
  try {
    const compiled = RE2JS.compile(source);
    if (compiled.programSize() > patternLimits.instructions) return remember(source, tooLarge);
    const groupNames = Array.from({ length: compiled.groupCount() }, () => "");
    for (const [name, index] of Object.entries(compiled.namedGroups())) groupNames[index - 1] = name;
    const pattern: Pattern = { kind: "pattern", compiled, groupNames };
    return remember(source, pattern);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "pattern-error", message: message.replace(/^error parsing regexp: /, "") };
  }
}

function remember<Compiled extends Pattern | PatternError>(source: string, compiled: Compiled): Compiled {
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(source, compiled);
  return compiled;
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

export function findFirst(pattern: Pattern, text: string, budget: WorkBudget): Match | undefined {
  const matcher = matcherFor(pattern, text, budget);
  return findFrom(matcher, pattern, 0);
}

/**
 * All matches as Go finds them: an empty one directly after another match does not count. Each search is paid for from
 * the budget; the matches end early when that is used up, which the evaluator then reports.
 */
export function* findAll(pattern: Pattern, text: string, budget: WorkBudget): Generator<Match, void, undefined> {
  const matcher = matcherFor(pattern, text, budget);
  let position = 0;
  let previousEnd = -1;
  while (position <= text.length) {
    const match = budget.charge(matchCharge) ? findFrom(matcher, pattern, position) : undefined;
    if (match === undefined) return;
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
 * `undefined` when the result would be longer than the budget allows, or the searches are too many for it.
 */
export function replaceAll(
  pattern: Pattern,
  text: string,
  replacement: string,
  budget: EvaluationBudget,
): string | undefined {
  const parts = parseReplacement(replacement);
  let result = "";
  let copied = 0;
  for (const match of findAll(pattern, text, budget)) {
    result += text.slice(copied, match.start);
    for (const part of parts) {
      result += typeof part === "string" ? part : groupText(part, match, pattern);
      if (result.length > budget.limits.stringLength) return undefined;
    }
    copied = match.end;
  }
  if (budget.exceeded !== undefined) return undefined;
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

import { findSecretForms, shortestSecret } from "./secret-forms.js";

/** What a secret is replaced with. */
export const mask = "<sensitive>";

/** Finds secrets in text that arrives in pieces. */
export interface StreamRedactor {
  /** Takes a piece and returns what is safe to show by now: all but the part that may still become a secret. */
  push(text: string): string;
  /** Returns what was held back; the stream is over. */
  end(): string;
}

/** Knows the secrets of a run. */
export interface Redactor {
  /**
   * Learns secrets, in all the forms that they are looked for in. Returns those that are too short to be masked. Also
   * works on streams that are open.
   */
  add(secrets: Iterable<string>): readonly string[];
  /** Masks the secrets in a complete text. */
  redact(text: string): string;
  stream(): StreamRedactor;
}

interface Automaton {
  readonly next: readonly ReadonlyMap<number, number>[];
  readonly fail: readonly number[];
  readonly depth: readonly number[];
  /** Length of the longest secret that ends in the state; 0 when none does. */
  readonly match: readonly number[];
  /** The same for those that may be cut into lines. */
  readonly wrappedMatch: readonly number[];
  /** Whether the state is on the way to a secret that may be cut into lines. */
  readonly wraps: readonly boolean[];
  /** Whether a code unit begins any secret: lets plain text be skipped quickly. */
  readonly starts: Uint8Array;
}

/** Makes a redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  /** With whether they may be cut into lines. */
  const patterns = new Map<string, boolean>();
  let automaton: Automaton | undefined;
  const current = (): Automaton | undefined => {
    if (automaton === undefined && patterns.size > 0) automaton = buildAutomaton(patterns);
    return automaton;
  };
  const stream = (): StreamRedactor => createStream(current);
  return {
    add(secrets) {
      const short: string[] = [];
      const before = patterns.size;
      for (const secret of secrets) {
        if (secret === "") continue;
        if (secret.length < shortestSecret) {
          short.push(secret);
          continue;
        }
        const { plain, base64 } = findSecretForms(secret);
        for (const form of plain) if (!patterns.has(form)) patterns.set(form, false);
        for (const form of base64) patterns.set(form, true);
      }
      if (patterns.size !== before) automaton = undefined;
      return short;
    },
    redact(text) {
      if (patterns.size === 0) return text;
      const whole = stream();
      return whole.push(text) + whole.end();
    },
    stream,
  };
}

function buildAutomaton(patterns: ReadonlyMap<string, boolean>): Automaton {
  const next: Map<number, number>[] = [new Map()];
  const depth = [0];
  const match = [0];
  const wrappedMatch = [0];
  const wraps = [false];
  const starts = new Uint8Array(65536);
  for (const [pattern, mayWrap] of patterns) {
    starts[pattern.charCodeAt(0)] = 1;
    let state = 0;
    for (let index = 0; index < pattern.length; index += 1) {
      const code = pattern.charCodeAt(index);
      let target = next[state]?.get(code);
      if (target === undefined) {
        target = next.length;
        next.push(new Map());
        depth.push(index + 1);
        match.push(0);
        wrappedMatch.push(0);
        wraps.push(false);
        next[state]?.set(code, target);
      }
      state = target;
      if (mayWrap) wraps[state] = true;
    }
    match[state] = pattern.length;
    if (mayWrap) wrappedMatch[state] = pattern.length;
  }
  const fail = linkFailures(next, [match, wrappedMatch]);
  return { next, depth, match, wrappedMatch, wraps, starts, fail };
}

/** Breadth-first failure links; a state also takes over the matches of its longest proper suffix that is one. */
function linkFailures(next: Automaton["next"], matches: readonly number[][]): readonly number[] {
  const fail = next.map(() => 0);
  const queue = [...(next[0]?.values() ?? [])];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0;
    for (const [code, target] of next[state] ?? []) {
      let candidate = fail[state] ?? 0;
      while (candidate !== 0 && !next[candidate]?.has(code)) candidate = fail[candidate] ?? 0;
      const link = next[candidate]?.get(code) ?? 0;
      fail[target] = link === target ? 0 : link;
      for (const match of matches) if (match[target] === 0) match[target] = match[fail[target] ?? 0] ?? 0;
      queue.push(target);
    }
  }
  return fail;
}

/** The state after a code unit. */
function follow({ next, fail }: Automaton, from: number, code: number): number {
  let state = from;
  let target = next[state]?.get(code);
  while (target === undefined && state !== 0) {
    state = fail[state] ?? 0;
    target = next[state]?.get(code);
  }
  return target ?? 0;
}

/** A range of the text that is held. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Adds a range that ends last, and joins it with those that it overlaps. */
function addRange(ranges: Range[], { start, end }: Range): void {
  let from = start;
  for (let last = ranges.at(-1); last !== undefined && last.end > from; last = ranges.at(-1)) {
    from = Math.min(from, last.start);
    ranges.pop();
  }
  ranges.push({ start: from, end });
}

function createStream(current: () => Automaton | undefined): StreamRedactor {
  let automaton = current();
  let state = 0;
  const wrapped = createWrappedSearch();
  /** Text that was taken but not returned yet. */
  let held = "";
  /** Ranges of `held` that are secrets: ascending, not overlapping. */
  let secrets: Range[] = [];

  /** Returns the first `length` code units of what is held, masked. A secret is never cut: it is returned whole. */
  const release = (length: number): string => {
    let out = "";
    let position = 0;
    let rest: typeof secrets = [];
    let until = length;
    for (const [index, secret] of secrets.entries()) {
      if (secret.end > until) {
        until = Math.min(until, secret.start);
        rest = secrets.slice(index);
        break;
      }
      out += held.slice(position, secret.start) + mask;
      position = secret.end;
    }
    out += held.slice(position, until);
    held = held.slice(until);
    secrets = rest.map(({ start, end }) => ({ start: start - until, end: end - until }));
    wrapped.forget(until);
    return out;
  };

  const scan = (known: Automaton, from: number): void => {
    const { starts, match } = known;
    let active = wrapped.active();
    for (let index = from; index < held.length; index += 1) {
      const code = held.charCodeAt(index);
      if (active || (state !== 0 && isLineEnd(code))) {
        const found = wrapped.push(known, { code, index, state });
        if (found !== undefined) addRange(secrets, { start: found, end: index + 1 });
        active = wrapped.active();
      }
      if (state === 0 && starts[code] === 0) continue;
      state = follow(known, state, code);
      const length = match[state] ?? 0;
      if (length > 0) addRange(secrets, { start: index + 1 - length, end: index + 1 });
    }
  };

  return {
    push(text) {
      const latest = current();
      let from = held.length;
      if (latest !== automaton) {
        // New secrets: look again at what is still here.
        automaton = latest;
        state = 0;
        wrapped.reset();
        secrets = [];
        from = 0;
      }
      if (automaton === undefined) return text;
      held += text;
      scan(automaton, from);
      const contiguous = held.length - (automaton.depth[state] ?? 0);
      return release(Math.min(contiguous, wrapped.heldFrom(automaton) ?? contiguous));
    },
    end() {
      state = 0;
      const rest = release(held.length);
      wrapped.reset();
      return rest;
    },
  };
}

/** Longest run of line ends and indentation inside of a secret. */
const longestGap = 32;

/** What must have been seen of a secret for the end of a line to be held back. */
const shortestHeldStart = 4;

/** Places that are remembered before those that no longer matter are dropped. */
const mostPlaces = 100_000;

/** Looks for secrets that are cut into lines: from the first line end inside of a possible one on. */
interface WrappedSearch {
  active(): boolean;
  /** Takes the next code unit, and the state of the plain search before it. Returns where a secret that is now complete begins. */
  push(
    automaton: Automaton,
    at: { readonly code: number; readonly index: number; readonly state: number },
  ): number | undefined;
  /** Where the text begins that may still become such a secret. */
  heldFrom(automaton: Automaton): number | undefined;
  /** The first code units of what was held are gone. */
  forget(length: number): void;
  reset(): void;
}

function createWrappedSearch(): WrappedSearch {
  /** 0 when nothing is looked for. */
  let state = 0;
  /** Where the code units that led to the state are, without those of gaps; negative when they are gone. */
  let places: number[] = [];
  let gap = 0;

  const enter = ({ wraps, fail, depth }: Automaton, from: number, index: number): void => {
    const suffix = longestWrapping({ wraps, fail }, from);
    const length = depth[suffix] ?? 0;
    if (state === 0) places = Array.from({ length }, (_, offset) => index - length + offset);
    state = suffix;
  };

  return {
    active: () => state !== 0,
    push(automaton, { code, index, state: plain }) {
      if (isLineEnd(code) || (gap > 0 && isBlank(code))) {
        enter(automaton, state === 0 ? plain : state, index);
        gap += 1;
        if (gap > longestGap) state = 0;
        if (state === 0) gap = 0;
        return undefined;
      }
      gap = 0;
      state = longestWrapping(automaton, follow(automaton, state, code));
      places.push(index);
      if (places.length > mostPlaces) places = places.slice(-(automaton.depth[state] ?? 0) - 1);
      const start = places.at(-(automaton.depth[state] ?? 0));
      // Without a gap the plain search sees it as well.
      if (state === 0 || start === undefined || index - start < (automaton.depth[state] ?? 0)) {
        state = 0;
        return undefined;
      }
      const length = automaton.wrappedMatch[state] ?? 0;
      return length === 0 ? undefined : Math.max(0, places.at(-length) ?? 0);
    },
    heldFrom({ depth }) {
      const length = depth[state] ?? 0;
      return length < shortestHeldStart ? undefined : Math.max(0, places.at(-length) ?? 0);
    },
    forget(length) {
      if (state !== 0 && length > 0) places = places.map((place) => place - length);
    },
    reset() {
      state = 0;
      gap = 0;
    },
  };
}

/** The longest suffix of what led to a state that is on the way to a secret that may be cut into lines. */
function longestWrapping({ wraps, fail }: Pick<Automaton, "wraps" | "fail">, from: number): number {
  let state = from;
  while (state !== 0 && wraps[state] !== true) state = fail[state] ?? 0;
  return state;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

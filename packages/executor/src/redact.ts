/** What a secret is replaced with. */
export const mask = "<sensitive>";

/** Shortest secret that is masked: shorter ones would make the output unreadable and reveal themselves by that. */
export const shortestSecret = 4;

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
  /** Whether a code unit begins any secret: lets plain text be skipped quickly. */
  readonly starts: Uint8Array;
}

/** Makes a redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const patterns = new Set<string>();
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
        if (secret.length < shortestSecret) short.push(secret);
        else for (const form of secretForms(secret)) patterns.add(form);
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

/**
 * The texts by which a secret is recognised: itself, its lines, and both as JSON, URL component, form value and base64
 * (standard and URL-safe alphabet, also inside a longer encoded text).
 */
export function secretForms(secret: string): readonly string[] {
  const forms = new Set<string>();
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  for (const text of [secret, secret.trim(), ...lines]) {
    if (text.length < shortestSecret) continue;
    forms.add(text);
    const json = JSON.stringify(text).slice(1, -1);
    forms.add(json);
    forms.add(json.replaceAll(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
    // A shell has taken the backslashes before quotes away.
    forms.add(text.replaceAll(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
    for (const form of urlForms(text)) forms.add(form);
    for (const form of base64Forms(Buffer.from(text, "utf8"))) forms.add(form);
  }
  return [...forms].filter((form) => form.length >= shortestSecret);
}

/** What the usual encoders make of a text in a URL: they differ in which of the harmless characters they leave. */
function urlForms(text: string): readonly string[] {
  const plain = encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
  const strict = plain.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const forms = [plain, strict, strict.replaceAll("%20", "+"), strict.replaceAll("%2F", "/"), form];
  return forms.flatMap((encoded) => [encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())]);
}

/** Shortest piece of base64 that is looked for inside a longer text; shorter ones occur by chance. */
const shortestBase64Piece = 8;

function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, "")];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The characters at both ends also depend on the bytes beside the secret.
    const first = before === 0 ? 0 : before + 1;
    const last = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const piece = encoded.slice(first, last);
    if (piece.length >= shortestBase64Piece) forms.push(piece);
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

function buildAutomaton(patterns: ReadonlySet<string>): Automaton {
  const next: Map<number, number>[] = [new Map()];
  const depth = [0];
  const match = [0];
  const starts = new Uint8Array(65536);
  for (const pattern of patterns) {
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
        next[state]?.set(code, target);
      }
      state = target;
    }
    match[state] = pattern.length;
  }
  return { next, depth, match, starts, fail: linkFailures(next, match) };
}

/** Breadth-first failure links; a state also takes over the match of its longest proper suffix that is one. */
function linkFailures(next: readonly ReadonlyMap<number, number>[], match: number[]): readonly number[] {
  const fail = next.map(() => 0);
  const queue = [...(next[0]?.values() ?? [])];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0;
    for (const [code, target] of next[state] ?? []) {
      let candidate = fail[state] ?? 0;
      while (candidate !== 0 && !next[candidate]?.has(code)) candidate = fail[candidate] ?? 0;
      const link = next[candidate]?.get(code) ?? 0;
      fail[target] = link === target ? 0 : link;
      if (match[target] === 0) match[target] = match[fail[target] ?? 0] ?? 0;
      queue.push(target);
    }
  }
  return fail;
}

function createStream(current: () => Automaton | undefined): StreamRedactor {
  let automaton = current();
  let state = 0;
  /** Text that was taken but not returned yet. */
  let held = "";
  /** Ranges of `held` that are secrets: ascending, not overlapping. */
  let secrets: { start: number; end: number }[] = [];

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
    return out;
  };

  const note = (start: number, end: number): void => {
    let from = start;
    for (let last = secrets.at(-1); last !== undefined && last.end > from; last = secrets.at(-1)) {
      from = Math.min(from, last.start);
      secrets.pop();
    }
    secrets.push({ start: from, end });
  };

  const scan = (known: Automaton, from: number): void => {
    for (let index = from; index < held.length; index += 1) {
      const code = held.charCodeAt(index);
      if (state === 0 && known.starts[code] === 0) continue;
      let target = known.next[state]?.get(code);
      while (target === undefined && state !== 0) {
        state = known.fail[state] ?? 0;
        target = known.next[state]?.get(code);
      }
      state = target ?? 0;
      const length = known.match[state] ?? 0;
      if (length > 0) note(index + 1 - length, index + 1);
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
        secrets = [];
        from = 0;
      }
      if (automaton === undefined) return text;
      held += text;
      scan(automaton, from);
      return release(held.length - (automaton.depth[state] ?? 0));
    },
    end() {
      state = 0;
      return release(held.length);
    },
  };
}

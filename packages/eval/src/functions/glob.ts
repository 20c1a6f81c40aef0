/** One segment of a glob between slashes: `**`, or what a name must match. */
type Segment =
  | { readonly kind: "any-depth" }
  | { readonly kind: "name"; readonly matches: RegExp; readonly literal?: string };

export interface Glob {
  readonly kind: "glob";
  readonly alternatives: readonly (readonly Segment[])[];
}

/** Most alternatives that braces may expand to. */
const alternativeLimit = 1000;
/** Most segments of one alternative; paths of files are far shorter. */
export const segmentLimit = 200;

/**
 * Reads a glob: `*` and `?` match within a name, `[…]` a class, `{a,b}` alternatives (which may hold slashes), `**` any
 * number of directories, and a backslash takes the next character literally. `undefined` when it is malformed.
 */
export function parseGlob(pattern: string): Glob | undefined {
  const alternatives = expandBraces(pattern);
  if (alternatives === undefined) return undefined;
  const texts = alternatives.map((alternative) => splitSegments(alternative));
  if (texts.some((segments) => segments.length > segmentLimit)) return undefined;
  const parsed = texts.map((segments) => segments.map(parseSegment));
  if (parsed.some((segments) => segments.includes(undefined))) return undefined;
  return { kind: "glob", alternatives: parsed as (readonly Segment[])[] };
}

/** The segments of a glob; any number of directories any number of times is any number of directories. */
function splitSegments(pattern: string): readonly string[] {
  const segments = pattern.split("/");
  return segments.filter((segment, index) => segment !== "**" || segments[index + 1] !== "**");
}

function expandBraces(pattern: string): readonly string[] | undefined {
  let depth = 0;
  let start = -1;
  let inClass = false;
  const commas: number[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "{" && depth++ === 0) start = at;
    else if (character === "," && depth === 1) commas.push(at);
    else if (character === "}" && depth > 0 && --depth === 0) return expandAt(pattern, [start, ...commas, at]);
  }
  return depth === 0 && !inClass ? [pattern] : undefined;
}

function expandAt(pattern: string, cuts: readonly number[]): readonly string[] | undefined {
  const before = pattern.slice(0, cuts[0]);
  const after = pattern.slice((cuts.at(-1) as number) + 1);
  const result: string[] = [];
  for (let index = 0; index + 1 < cuts.length; index++) {
    const expanded = expandBraces(before + pattern.slice((cuts[index] as number) + 1, cuts[index + 1]) + after);
    if (expanded === undefined || result.length + expanded.length > alternativeLimit) return undefined;
    result.push(...expanded);
  }
  return result;
}

function parseSegment(text: string): Segment | undefined {
  if (text === "**") return { kind: "any-depth" };
  let source = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === "*") {
      while (text[at + 1] === "*") at++;
      source += "[^/]*?";
    } else if (character === "?") source += "[^/]";
    else if (character === "[") {
      const match = /^\[([!^]?)((?:\\[^]|[^\]\\])+)\]/.exec(text.slice(at));
      if (match === null) return undefined;
      source += `[${match[1] === "" ? "" : "^/"}${(match[2] as string).replace(/\\([^])/g, "\\$1").replace(/[[&~]/g, "\\$&")}]`;
      at += match[0].length - 1;
    } else {
      const literal = character === "\\" ? text[++at] : character;
      if (literal === undefined) return undefined;
      source += literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    }
  }
  const isLiteral = !/[*?[\\]/.test(text);
  return { kind: "name", matches: compileSegment(source), ...(isLiteral ? { literal: text } : {}) };
}

function compileSegment(source: string): RegExp {
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    // A class such as [z-a] matches nothing.
    return /(?!)/;
  }
}

/** What {@link walkGlob} needs of the file system. */
export interface GlobTree {
  /** Names in a directory (relative to the start), empty when it cannot be read. */
  list(directory: string): readonly { readonly name: string; readonly kind: "file" | "directory" | "other" }[];
  /** Pays for a directory or an entry that is looked at; false stops the walk. */
  spend(): boolean;
}

const depthLimit = 64;

/** Relative paths of all regular files that match; `undefined` when the walk was stopped. */
export function walkGlob(glob: Glob, tree: GlobTree): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const visited = new Set<string>();
  const pending: { readonly directory: string; readonly segments: readonly Segment[]; readonly depth: number }[] = [];
  for (const segments of glob.alternatives) pending.push({ directory: "", segments, depth: 0 });
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { directory, segments, depth } = next;
    const key = JSON.stringify([
      directory,
      segments.length,
      glob.alternatives.findIndex((all) => all.at(-1) === segments.at(-1)),
    ]);
    if (visited.has(key) || depth > depthLimit) continue;
    visited.add(key);
    const [segment, ...rest] = segments;
    if (segment === undefined) continue;
    if (!tree.spend()) return undefined;
    if (segment.kind === "any-depth" && rest.length > 0) pending.push({ directory, segments: rest, depth });
    for (const { name, kind } of tree.list(directory)) {
      if (!tree.spend()) return undefined;
      const path = directory === "" ? name : `${directory}/${name}`;
      if (segment.kind === "any-depth") {
        if (kind === "directory") pending.push({ directory: path, segments, depth: depth + 1 });
        else if (rest.length === 0 && kind === "file") found.add(path);
      } else if (segment.matches.test(name)) {
        if (rest.length === 0 && kind === "file") found.add(path);
        else if (rest.length > 0 && kind === "directory")
          pending.push({ directory: path, segments: rest, depth: depth + 1 });
      }
    }
  }
  return found;
}

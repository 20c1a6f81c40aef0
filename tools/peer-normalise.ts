/** A replacement of what differs from run to run. */
interface Replacement {
  readonly pattern: RegExp;
  readonly replacement: string;
}

const replacements: readonly Replacement[] = [
  // Colours.
  { pattern: /\u001B\[[0-9;]*m/g, replacement: "" },
  // Packer 1.6.6 prints details in an indented form that later versions no longer have.
  { pattern: /^ {4}(\S+): /gm, replacement: "==> $1: " },
  // Later versions write the name in capitals.
  { pattern: /: Using ssh communicator/g, replacement: ": Using SSH communicator" },
  { pattern: /sha256:[0-9a-f]{64}/g, replacement: "<image>" },
  { pattern: /\b[0-9a-f]{64}\b/g, replacement: "<id>" },
  { pattern: /\b172\.(1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3}\b/g, replacement: "<address>" },
  { pattern: /(\/[^\s/]+)+\/packer-shell\d+/g, replacement: "<script>" },
  // Short forms of identifiers, as the docker program shows them.
  { pattern: /\b[0-9a-f]{12}\b/g, replacement: "<id>" },
  {
    pattern:
      /\b\d+ (year|month|week|day|hour|minute|second|millisecond|microsecond)s?( \d+ (month|week|day|hour|minute|second|millisecond|microsecond)s?)?/g,
    replacement: "<duration>",
  },
];

/** Lines about things that only the older program does: it runs the docker program and shares a folder. */
const peculiarLines = /: (Creating a temporary directory for sharing data\.\.\.|Run command: docker run .*)$/;

/**
 * Brings the output of a build into a form in which runs of Packer 1.6.6 and of ours can be compared. The rules are
 * listed in docs/compatibility.md.
 */
export function normaliseBuildOutput(text: string): string {
  const clean = replacements.reduce(
    (result, { pattern, replacement }) => result.replaceAll(pattern, replacement),
    text,
  );
  const lines = clean.split("\n").map((line) => line.trimEnd());
  const byBuild = new Map<string, string[]>();
  const rest: string[] = [];
  for (const line of lines) {
    if (peculiarLines.test(line) || line === "") continue;
    const build = /^==> ([^\s:]+)(?: \([^)]*\))?: /.exec(line)?.[1] ?? /^Build '([^']+)'/.exec(line)?.[1];
    if (build === undefined) rest.push(line);
    else byBuild.set(build, [...(byBuild.get(build) ?? []), line]);
  }
  const groups = [...byBuild].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, group]) => group);
  return [...groups, ...sortLists(rest), ""].join("\n");
}

/** Sorts runs of `--> NAME: …` lines; everything else keeps its place. */
function sortLists(lines: readonly string[]): readonly string[] {
  const result: string[] = [];
  let list: string[] = [];
  for (const line of [...lines, ""]) {
    if (line.startsWith("--> ")) list.push(line);
    else {
      result.push(...list.toSorted(), line);
      list = [];
    }
  }
  return result.slice(0, -1);
}

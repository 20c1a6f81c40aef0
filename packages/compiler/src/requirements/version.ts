/** A version such as `1.16.0` or `1.2.3-beta.1+build`. */
export interface Version {
  readonly segments: readonly number[];
  readonly prerelease: string;
  readonly text: string;
}

/** Reads a version; a leading `v` is allowed and missing segments count as 0. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+(?:\.\d+)*)(?:-(\d+[0-9A-Za-z~.-]*|[-A-Za-z~][0-9A-Za-z~.-]*))?(?:\+[0-9A-Za-z~.-]+)?$/.exec(
    text,
  );
  if (match === null) return undefined;
  const segments = (match[1] as string).split(".").map(Number);
  if (!segments.every(Number.isSafeInteger)) return undefined;
  while (segments.length < 3) segments.push(0);
  return { segments, prerelease: match[2] ?? "", text };
}

/** Negative when `a` comes before `b`; a prerelease comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  const segments = compareSegments(a.segments, b.segments);
  if (segments !== 0 || a.prerelease === b.prerelease) return segments;
  if (a.prerelease === "") return 1;
  if (b.prerelease === "") return -1;
  return comparePrereleases(a.prerelease.split("."), b.prerelease.split("."));
}

function compareSegments(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numeric parts compare as numbers and come before others; a longer list comes after its own beginning. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    const [leftNumeric, rightNumeric] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumeric && rightNumeric) return Number(left) - Number(right);
    if (leftNumeric !== rightNumeric) return leftNumeric ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

type ConstraintOperator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~>";

interface Constraint {
  readonly operator: ConstraintOperator;
  readonly version: Version;
  /** How many segments were written: what `~>` keeps fixed depends on it. */
  readonly written: number;
}

/** Constraints that must all hold, such as `>= 1.2, < 2.0`. */
export type Constraints = readonly Constraint[];

/** Reads a list of constraints separated by commas; `undefined` when one of them is malformed. */
export function parseConstraints(text: string): Constraints | undefined {
  const constraints: Constraint[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(=|!=|>=|<=|~>|>|<)?\s*(\S+)\s*$/.exec(part);
    const version = match === null ? undefined : parseVersion(match[2] as string);
    if (match === null || version === undefined) return undefined;
    const written = (/^v?([\d.]+)/.exec(match[2] as string)?.[1] ?? "").split(".").length;
    constraints.push({ operator: (match[1] ?? "=") as ConstraintOperator, version, written });
  }
  return constraints;
}

/** Whether a constraint names a prerelease. */
export function mentionsPrerelease(constraints: Constraints): boolean {
  return constraints.some((constraint) => constraint.version.prerelease !== "");
}

/** Whether a version meets all constraints. A prerelease only meets constraints that name a prerelease of the same release. */
export function satisfies(version: Version, constraints: Constraints): boolean {
  return constraints.every((constraint) => meets(version, constraint));
}

function meets(version: Version, constraint: Constraint): boolean {
  const { operator, version: bound } = constraint;
  const order = compareVersions(version, bound);
  if (operator === "=") return order === 0;
  if (operator === "!=") return order !== 0;
  return prereleasesAgree(version, bound) && meetsBound(version, constraint, order);
}

function meetsBound(version: Version, { operator, version: bound, written }: Constraint, order: number): boolean {
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    default: {
      if (bound.prerelease !== "" && version.prerelease === "") return false;
      // With a single segment nothing is kept fixed: "~> 1" means the same as ">= 1".
      const fixed = bound.segments.slice(0, written - 1);
      return order >= 0 && fixed.every((segment, index) => version.segments[index] === segment);
    }
  }
}

function prereleasesAgree(version: Version, bound: Version): boolean {
  if (version.prerelease === "") return true;
  return bound.prerelease !== "" && compareSegments(version.segments, bound.segments) === 0;
}

import { isEmptyMarks, marksOf, noMarks, unionMarks, type Mark, type Marks } from "./marks.js";
import { attributeStep, indexStep, type Path, type PathStep } from "./path.js";
import { Flag, makeContainer, normalizedString, numberValue, replaceMarks, withMarks, type Value } from "./value.js";

type MarkKind = "sensitive" | "deprecated";

/** Whether the value itself has a mark of the kind; its parts are not asked. */
export function hasMark(value: Value, kind: MarkKind): boolean {
  return kind === "sensitive" ? value.marks.sensitive : value.marks.deprecated.length > 0;
}

/** Whether the value or any part of it has a mark of the kind. Takes constant time. */
export function containsMark(value: Value, kind: MarkKind): boolean {
  return (value.flags & (kind === "sensitive" ? Flag.containsSensitive : Flag.containsDeprecated)) !== 0;
}

/** Whether the value or any part of it is marked at all. Takes constant time. */
export function containsAnyMark(value: Value): boolean {
  return (value.flags & Flag.containsMark) !== 0;
}

/** The value with one mark more. */
export function markValue(value: Value, mark: Mark): Value {
  return withMarks(value, marksOf(mark));
}

/** The value without its own marks, and those marks. Parts keep theirs. */
export function unmarkShallow(value: Value): { readonly value: Value; readonly marks: Marks } {
  return { value: isEmptyMarks(value.marks) ? value : replaceMarks(value, noMarks), marks: value.marks };
}

/** Marks of one part of a value. */
export interface MarkedPath {
  readonly path: Path;
  readonly marks: Marks;
}

/** A value without any mark, what marks it and its parts had together, and where each stood. */
export interface Unmarked {
  readonly value: Value;
  readonly marks: Marks;
  readonly paths: readonly MarkedPath[];
}

/** Removes the marks of the value and all its parts. Values without marks are returned as they are, at no cost. */
export function unmarkDeep(value: Value): Unmarked {
  if (!containsAnyMark(value)) return { value, marks: noMarks, paths: [] };
  const paths: MarkedPath[] = [];
  const plain = stripMarks(value, [], paths);
  return { value: plain, marks: paths.reduce((all, { marks }) => unionMarks(all, marks), noMarks), paths };
}

function stripMarks(value: Value, path: Path, found: MarkedPath[]): Value {
  if (!containsAnyMark(value)) return value;
  if (!isEmptyMarks(value.marks)) found.push({ path, marks: value.marks });
  const { representation } = value;
  let plain = representation;
  if (Array.isArray(representation)) {
    plain = (representation as readonly Value[]).map((part, index) =>
      containsAnyMark(part) ? stripMarks(part, [...path, indexStep(numberValue(index))], found) : part,
    );
  } else if (representation instanceof Map) {
    const parts = new Map<string, Value>();
    for (const [name, part] of representation as ReadonlyMap<string, Value>) {
      parts.set(name, containsAnyMark(part) ? stripMarks(part, [...path, keyStep(value, name)], found) : part);
    }
    plain = parts;
  }
  return makeContainer(value.type, plain, noMarks, { flags: value.flags & ~Flag.containsMark, size: value.size });
}

function keyStep(container: Value, name: string): PathStep {
  return container.type.kind === "object" ? attributeStep(name) : indexStep(normalizedString(name));
}

/**
 * The marks of the value and all its parts together: what a result that depends on all of it must carry.
 */
export function allMarks(value: Value): Marks {
  if (!containsAnyMark(value)) return noMarks;
  let marks = value.marks;
  const { representation } = value;
  if (Array.isArray(representation)) {
    for (const part of representation as readonly Value[]) marks = unionMarks(marks, allMarks(part));
  } else if (representation instanceof Map) {
    for (const part of (representation as ReadonlyMap<string, Value>).values())
      marks = unionMarks(marks, allMarks(part));
  }
  return marks;
}

/**
 * The value without any mark, for a plugin's run. The only way in which a sensitive text leaves this package
 * unmarked; the caller answers for what becomes of it.
 */
export function revealForPlugin(value: Value): Value {
  return unmarkDeep(value).value;
}

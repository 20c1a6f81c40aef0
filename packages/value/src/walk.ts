import { indexValue, getAttribute } from "./access.js";
import {
  Flag,
  withMarks,
  makeContainer,
  isKnown,
  listValue,
  mapValue,
  normalizedString,
  numberValue,
  objectValue,
  tupleValue,
  type Value,
} from "./value.js";
import type { MarkedPath } from "./mark-values.js";
import { attributeStep, indexStep, type Path, type PathStep } from "./path.js";
import { setValue } from "./set.js";
import { quoteHcl } from "./hcl-text.js";
import { consoleNumber } from "./console-text.js";
import type { HclNumber } from "./number.js";
import type { CollectionType } from "./type.js";
import { isValueError, type ValueError } from "./value-error.js";

/** The parts of a known container with the steps that lead to them, in order; empty for anything else. */
export function partsOf(value: Value): readonly (readonly [PathStep, Value])[] {
  const { representation } = value;
  if (Array.isArray(representation)) {
    const isSet = value.type.kind === "set";
    return (representation as readonly Value[]).map((part, index) => [
      indexStep(isSet ? part : numberValue(index)),
      part,
    ]);
  }
  if (!(representation instanceof Map)) return [];
  const isObject = value.type.kind === "object";
  return [...(representation as ReadonlyMap<string, Value>)].map(([name, part]) => [
    isObject ? attributeStep(name) : indexStep(normalizedString(name)),
    part,
  ]);
}

/**
 * Visits a value and its parts, containers before their parts. Returning `false` skips the parts of the value just
 * visited.
 */
export function walkValue(value: Value, visit: (value: Value, path: Path) => boolean | undefined): void {
  const step = (current: Value, path: Path): void => {
    if (visit(current, path) === false) return;
    for (const [pathStep, part] of partsOf(current)) step(part, [...path, pathStep]);
  };
  step(value, []);
}

/**
 * Rebuilds a value with every part replaced by what `replace` makes of it, parts before their containers. Elements of
 * a list, set or map must come out with one type.
 */
export function transformValue(value: Value, replace: (value: Value, path: Path) => Value): Value {
  const step = (current: Value, path: Path): Value => replace(rebuild(current, path, step), path);
  return step(value, []);
}

function rebuild(value: Value, path: Path, step: (value: Value, path: Path) => Value): Value {
  const parts = partsOf(value);
  if (parts.length === 0) return value;
  let changed = false;
  const replaced = parts.map(([pathStep, part]) => {
    const result = step(part, [...path, pathStep]);
    if (result !== part) changed = true;
    return result;
  });
  return changed ? withMarks(withParts(value, replaced), value.marks) : value;
}

/** A container of the same kind with other parts, given in the order of {@link partsOf}. It has no marks of its own. */
function withParts(value: Value, parts: readonly Value[]): Value {
  const { kind } = value.type;
  if (kind === "tuple") return tupleValue(parts);
  const element = parts.find((part) => part.type.kind !== "dynamic")?.type ?? (value.type as CollectionType).element;
  if (kind === "list") return listValue(element, parts);
  if (kind === "set") return setValue(element, parts);
  const names = [...(value.representation as ReadonlyMap<string, Value>).keys()];
  const entries = new Map(names.map((name, index) => [name, parts[index] as Value]));
  return kind === "map" ? mapValue(element, entries) : objectValue(entries);
}

/** Follows a path from a value; fails as attribute access and indexing do. */
export function applyPath(value: Value, path: Path): Value | ValueError {
  let current: Value | ValueError = value;
  for (const step of path) {
    if (isValueError(current)) return current;
    current = step.kind === "attribute" ? getAttribute(current, step.name) : indexValue(current, step.key);
  }
  return current;
}

/** A path as it is written after a name: `.servers[0]["eu"]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join("");
}

function formatStep(step: PathStep): string {
  if (step.kind === "attribute") {
    return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(step.name) ? `.${step.name}` : `[${quoteHcl(step.name)}]`;
  }
  const { representation, type } = step.key;
  if (!isKnown(step.key) || representation === null || step.key.marks.sensitive) return "[…]";
  if (type.kind === "string") return `[${quoteHcl(representation as string)}]`;
  return type.kind === "number" ? `[${consoleNumber(representation as HclNumber)}]` : "[…]";
}

/**
 * Puts marks back where `unmarkDeep` found them. Paths that lead nowhere any more mark the last part that exists, so
 * that no mark is lost.
 */
export function markAtPaths(value: Value, paths: readonly MarkedPath[]): Value {
  let result = value;
  for (const { path, marks } of paths) {
    result = markAt(result, path, (part) => withMarks(part, marks));
  }
  return result;
}

function markAt(value: Value, path: Path, mark: (part: Value) => Value): Value {
  const [step, ...rest] = path;
  if (step === undefined || value.type.kind === "set") return mark(value);
  const { representation } = value;
  if (Array.isArray(representation) && step.kind === "index") {
    const index = Number(step.key.representation);
    const part = (representation as readonly Value[])[index];
    if (part === undefined) return mark(value);
    const marked = markAt(part, rest, mark);
    const parts = (representation as readonly Value[]).with(index, marked);
    return makeContainer(value.type, parts, value.marks, {
      flags: value.flags | (marked.flags & Flag.containsMark),
      size: value.size,
    });
  }
  if (representation instanceof Map) {
    const name = step.kind === "attribute" ? step.name : String(step.key.representation);
    const part = (representation as ReadonlyMap<string, Value>).get(name);
    if (part === undefined) return mark(value);
    const marked = markAt(part, rest, mark);
    const parts = new Map(representation as ReadonlyMap<string, Value>).set(name, marked);
    return makeContainer(value.type, parts, value.marks, {
      flags: value.flags | (marked.flags & Flag.containsMark),
      size: value.size,
    });
  }
  return mark(value);
}

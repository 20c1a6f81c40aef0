import { suggestName, type Span } from "@hclbuild/diagnostics";
import type { Expr, Step } from "@hclbuild/graph";
import {
  asJsNumber,
  asText,
  attributeNames,
  attributeType,
  convert,
  dynamicUnknown,
  elementsOf,
  entryMapOf,
  friendlyTypeName,
  isKnown,
  isNull,
  isValueError,
  numberType,
  unknownValue,
  stringType,
  unionMarks,
  withMarks,
  type Type,
  type Value,
} from "@hclbuild/value";
import { evalCatalog } from "./catalog.js";
import type { Environment, Evaluator } from "./evaluator.js";

/** Where an access stands, for diagnostics. */
export interface AccessPlace {
  readonly expr: Expr;
  readonly env: Environment | undefined;
  readonly span: Span | undefined;
}

/** Why an access failed: which diagnostic, and its parameters. */
type AccessFailure =
  | { readonly kind: "null"; readonly parts: "attributes" | "elements" }
  | {
      readonly kind: "attribute";
      readonly name: string;
      readonly problem?: string;
      readonly candidates?: readonly string[];
    }
  | { readonly kind: "element"; readonly name: string; readonly candidates: readonly string[] }
  | { readonly kind: "index"; readonly problem: string; readonly near?: string | undefined };

type Access = Value | AccessFailure;

function isFailure(access: Access): access is AccessFailure {
  return !("type" in access);
}

/** `target.name`, as the HCL specification's "Attribute Access" says; marks of the target stay on the result. */
export function accessAttribute(ev: Evaluator, target: Value, name: string, place: AccessPlace): Value {
  return settle(ev, attributeOf(target, name), place);
}

/** `target[key]`, as the HCL specification's "Index" says; marks of target and key stay on the result. */
export function accessIndex(ev: Evaluator, target: Value, key: Value, place: AccessPlace): Value {
  return settle(ev, elementAt(target, key), place);
}

/** One step of a traversal. */
export function accessStep(ev: Evaluator, target: Value, step: Step, place: AccessPlace): Value {
  return step.kind === "attr"
    ? accessAttribute(ev, target, step.name, place)
    : accessIndex(ev, target, step.key, place);
}

/** One step without diagnostics; `undefined` when it fails. */
export function quietStep(target: Value, step: Step): Value | undefined {
  const access = step.kind === "attr" ? attributeOf(target, step.name) : elementAt(target, step.key);
  return isFailure(access) ? undefined : access;
}

function settle(ev: Evaluator, access: Access, place: AccessPlace): Value {
  if (!isFailure(access)) return access;
  const { span } = place;
  switch (access.kind) {
    case "null":
      ev.fail(place, evalCatalog["null-access"], { span, parts: access.parts });
      break;
    case "attribute": {
      const { name, problem, candidates = [] } = access;
      const near = suggestName(name, candidates);
      const attributes = near === undefined && candidates.length > 0 ? listNames(candidates) : undefined;
      ev.fail(place, evalCatalog["unsupported-attribute"], { span, name: shorten(name), problem, near, attributes });
      break;
    }
    case "element":
      ev.fail(place, evalCatalog["missing-map-element"], {
        span,
        name: shorten(access.name),
        near: suggestName(access.name, access.candidates),
      });
      break;
    case "index":
      ev.fail(place, evalCatalog["invalid-index"], { span, problem: access.problem, near: access.near });
      break;
  }
  return dynamicUnknown;
}

const maximumListed = 12;

/** A few names for a message. */
export function listNames(names: readonly string[]): string {
  const listed = names.slice(0, maximumListed).map(shorten).join(", ");
  return names.length > maximumListed ? `${listed} and ${String(names.length - maximumListed)} more` : listed;
}

/** A user's text, short enough for a message. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function attributeOf(target: Value, name: string): Access {
  if (target.type.kind === "dynamic" && !isKnown(target)) return withMarks(dynamicUnknown, target.marks);
  if (isNull(target)) return { kind: "null", parts: "attributes" };
  const { type } = target;
  switch (type.kind) {
    case "object": {
      const found = attributeType(type, name);
      if (found === undefined)
        return { kind: "attribute", name, candidates: candidatesOf(target, attributeNames(type)) };
      return inherit(isKnown(target) ? entryMapOf(target).get(name) : unknownValue(found), target);
    }
    case "map": {
      if (!isKnown(target)) return inherit(unknownValue(type.element), target);
      const element = entryMapOf(target).get(name);
      return element === undefined
        ? { kind: "element", name, candidates: candidatesOf(target) }
        : inherit(element, target);
    }
    default:
      return { kind: "attribute", name, problem: attributeProblem(type, name) };
  }
}

/** The keys of a sensitive map are as secret as its values. */
function candidatesOf(target: Value, names?: readonly string[]): readonly string[] {
  if (target.marks.sensitive) return [];
  return names ?? [...entryMapOf(target).keys()];
}

function inherit(part: Value | undefined, target: Value): Value {
  return part === undefined ? dynamicUnknown : withMarks(part, target.marks);
}

function attributeProblem(type: Type, name: string): string {
  const isObjects = (type.kind === "list" || type.kind === "set") && type.element.kind === "object";
  if (isObjects && attributeType(type.element, name) !== undefined) {
    return type.kind === "list"
      ? `The value is a list of objects: take one element, as in [0].${name}, or all of them, as in [*].${name}`
      : `The value is a set of objects: take the attribute of all of them, as in [*].${name}`;
  }
  if (type.kind === "string" || type.kind === "number" || type.kind === "bool")
    return `A ${type.kind} has no attributes`;
  return `A value of type ${friendlyTypeName(type)} has no attributes`;
}

function elementAt(target: Value, key: Value): Access {
  const marks = unionMarks(target.marks, key.marks);
  if (isNull(target)) return { kind: "null", parts: "elements" };
  if (isNull(key)) return { kind: "index", problem: "A null value cannot be a key" };
  if (target.type.kind === "dynamic" || key.type.kind === "dynamic") return withMarks(dynamicUnknown, marks);
  const found = elementOfKind(target, key);
  return isFailure(found) ? found : withMarks(found, marks);
}

function elementOfKind(target: Value, key: Value): Access {
  switch (target.type.kind) {
    case "list":
    case "tuple":
      return sequenceElement(target, key);
    case "map":
    case "object":
      return keyedElement(target, key);
    case "set":
      return {
        kind: "index",
        problem:
          "The elements of a set have no keys; use a for expression, or convert(…, list(any)) where an order is right",
      };
    default:
      return { kind: "index", problem: `A value of type ${friendlyTypeName(target.type)} has no elements` };
  }
}

function sequenceElement(target: Value, key: Value): Access {
  const position = convert(key, numberType);
  if (isValueError(position))
    return { kind: "index", problem: `The key does not identify an element: ${position.message}` };
  const { type } = target;
  if (type.kind === "list" && !(isKnown(target) && isKnown(position))) return unknownValue(type.element);
  if (!isKnown(position)) return dynamicUnknown;
  const index = asJsNumber(position);
  if (index === undefined || !Number.isInteger(index)) {
    return { kind: "index", problem: "The key does not identify an element: a whole number is needed" };
  }
  if (index < 0) return { kind: "index", problem: "The key does not identify an element: it is negative" };
  if (type.kind === "tuple" && !isKnown(target)) {
    const element = type.elements[index];
    return element === undefined ? outOfRange(type.elements.length) : unknownValue(element);
  }
  const elements = elementsOf(target);
  return elements[index] ?? outOfRange(elements.length);
}

function outOfRange(length: number): AccessFailure {
  const has =
    length === 0
      ? "there are no elements"
      : length === 1
        ? "there is only one element, [0]"
        : `the last of its elements is [${String(length - 1)}]`;
  return { kind: "index", problem: `The key does not identify an element: ${has}` };
}

function keyedElement(target: Value, key: Value): Access {
  const name = convert(key, stringType);
  if (isValueError(name)) return { kind: "index", problem: `The key does not identify an element: ${name.message}` };
  const { type } = target;
  if (!isKnown(name)) return type.kind === "map" ? unknownValue(type.element) : dynamicUnknown;
  const text = asText(name);
  if (type.kind === "object") {
    const found = attributeType(type, text);
    if (found !== undefined) return (isKnown(target) ? entryMapOf(target).get(text) : undefined) ?? unknownValue(found);
  } else {
    if (!isKnown(target)) return unknownValue((type as { readonly element: Type }).element);
    const element = entryMapOf(target).get(text);
    if (element !== undefined) return element;
  }
  const candidates = key.marks.sensitive
    ? []
    : candidatesOf(target, type.kind === "object" ? attributeNames(type) : undefined);
  const shown = key.marks.sensitive ? "this key" : `the key ${JSON.stringify(shorten(text))}`;
  return { kind: "index", problem: `There is no element with ${shown}`, near: suggestName(text, candidates) };
}

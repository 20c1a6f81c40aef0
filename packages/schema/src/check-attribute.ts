import { diagnose, suggestName, type Diagnostic, type Span } from "@hclbuild/diagnostics";
import {
  asNumber,
  asText,
  containsMark,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  indexStep,
  numberValue,
  numToText,
  stringValue,
  type Path,
  type Value,
} from "@hclbuild/value";
import { parseDuration } from "./duration.js";
import { schemaCatalog } from "./catalog.js";
import type { AttributeSchema } from "./model.js";

interface GivenAttribute {
  readonly name: string;
  readonly value: Value;
  readonly span?: Span | undefined;
  readonly partSpan?: ((path: Path) => Span | undefined) | undefined;
}

/** The way to an element of a list, set or map that is null, if there is one. Attributes of objects may be null. */
export function findNullElement(value: Value): Path | undefined {
  if (!isKnown(value) || isNull(value)) return undefined;
  const { kind } = value.type;
  if (kind === "string" || kind === "number" || kind === "bool") return undefined;
  const isNamed = kind === "map" || kind === "object";
  const parts = isNamed
    ? entriesOf(value).map(([name, part]) => [stringValue(name), part] as const)
    : elementsOf(value).map((part, index) => [numberValue(index), part] as const);
  const isCollection = kind === "list" || kind === "set" || kind === "map";
  for (const [key, part] of parts) {
    if (isCollection && isKnown(part) && isNull(part)) return [indexStep(key)];
    const inner = findNullElement(part);
    if (inner !== undefined) return [indexStep(key), ...inner];
  }
  return undefined;
}

function pathText(path: Path): string {
  return path
    .map((step) => {
      if (step.kind === "attribute") return `.${step.name}`;
      return step.key.type.kind === "string"
        ? `[${JSON.stringify(asText(step.key))}]`
        : `[${numToText(asNumber(step.key))}]`;
    })
    .join("");
}

/** Checks one option's value against its choices, range and format. Unknown parts pass. */
export function checkAttribute(given: GivenAttribute, schema: AttributeSchema): readonly Diagnostic[] {
  const { name, value, span } = given;
  if (!isKnown(value) || isNull(value)) return [];
  const nullElement = findNullElement(value);
  if (nullElement !== undefined) {
    // The way there can name keys of a map, which are as secret as the map.
    const path = containsMark(value, "sensitive") ? undefined : name + pathText(nullElement);
    return [diagnose(schemaCatalog["null-element"], { name, path, span: given.partSpan?.(nullElement) ?? span })];
  }
  const { kind } = value.type;
  if (kind === "list" || kind === "set" || kind === "tuple") {
    const elements = elementsOf(value);
    const ranges = elements.length === 0 ? [] : checkRange(given, schema, elements.length);
    const spanOf = (index: number): Span | undefined =>
      (kind === "set" ? undefined : given.partSpan?.([indexStep(numberValue(index))])) ?? span;
    return [
      ...ranges,
      ...elements.flatMap((element, index) =>
        checkScalar({ name, value: element, span: spanOf(index) }, schema, "element"),
      ),
    ];
  }
  if (kind === "map" || kind === "object") {
    const size = entriesOf(value).length;
    return size === 0 ? [] : checkRange(given, schema, size);
  }
  const findings = checkScalar(given, schema);
  if (findings.length > 0) return findings;
  const size = sizeOf(value, schema);
  return size === undefined ? [] : checkRange(given, schema, size);
}

/** What the bounds of a scalar are about; nothing for Go's zero values, which components take as absent. */
function sizeOf(value: Value, schema: AttributeSchema): number | undefined {
  if (value.type.kind === "number") {
    const number = Number(numToText(asNumber(value)));
    return number === 0 ? undefined : number;
  }
  if (value.type.kind !== "string" || isRenderedLater(value, schema)) return undefined;
  return asText(value) === "" ? undefined : asText(value).length;
}

/** Text that the component renders as a Go template first is not the value yet. */
function isRenderedLater(value: Value, schema: AttributeSchema): boolean {
  return schema.interpolate && asText(value).includes("{{");
}

function checkRange(given: GivenAttribute, schema: AttributeSchema, size: number): readonly Diagnostic[] {
  const { min, max } = schema;
  if ((min === undefined || size >= min) && (max === undefined || size <= max)) return [];
  return [diagnose(schemaCatalog["out-of-range"], { name: given.name, min, max, span: given.span })];
}

function checkScalar(
  given: GivenAttribute,
  schema: AttributeSchema,
  place: "option" | "element" = "option",
): readonly Diagnostic[] {
  const { name, value, span } = given;
  if (!isKnown(value) || isNull(value)) return [];
  const { kind } = value.type;
  if (kind === "string") {
    const text = asText(value);
    // An empty text is Go's zero value, which components take as absent; an element that is one counts.
    if (text === "") return place === "option" ? [] : checkChoice(given, schema);
    if (isRenderedLater(value, schema)) return [];
    if (schema.format === "duration" && parseDuration(text) === undefined) {
      return [diagnose(schemaCatalog["invalid-duration"], { name, span })];
    }
  }
  if (kind === "number" && schema.format === "integer" && !/^-?\d+$/.test(numToText(asNumber(value)))) {
    return [diagnose(schemaCatalog["not-integer"], { name, span })];
  }
  return checkChoice(given, schema);
}

function checkChoice({ name, value, span }: GivenAttribute, schema: AttributeSchema): readonly Diagnostic[] {
  const choices = schema.enum;
  if (choices === undefined || (value.type.kind !== "string" && value.type.kind !== "number")) return [];
  const text = value.type.kind === "string" ? asText(value) : numToText(asNumber(value));
  const allowed = choices.map(String);
  if (allowed.includes(text)) return [];
  // A suggestion would tell something about a secret.
  const near = containsMark(value, "sensitive") ? undefined : suggestName(text, allowed);
  return [diagnose(schemaCatalog["invalid-choice"], { name, near, choices: allowed.join(", "), span })];
}

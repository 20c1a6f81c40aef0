import { unifyWithConversions } from "./convert/convert.js";
import { unmarkShallow } from "./mark-values.js";
import { setValue } from "./set.js";
import { attributeNames, typesEqual, type CollectionType, type Type } from "./type.js";
import { refineNotNull } from "./unknown.js";
import { isKnown, isNull, listValue, mapValue, objectValue, tupleValue, withMarks, type Value } from "./value.js";

/**
 * The defaults of a type constraint's optional attributes: `object({a = optional(string, "x")})`. They form a tree
 * beside the type.
 */
export interface TypeDefaults {
  /** The constraint that the defaults belong to. */
  readonly type: Type;
  /** Defaults of an object's attributes, of the attributes' types. */
  readonly defaultValues: ReadonlyMap<string, Value>;
  /**
   * Defaults further inside: by attribute name for an object, by decimal index for a tuple, under the empty name for
   * the elements of a collection.
   */
  readonly children: ReadonlyMap<string, TypeDefaults>;
}

/**
 * Fills in defaults, before conversion to the constraint: attributes that are missing or null get theirs, at all
 * levels, also inside defaults. The value need not have the constraint's type yet; parts that do not fit are left for
 * the conversion to complain about. Unknown and null values stay as they are, except that an unknown attribute with a
 * default that is not null can't be null either. Marks stay, and a default that replaces a marked null takes its marks.
 */
export function applyTypeDefaults(value: Value, defaults: TypeDefaults): Value {
  if (!isKnown(value) || isNull(value)) return value;
  const { value: plain, marks } = unmarkShallow(value);
  switch (plain.type.kind) {
    case "list":
    case "set":
    case "tuple":
      return withMarks(applyToElements(plain, defaults), marks);
    case "map":
    case "object":
      return withMarks(applyToAttributes(plain, defaults), marks);
    default:
      return value;
  }
}

function applyToElements(value: Value, defaults: TypeDefaults): Value {
  const elements = value.representation as readonly Value[];
  let changed = false;
  const applied = elements.map((element, index) => {
    const child = defaults.children.get(defaults.type.kind === "tuple" ? String(index) : "");
    const result = child === undefined ? element : applyTypeDefaults(element, child);
    if (result !== element) changed = true;
    return result;
  });
  if (!changed) return value;
  if (value.type.kind === "tuple") return tupleValue(applied);
  const unified = unifyParts(applied);
  if (unified === undefined) return tupleValue(applied);
  return value.type.kind === "list" ? listValue(unified.type, unified.parts) : setValue(unified.type, unified.parts);
}

interface UnifiedParts {
  readonly type: Type;
  readonly parts: readonly Value[];
}

/** Parts of a collection that got defaults may have come to differ in type. */
function unifyParts(parts: readonly Value[]): UnifiedParts | undefined {
  const first = parts[0];
  if (first === undefined) return undefined;
  if (parts.every((part) => typesEqual(part.type, first.type))) return { type: first.type, parts };
  const unification = unifyWithConversions(
    parts.map((part) => part.type),
    { unsafe: true },
  );
  if (unification === undefined) return undefined;
  const converted: Value[] = [];
  for (const [index, part] of parts.entries()) {
    const result = unification.conversions[index]?.(part) ?? part;
    if ("kind" in result) return undefined;
    converted.push(result);
  }
  return { type: unification.type, parts: converted };
}

function applyToAttributes(value: Value, defaults: TypeDefaults): Value {
  const parts = value.representation as ReadonlyMap<string, Value>;
  const result = new Map<string, Value>();
  let changed = false;
  for (const [name, part] of parts) {
    const applied = applyToPart(name, part, defaults);
    if (applied !== part) changed = true;
    result.set(name, applied);
  }
  if (defaults.type.kind === "object") {
    for (const name of attributeNames(defaults.type)) {
      const fallback = defaults.defaultValues.get(name);
      if (fallback === undefined || result.has(name)) continue;
      result.set(name, completeDefault(name, fallback, defaults));
      changed = true;
    }
  }
  if (!changed) return value;
  return value.type.kind === "object" ? objectValue(result) : rebuildMap(value.type as CollectionType, result);
}

function applyToPart(name: string, part: Value, defaults: TypeDefaults): Value {
  if (defaults.type.kind !== "object") {
    const child = defaults.children.get("");
    return child === undefined ? part : applyTypeDefaults(part, child);
  }
  const fallback = defaults.defaultValues.get(name);
  if (fallback !== undefined && !isNull(fallback)) {
    if (isNull(part)) return withMarks(completeDefault(name, fallback, defaults), part.marks);
    if (!isKnown(part)) return refineNotNull(part);
  }
  const child = defaults.children.get(name);
  return child === undefined ? part : applyTypeDefaults(part, child);
}

/** A default is completed by the defaults inside its own type. */
function completeDefault(name: string, fallback: Value, defaults: TypeDefaults): Value {
  const child = defaults.children.get(name);
  return child === undefined ? fallback : applyTypeDefaults(fallback, child);
}

/** Stays a map where the parts allow, otherwise becomes an object. */
function rebuildMap(type: CollectionType, parts: ReadonlyMap<string, Value>): Value {
  const names = [...parts.keys()];
  const unified = unifyParts([...parts.values()]);
  if (unified === undefined) return parts.size === 0 ? mapValue(type.element, parts) : objectValue(parts);
  return mapValue(unified.type, new Map(names.map((name, index) => [name, unified.parts[index] as Value])));
}

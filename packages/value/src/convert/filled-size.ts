import { isKnown, isNull, partSize, sizeOf, type Value } from "../value.js";
import type { Type } from "../type.js";

/**
 * At most how large a value becomes, as `sizeOf` counts, when it is converted to a constraint: each object of it gets all
 * attributes that the constraint names and that may be left out. Defaults of attributes count as one part each. Takes
 * about as long as the value is large, and none for a constraint without such attributes.
 */
export function sizeAfterConversion(value: Value, type: Type): number {
  return sizeOf(value) + (hasOptional(type) ? addedSize(value, type) : 0);
}

const withOptional = new WeakMap<Type, boolean>();

function hasOptional(type: Type): boolean {
  if (type.kind === "list" || type.kind === "set" || type.kind === "map") return hasOptional(type.element);
  if (type.kind !== "tuple" && type.kind !== "object") return false;
  const known = withOptional.get(type);
  if (known !== undefined) return known;
  const result =
    type.kind === "tuple"
      ? type.elements.some(hasOptional)
      : type.optional.size > 0 || Object.values(type.attributes).some(hasOptional);
  withOptional.set(type, result);
  return result;
}

function addedSize(value: Value, type: Type): number {
  if (!isKnown(value) || isNull(value) || !hasOptional(type)) return 0;
  const { representation } = value;
  if (Array.isArray(representation)) {
    let added = 0;
    for (const [index, part] of (representation as readonly Value[]).entries()) {
      const element = type.kind === "tuple" ? type.elements[index] : elementType(type);
      if (element !== undefined) added += addedSize(part, element);
    }
    return added;
  }
  if (!(representation instanceof Map)) return 0;
  const parts = representation as ReadonlyMap<string, Value>;
  let added = type.kind === "object" ? type.optional.size * partSize : 0;
  for (const [name, part] of parts) {
    const element = type.kind === "object" ? type.attributes[name] : elementType(type);
    if (element !== undefined) added += addedSize(part, element);
  }
  return added;
}

function elementType(type: Type): Type | undefined {
  return type.kind === "list" || type.kind === "set" || type.kind === "map" ? type.element : undefined;
}

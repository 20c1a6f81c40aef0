import { attributeStep, indexStep } from "../path.js";
import {
  attributeNames,
  typesEqual,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "../type.js";
import {
  isNull,
  normalizedString,
  nullValue,
  numberValue,
  objectValue,
  tupleValue,
  withMarks,
  type Value,
} from "../value.js";
import { atStep, valueError, type ValueError } from "../value-error.js";
import type { Conversion, Planner } from "./conversion.js";

/** A null of an attribute has no `optional` markings left. */
function cleanNull(value: Value): Value {
  if (!isNull(value)) return value;
  const type = withoutOptional(value.type);
  return type === value.type ? value : withMarks(nullValue(type), value.marks);
}

/** object → object: wanted attributes are converted, optional ones may be missing, others are dropped. */
export function planObject(
  planner: Planner,
  from: ObjectType,
  to: ObjectType,
  unsafe: boolean,
): Conversion | undefined {
  const names = attributeNames(to);
  const conversions = new Map<string, Conversion | undefined>();
  for (const name of names) {
    const source = from.attributes[name];
    const target = to.attributes[name] as Type;
    if (source === undefined) {
      if (to.optional.has(name)) continue;
      return undefined;
    }
    const conversion = typesEqual(source, target) ? undefined : planner.plan(source, target, unsafe);
    if (conversion === undefined && !typesEqual(source, target)) return undefined;
    conversions.set(name, conversion);
  }
  return (value) => {
    const parts = value.representation as ReadonlyMap<string, Value>;
    const result = new Map<string, Value>();
    for (const name of names) {
      const part = parts.get(name);
      const conversion = conversions.get(name);
      const converted =
        part === undefined
          ? nullValue(withoutOptional(to.attributes[name] as Type))
          : conversion === undefined
            ? part
            : conversion(part);
      if ("kind" in converted) return atStep(attributeStep(name), converted);
      result.set(name, cleanNull(converted));
    }
    return objectValue(result);
  };
}

/** tuple → tuple of the same length. */
export function planTuple(planner: Planner, from: TupleType, to: TupleType, unsafe: boolean): Conversion | undefined {
  if (from.elements.length !== to.elements.length) return undefined;
  const conversions: (Conversion | undefined)[] = [];
  for (const [index, target] of to.elements.entries()) {
    const source = from.elements[index] as Type;
    const same = typesEqual(source, target);
    const conversion = same ? undefined : planner.plan(source, target, unsafe);
    if (!same && conversion === undefined) return undefined;
    conversions.push(conversion);
  }
  return (value) => {
    const result: Value[] = [];
    for (const [index, part] of (value.representation as readonly Value[]).entries()) {
      const conversion = conversions[index];
      const converted = conversion === undefined ? part : conversion(part);
      if ("kind" in converted) return atStep(indexStep(numberValue(index)), converted);
      result.push(cleanNull(converted));
    }
    return tupleValue(result);
  };
}

/** map → object: never safe, since the map may lack an element for an attribute. */
export function planMapToObject(planner: Planner, from: CollectionType, to: ObjectType): Conversion | undefined {
  const names = attributeNames(to);
  /** `null` where the element type does not fit an optional attribute, which may be absent from the map. */
  const conversions = new Map<string, Conversion | undefined | null>();
  for (const name of names) {
    const target = to.attributes[name] as Type;
    if (typesEqual(from.element, target)) {
      conversions.set(name, undefined);
      continue;
    }
    const conversion = planner.plan(from.element, target, true);
    if (conversion === undefined && !to.optional.has(name)) return undefined;
    conversions.set(name, conversion ?? null);
  }
  const convertPart = (name: string, part: Value): Value | ValueError => {
    const conversion = conversions.get(name);
    if (conversion === undefined) return part;
    if (conversion === null) {
      const reason = planner.mismatch(part.type, to.attributes[name] as Type);
      return valueError(`map element type is incompatible with attribute ${JSON.stringify(name)}: ${reason}`);
    }
    const converted = conversion(part);
    return "kind" in converted ? atStep(indexStep(normalizedString(name)), converted) : converted;
  };
  return (value) => {
    const parts = value.representation as ReadonlyMap<string, Value>;
    const result = new Map<string, Value>();
    for (const name of names) {
      const part = parts.get(name);
      if (part === undefined) {
        if (!to.optional.has(name)) {
          return valueError(`map has no element for required attribute ${JSON.stringify(name)}`);
        }
        result.set(name, nullValue(withoutOptional(to.attributes[name] as Type)));
        continue;
      }
      const converted = convertPart(name, part);
      if ("kind" in converted) return converted;
      result.set(name, cleanNull(converted));
    }
    return objectValue(result);
  };
}

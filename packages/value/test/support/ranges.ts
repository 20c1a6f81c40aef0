import {
  elementsOf,
  entryMapOf,
  hasDynamic,
  isKnown,
  isNull,
  isWhollyKnown,
  listValue,
  mapValue,
  mayBecome,
  objectValue,
  rawEquals,
  setValue,
  tupleValue,
  typesEqual,
  unknownValue,
  type Refinement,
  type Value,
} from "@hclbuild/value";
import fc from "fast-check";

/** Whether a value lies in what another one, with unknowns in it, may turn out to be. Marks are not looked at. */
export function covers(open: Value, actual: Value): boolean {
  if (open.type.kind === "dynamic") return !isKnown(open) || isNull(actual);
  // An empty collection converted for a constraint with "any" inside keeps the constraint's type, as it does upstream.
  if (!hasDynamic(open.type) && !hasDynamic(actual.type) && !typesEqual(open.type, actual.type)) return false;
  if (!isKnown(open)) return mayBecome(open, actual);
  if (isNull(open) || isNull(actual)) return isNull(open) && isNull(actual);
  if (isWhollyKnown(open)) return rawEquals(open, actual);
  if (open.type.kind === "set") return true;
  if (Array.isArray(open.representation)) {
    const parts = elementsOf(actual);
    return (
      elementsOf(open).length === parts.length &&
      elementsOf(open).every((part, index) => covers(part, parts[index] as Value))
    );
  }
  const parts = entryMapOf(actual);
  const entries = [...entryMapOf(open)];
  return (
    entries.length === parts.size &&
    entries.every(([name, part]) => parts.has(name) && covers(part, parts.get(name) as Value))
  );
}

/** Values with unknowns in the place of some parts, such that the given value lies in their range. */
export function generalize(value: Value): fc.Arbitrary<Value> {
  return fc.oneof(
    { arbitrary: fc.constant(value), weight: 1 },
    { arbitrary: refinementAround(value).map((refinement) => unknownValue(value.type, refinement)), weight: 1 },
    { arbitrary: generalizeParts(value), weight: 1 },
  );
}

function generalizeParts(value: Value): fc.Arbitrary<Value> {
  if (isNull(value)) return fc.constant(value);
  const { type, representation } = value;
  if (Array.isArray(representation)) {
    return fc.tuple(...elementsOf(value).map(generalize)).map((parts) => {
      if (type.kind === "tuple") return tupleValue(parts);
      return type.kind === "set"
        ? setValue(type.element, parts)
        : listValue((type as { element: Value["type"] }).element, parts);
    });
  }
  if (representation instanceof Map) {
    const keys = [...entryMapOf(value).keys()];
    return fc.tuple(...[...entryMapOf(value).values()].map(generalize)).map((parts) => {
      const entries = new Map(keys.map((key, index) => [key, parts[index] as Value]));
      return type.kind === "map" ? mapValue(type.element, entries) : objectValue(entries);
    });
  }
  return fc.constant(value);
}

function refinementAround(value: Value): fc.Arbitrary<Refinement> {
  if (isNull(value)) return fc.constant({});
  const { representation, type } = value;
  const notNull = fc.constantFrom<Refinement>({}, { notNull: true });
  if (typeof representation === "string") {
    return fc.tuple(notNull, fc.nat(representation.length)).map(([base, end]) => {
      const prefix = representation.slice(0, end);
      // A prefix that ends within a character would be no prefix once normalised.
      return representation.startsWith(prefix.normalize("NFC")) ? { ...base, stringPrefix: prefix } : base;
    });
  }
  if (type.kind === "number") {
    const bound = { value: representation as number, inclusive: true };
    return fc
      .tuple(
        notNull,
        fc.constantFrom<Refinement>({}, { numberRange: { minimum: bound } }, { numberRange: { maximum: bound } }),
      )
      .map(([base, range]) => ({ ...base, ...range }));
  }
  if (type.kind === "list" || type.kind === "set" || type.kind === "map") {
    const size = Array.isArray(representation) ? representation.length : entryMapOf(value).size;
    return fc
      .tuple(notNull, fc.nat(size), fc.nat(2))
      .map(([base, minimum, more]) => ({ ...base, lengthRange: { minimum, maximum: size + more } }));
  }
  return notNull;
}

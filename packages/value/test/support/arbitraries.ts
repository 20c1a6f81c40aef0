import {
  attributeNames,
  boolType,
  boolValue,
  dynamicType,
  dynamicUnknown,
  listOf,
  listValue,
  mapOf,
  mapValue,
  markValue,
  nullValue,
  numberFromText,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  setOf,
  setValue,
  stringType,
  stringValue,
  tupleOf,
  tupleValue,
  unknownValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import fc from "fast-check";

/** Text that every sensitive string of the generators contains, and nothing else does. */
export const secretText = "hunter2";

const names = fc.constantFrom("a", "b", "c", "10", "9", "é", "for", "__proto__");

/** Types of values: without optional attributes. `dynamic` occurs only where asked for. */
export function arbitraryType(options: { readonly depth: number; readonly dynamic?: boolean }): fc.Arbitrary<Type> {
  const primitive = fc.constantFrom<Type>(stringType, numberType, boolType);
  const leaf =
    options.dynamic === true
      ? fc.oneof({ arbitrary: primitive, weight: 5 }, fc.constant<Type>(dynamicType))
      : primitive;
  if (options.depth === 0) return leaf;
  const inner = arbitraryType({ ...options, depth: options.depth - 1 });
  return fc.oneof(
    { arbitrary: leaf, weight: 3 },
    inner.map(listOf),
    inner.map(setOf),
    inner.map(mapOf),
    fc.array(inner, { maxLength: 3 }).map(tupleOf),
    fc.array(fc.tuple(names, inner), { maxLength: 3 }).map((entries) => objectOf(new Map(entries))),
  );
}

const texts = fc.oneof(
  fc.constantFrom("", "1", "0", "true", "false", "1.50", "-3", "null", "ami-1", "ami-2", "a\nb", "é", "TRUE", "${x}"),
  fc.string({ maxLength: 8, unit: "grapheme" }),
);

const numbers = fc
  .oneof(
    fc.constantFrom("0", "1", "-1", "10", "1.5", "0.1", "-2.25", "1e30", "1e-9", "100000000000000000000"),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => n.toFixed(6)),
  )
  .map((text) => numberFromText(text) ?? numberValue(0));

export interface ValueOptions {
  readonly unknown?: boolean;
  readonly nulls?: boolean;
  readonly marks?: boolean;
}

/** Values of a type. */
export function arbitraryValue(type: Type, options: ValueOptions = {}): fc.Arbitrary<Value> {
  const plain = plainValue(type, options);
  const choices: fc.WeightedArbitrary<Value>[] = [{ arbitrary: plain, weight: 8 }];
  if (options.nulls === true) choices.push({ arbitrary: fc.constant(nullValue(type)), weight: 1 });
  if (options.unknown === true) choices.push({ arbitrary: arbitraryUnknown(type), weight: 1 });
  const value = choices.length === 1 ? plain : fc.oneof(...choices);
  return options.marks === true
    ? fc.oneof(
        { arbitrary: value, weight: 4 },
        value.map((part) => markSecret(part)),
        value.map((part) => markValue(part, { deprecated: "old" })),
      )
    : value;
}

/** Marks a value as sensitive; a string then says so, to be found where it must not appear. */
function markSecret(value: Value): Value {
  const text = value.representation;
  return markValue(typeof text === "string" ? stringValue(`${secretText}${text}`) : value, "sensitive");
}

function arbitraryUnknown(type: Type): fc.Arbitrary<Value> {
  if (type.kind === "dynamic") return fc.constant(dynamicUnknown);
  const plain = fc.constantFrom(unknownValue(type), unknownValue(type, { notNull: true }));
  if (type.kind === "string")
    return fc.oneof(
      plain,
      texts.map((text) => unknownValue(type, { stringPrefix: text })),
    );
  if (type.kind === "number") {
    return fc.oneof(
      plain,
      numbers.map((n) =>
        unknownValue(type, { numberRange: { minimum: { value: n.representation as number, inclusive: true } } }),
      ),
    );
  }
  if (type.kind === "list" || type.kind === "map" || type.kind === "set") {
    return fc.oneof(
      plain,
      fc.nat(3).map((n) => unknownValue(type, { notNull: true, lengthRange: { minimum: n, maximum: n + 2 } })),
    );
  }
  return plain;
}

function plainValue(type: Type, options: ValueOptions): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "string":
      return texts.map(stringValue);
    case "number":
      return numbers;
    case "bool":
      return fc.boolean().map(boolValue);
    case "dynamic":
      return fc.constant(nullValue(dynamicType));
    case "list":
    case "set": {
      const elements = fc.array(arbitraryValue(type.element, options), { maxLength: 3 });
      return elements.map((parts) =>
        type.kind === "list" ? listValue(type.element, parts) : setValue(type.element, parts),
      );
    }
    case "map":
      return fc
        .array(fc.tuple(names, arbitraryValue(type.element, options)), { maxLength: 3 })
        .map((entries) => mapValue(type.element, new Map(entries)));
    case "tuple":
      return fc
        .tuple(...type.elements.map((element) => arbitraryValue(element, options)))
        .map((parts) => tupleValue(parts));
    case "object": {
      const keys = attributeNames(type);
      return fc
        .tuple(...keys.map((name) => arbitraryValue(type.attributes[name] as Type, options)))
        .map((parts) => objectValue(new Map(keys.map((name, index) => [name, parts[index] as Value]))));
    }
  }
}

/** A value of any type. */
export function anyValue(options: ValueOptions & { readonly depth?: number } = {}): fc.Arbitrary<Value> {
  return arbitraryType({ depth: options.depth ?? 2 }).chain((type) => arbitraryValue(type, options));
}

import {
  convert,
  elementsOf,
  entriesOf,
  hasDynamic,
  isKnown,
  isNull,
  isValueError,
  listValue,
  mapValue,
  objectValue,
  refineNotNull,
  setValue,
  tupleValue,
  typesEqual,
  unifyTypes,
  unmarkShallow,
  withMarks,
  type Type,
  type Value,
} from "@hclbuild/value";

/** Values for optional attributes of a type that were left out. */
export interface TypeDefaults {
  /** The constraint these belong to. */
  readonly type: Type;
  /** By attribute name; only for object types. */
  readonly values: ReadonlyMap<string, Value>;
  /** Defaults inside parts: by attribute name, by tuple index, or under "" for the elements of a collection. */
  readonly children: ReadonlyMap<string, TypeDefaults>;
}

/** `undefined` when there is nothing to apply. */
export function createTypeDefaults(
  type: Type,
  values: ReadonlyMap<string, Value>,
  children: ReadonlyMap<string, TypeDefaults>,
): TypeDefaults | undefined {
  return values.size === 0 && children.size === 0 ? undefined : { type, values, children };
}

/**
 * Puts the defaults in the places of attributes that are missing or null, at every depth. Done before the value is
 * converted to the constraint, so the value may have any type; where it does not fit the constraint it stays as it is,
 * for the conversion to complain about. Unknown and null values stay; an unknown attribute with a default is not null.
 * Marks stay, and a default in the place of a marked null takes its marks.
 */
export function applyTypeDefaults(defaults: TypeDefaults | undefined, value: Value): Value {
  if (defaults === undefined || !isKnown(value) || isNull(value)) return value;
  const { value: plain, marks } = unmarkShallow(value);
  switch (plain.type.kind) {
    case "list":
    case "set":
    case "tuple":
      return withMarks(applyToSequence(defaults, plain), marks);
    case "map":
    case "object":
      return withMarks(applyToEntries(defaults, plain), marks);
    default:
      return value;
  }
}

function applyToSequence(defaults: TypeDefaults, value: Value): Value {
  const isTuple = defaults.type.kind === "tuple";
  const elements = elementsOf(value).map((element, index) =>
    applyTypeDefaults(defaults.children.get(isTuple ? String(index) : ""), element),
  );
  if (value.type.kind === "tuple") return tupleValue(elements);
  const common = unifyElements(elements, (value.type as { readonly element: Type }).element);
  if (common === undefined) return value.type.kind === "list" ? tupleValue(elements) : value;
  return value.type.kind === "list" ? listValue(common.type, common.elements) : setValue(common.type, common.elements);
}

function applyToEntries(defaults: TypeDefaults, value: Value): Value {
  const isObject = defaults.type.kind === "object";
  const entries = new Map<string, Value>();
  for (const [name, element] of entriesOf(value)) {
    entries.set(name, applyTypeDefaults(defaults.children.get(isObject ? name : ""), element));
  }
  for (const [name, fallback] of defaults.values) {
    const given = entries.get(name);
    if (given === undefined || isNull(given)) {
      const filled = applyTypeDefaults(defaults.children.get(name), fallback);
      entries.set(name, given === undefined ? filled : withMarks(filled, given.marks));
    } else if (!isKnown(given) && !isNull(fallback)) entries.set(name, refineNotNull(given));
  }
  if (value.type.kind === "object") return objectValue(entries);
  const common = unifyElements([...entries.values()], (value.type as { readonly element: Type }).element);
  if (common === undefined) return objectValue(entries);
  return mapValue(
    common.type,
    new Map([...entries.keys()].map((name, index) => [name, common.elements[index] as Value])),
  );
}

function unifyElements(
  elements: readonly Value[],
  emptyType: Type,
): { readonly type: Type; readonly elements: readonly Value[] } | undefined {
  if (elements.length === 0) return { type: emptyType, elements };
  const types = elements.map((element) => element.type);
  // An empty collection of any type takes the type of its neighbours rather than theirs becoming "any".
  const complete = types.filter((type) => !hasDynamic(type));
  const [first] = complete;
  const shared = first !== undefined && complete.every((type) => typesEqual(type, first)) ? first : undefined;
  return (shared && convertAll(elements, shared)) ?? convertAll(elements, unifyTypes(types));
}

function convertAll(
  elements: readonly Value[],
  type: Type | undefined,
): { readonly type: Type; readonly elements: readonly Value[] } | undefined {
  if (type === undefined) return undefined;
  const converted: Value[] = [];
  for (const element of elements) {
    const result = convert(element, type);
    if (isValueError(result)) return undefined;
    converted.push(result);
  }
  return { type, elements: converted };
}

import { compareText } from "./text.js";

/** A string, number or bool, or the placeholder for a type that is not known yet. */
export interface PrimitiveType {
  readonly kind: "string" | "number" | "bool" | "dynamic";
}

/** Elements of one type; `dynamic` as the element type makes it a type constraint ("any single type"). */
export interface CollectionType {
  readonly kind: "list" | "set" | "map";
  readonly element: Type;
}

/** A fixed number of elements, each of its own type. */
export interface TupleType {
  readonly kind: "tuple";
  readonly elements: readonly Type[];
}

/** Named attributes, each of its own type. */
export interface ObjectType {
  readonly kind: "object";
  /** Without prototype. Use {@link attributeNames} for the order: integer-like keys come first in a JavaScript object. */
  readonly attributes: Readonly<Record<string, Type>>;
  /** Attributes that a conversion may fill with null. Only type constraints have them; a value's type never does. */
  readonly optional: ReadonlySet<string>;
}

/**
 * A type of HCL's value system. Types are immutable and compared with {@link typesEqual}; the same structure may exist
 * as several objects.
 */
export type Type = PrimitiveType | CollectionType | TupleType | ObjectType;

/** Unicode text in NFC. */
export const stringType: PrimitiveType = Object.freeze({ kind: "string" });
/** Binary floating point with up to 512 bits; see `number.ts`. */
export const numberType: PrimitiveType = Object.freeze({ kind: "number" });
/** `true` or `false`. */
export const boolType: PrimitiveType = Object.freeze({ kind: "bool" });
/** In a constraint: any type. As the type of a value: not known yet, so the value is unknown or null. */
export const dynamicType: PrimitiveType = Object.freeze({ kind: "dynamic" });

/** The type of lists of the given elements. */
export function listOf(element: Type): CollectionType {
  return { kind: "list", element };
}

/** The type of sets of the given elements. */
export function setOf(element: Type): CollectionType {
  return { kind: "set", element };
}

/** The type of maps from strings to the given elements. */
export function mapOf(element: Type): CollectionType {
  return { kind: "map", element };
}

/** The type of tuples of the given elements. */
export function tupleOf(elements: readonly Type[]): TupleType {
  return { kind: "tuple", elements };
}

const noOptional: ReadonlySet<string> = new Set();

/** Attribute names are taken as they are; callers pass them in NFC. Names in `optional` that are no attribute are dropped. */
export function objectOf(
  attributes: Readonly<Record<string, Type>> | ReadonlyMap<string, Type>,
  optional?: Iterable<string>,
): ObjectType {
  const entries = isMap(attributes) ? [...attributes] : Object.entries(attributes);
  if (entries.length > 1) entries.sort((a, b) => compareText(a[0], b[0]));
  const record: Record<string, Type> = Object.create(null) as Record<string, Type>;
  for (const [name, type] of entries) record[name] = type;
  const optionalNames = optional === undefined ? [] : [...optional].filter((name) => name in record);
  return {
    kind: "object",
    attributes: record,
    optional: optionalNames.length === 0 ? noOptional : new Set(optionalNames.sort(compareText)),
  };
}

/** The type of an object whose attributes come in order, without the work of sorting them. */
export function objectTypeOf(parts: ReadonlyMap<string, { readonly type: Type }>): ObjectType {
  const attributes: Record<string, Type> = Object.create(null) as Record<string, Type>;
  for (const [name, { type }] of parts) attributes[name] = type;
  return { kind: "object", attributes, optional: noOptional };
}

function isMap<V>(value: Readonly<Record<string, V>> | ReadonlyMap<string, V>): value is ReadonlyMap<string, V> {
  return value instanceof Map;
}

/** Attribute names in the order of their UTF-8 bytes. */
export function attributeNames(type: ObjectType): readonly string[] {
  const names = Object.keys(type.attributes);
  // The record was filled in order; only integer-like names can have moved to the front.
  for (let index = 1; index < names.length; index++) {
    if (compareText(names[index - 1] as string, names[index] as string) > 0) return names.sort(compareText);
  }
  return names;
}

/** The attribute's type, or `undefined` when there is no such attribute. */
export function attributeType(type: ObjectType, name: string): Type | undefined {
  return type.attributes[name];
}

/** Whether the type is string, number or bool; `dynamic` is none of them. */
export function isPrimitiveType(type: Type): boolean {
  return type.kind === "string" || type.kind === "number" || type.kind === "bool";
}

/** Whether the type is a list, set or map. */
export function isCollectionType(type: Type): type is CollectionType {
  return type.kind === "list" || type.kind === "set" || type.kind === "map";
}

/** Structural equality, `optional` included. Takes time linear in the size of the smaller type. */
export function typesEqual(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "list":
    case "set":
    case "map":
      return typesEqual(a.element, (b as CollectionType).element);
    case "tuple": {
      const other = (b as TupleType).elements;
      return (
        a.elements.length === other.length && a.elements.every((type, index) => typesEqual(type, other[index] as Type))
      );
    }
    case "object":
      return objectTypesEqual(a, b as ObjectType);
    default:
      return true;
  }
}

function objectTypesEqual(a: ObjectType, b: ObjectType): boolean {
  if (a.attributes === b.attributes && a.optional === b.optional) return true;
  if (a.optional.size !== b.optional.size) return false;
  let count = 0;
  for (const name in a.attributes) {
    const other = b.attributes[name];
    if (other === undefined || !typesEqual(a.attributes[name] as Type, other)) return false;
    if (a.optional.has(name) !== b.optional.has(name)) return false;
    count++;
  }
  for (const _ in b.attributes) count--;
  return count === 0;
}

/** Whether `dynamic` occurs anywhere in the type. */
export function hasDynamic(type: Type): boolean {
  switch (type.kind) {
    case "dynamic":
      return true;
    case "list":
    case "set":
    case "map":
      return hasDynamic(type.element);
    case "tuple":
      return type.elements.some(hasDynamic);
    case "object":
      return Object.values(type.attributes).some(hasDynamic);
    default:
      return false;
  }
}

/** The type with every `optional` marking removed, at all levels: the type a value of this constraint has. */
export function withoutOptional(type: Type): Type {
  switch (type.kind) {
    case "list":
    case "set":
    case "map": {
      const element = withoutOptional(type.element);
      return element === type.element ? type : { kind: type.kind, element };
    }
    case "tuple": {
      const elements = type.elements.map(withoutOptional);
      return elements.every((element, index) => element === type.elements[index]) ? type : tupleOf(elements);
    }
    case "object": {
      const attributes: Record<string, Type> = Object.create(null) as Record<string, Type>;
      let changed = type.optional.size > 0;
      for (const name in type.attributes) {
        const before = type.attributes[name] as Type;
        const after = withoutOptional(before);
        if (after !== before) changed = true;
        attributes[name] = after;
      }
      return changed ? { kind: "object", attributes, optional: noOptional } : type;
    }
    default:
      return type;
  }
}

/** A short name for messages: `list of string`, `object`, `dynamic`. */
export function friendlyTypeName(type: Type): string {
  return isCollectionType(type) ? `${type.kind} of ${friendlyTypeName(type.element)}` : type.kind;
}

/** The name of a type where it stands for a requirement: `dynamic` reads `any type`, `list of any single type`. */
export function friendlyConstraintName(type: Type): string {
  if (type.kind === "dynamic") return "any type";
  if (!isCollectionType(type)) return type.kind;
  return type.element.kind === "dynamic"
    ? `${type.kind} of any single type`
    : `${type.kind} of ${friendlyConstraintName(type.element)}`;
}

/** The type in the syntax of type constraints: `list(string)`, `object({a=string,b=optional(bool)})`. */
export function typeConstraintText(type: Type): string {
  switch (type.kind) {
    case "dynamic":
      return "any";
    case "list":
    case "set":
    case "map":
      return `${type.kind}(${typeConstraintText(type.element)})`;
    case "tuple":
      return `tuple([${type.elements.map(typeConstraintText).join(",")}])`;
    case "object": {
      const attributes = attributeNames(type).map((name) => {
        const text = typeConstraintText(type.attributes[name] as Type);
        const key = /^[\p{ID_Start}][\p{ID_Continue}-]*$/u.test(name) ? name : JSON.stringify(name);
        return `${key}=${type.optional.has(name) ? `optional(${text})` : text}`;
      });
      return `object({${attributes.join(",")}})`;
    }
    default:
      return type.kind;
  }
}

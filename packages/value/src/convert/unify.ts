import {
  attributeNames,
  dynamicType,
  isPrimitiveType,
  listOf,
  mapOf,
  objectOf,
  tupleOf,
  typesEqual,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "../type.js";
import { typeToJsonText } from "../type-json.js";
import { dynamicUnknown } from "../value.js";
import type { Conversion, Planner, Unification } from "./conversion.js";

/**
 * Finds a type that all the given types can be converted to: the preferred one of them, or for collections, objects
 * and tuples one made from their parts. Objects with different attributes become a map, tuples of different length a
 * list, where their parts unify. `undefined` when there is none.
 */
export function unifyAll(planner: Planner, types: readonly Type[], unsafe: boolean): Unification | undefined {
  if (types.length === 0) return undefined;
  const distinct = distinctTypes(types);
  const found = unifyDistinct(planner, distinct.types, unsafe);
  if (found === undefined) return undefined;
  return { type: found.type, conversions: distinct.indices.map((index) => found.conversions[index]) };
}

interface DistinctTypes {
  readonly types: readonly Type[];
  /** For each of the given types, where it stands among the distinct ones. */
  readonly indices: readonly number[];
}

/** Few types are compared with each other, many by their text. */
const fewTypes = 8;

/** Long lists hold few types, and what follows is quadratic in their number. */
function distinctTypes(types: readonly Type[]): DistinctTypes {
  const result: Type[] = [];
  const byIdentity = new Map<Type, number>();
  const byText = new Map<string, number>();
  const find = (type: Type): number => {
    if (result.length <= fewTypes) return result.findIndex((other) => typesEqual(other, type));
    if (byText.size === 0) for (const [index, other] of result.entries()) byText.set(typeToJsonText(other), index);
    return byText.get(typeToJsonText(type)) ?? -1;
  };
  const indices = types.map((type) => {
    const last = result.at(-1);
    if (last !== undefined && typesEqual(last, type)) return result.length - 1;
    const known = byIdentity.get(type);
    if (known !== undefined) return known;
    let index = find(type);
    if (index === -1) {
      index = result.push(type) - 1;
      if (byText.size > 0) byText.set(typeToJsonText(type), index);
    }
    byIdentity.set(type, index);
    return index;
  });
  return { types: result, indices };
}

function unifyDistinct(planner: Planner, types: readonly Type[], unsafe: boolean): Unification | undefined {
  const counts = { list: 0, set: 0, map: 0, tuple: 0, object: 0, dynamic: 0, string: 0, number: 0, bool: 0 };
  for (const { kind } of types) counts[kind]++;
  const total = types.length;
  const { dynamic } = counts;
  for (const kind of ["map", "list", "set"] as const) {
    if (counts[kind] > 0 && counts[kind] + dynamic === total) {
      return dynamic > 0
        ? unifyAsDynamic(types)
        : unifyCollections(planner, types as readonly CollectionType[], unsafe);
    }
  }
  if (counts.map > 0 && counts.map + counts.object + dynamic === total) {
    const unified = unifyMixed(planner, types, { structure: "object", collection: "map", unsafe });
    if (unified !== undefined) return unified;
  } else if (counts.list > 0 && counts.list + counts.tuple + dynamic === total) {
    const unified = unifyMixed(planner, types, { structure: "tuple", collection: "list", unsafe });
    if (unified !== undefined) return unified;
  } else if (counts.object > 0 && counts.object + dynamic === total) {
    return dynamic > 0 ? unifyAsDynamic(types) : unifyObjects(planner, types as readonly ObjectType[], unsafe);
  } else if (counts.tuple > 0 && counts.tuple + dynamic === total) {
    return dynamic > 0 ? unifyAsDynamic(types) : unifyTuples(planner, types as readonly TupleType[], unsafe);
  } else if (counts.object > 0 && counts.tuple > 0) {
    return undefined;
  }
  return unifyByPreference(planner, types, unsafe);
}

/** As long as one of the types is not known, nothing can be said about the result. */
function unifyAsDynamic(types: readonly Type[]): Unification {
  return { type: dynamicType, conversions: types.map(() => () => dynamicUnknown) };
}

/** A conversion for every type, or nothing when one is impossible. */
function conversionsTo(
  planner: Planner,
  types: readonly Type[],
  target: Type,
  unsafe: boolean,
): Unification | undefined {
  const conversions: (Conversion | undefined)[] = [];
  for (const type of types) {
    if (typesEqual(type, target)) {
      conversions.push(undefined);
      continue;
    }
    const conversion = planner.plan(type, target, unsafe);
    if (conversion === undefined) return undefined;
    conversions.push(conversion);
  }
  return { type: target, conversions };
}

function unifyCollections(
  planner: Planner,
  types: readonly CollectionType[],
  unsafe: boolean,
): Unification | undefined {
  const element = planner.unify(
    types.map((type) => type.element),
    unsafe,
  )?.type;
  if (element === undefined) return undefined;
  return conversionsTo(planner, types, { kind: (types[0] as CollectionType).kind, element }, unsafe);
}

interface MixedTask {
  readonly structure: "object" | "tuple";
  readonly collection: "map" | "list";
  readonly unsafe: boolean;
}

/** Objects beside maps become maps, tuples beside lists become lists. */
function unifyMixed(planner: Planner, types: readonly Type[], task: MixedTask): Unification | undefined {
  const structures = types.filter(({ kind }) => kind === task.structure);
  const asCollection =
    task.structure === "object"
      ? unifyObjectsAsMap(planner, structures as readonly ObjectType[], task.unsafe)
      : unifyTuplesAsList(planner, structures as readonly TupleType[], task.unsafe);
  if (structures.length > 0 && asCollection === undefined) return undefined;
  const replaced = types.map((type) => (type.kind === task.structure ? (asCollection as Unification).type : type));
  const unified = planner.unify(replaced, task.unsafe);
  if (unified === undefined || unified.type.kind !== task.collection) return undefined;
  let next = 0;
  const conversions = unified.conversions.map((conversion, index) => {
    if ((types[index] as Type).kind !== task.structure) return conversion;
    const first = asCollection?.conversions[next++];
    return chain(first, conversion);
  });
  return { type: unified.type, conversions };
}

function chain(first: Conversion | undefined, second: Conversion | undefined): Conversion | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (value) => {
    const between = first(value);
    return "kind" in between ? between : second(between);
  };
}

function unifyObjects(planner: Planner, types: readonly ObjectType[], unsafe: boolean): Unification | undefined {
  const names = attributeNames(types[0] as ObjectType);
  const sameNames = types.every((type) => {
    const own = Object.keys(type.attributes);
    return own.length === names.length && own.every((name) => name in (types[0] as ObjectType).attributes);
  });
  if (!sameNames) return unifyObjectsAsMap(planner, types, unsafe);
  const attributes = new Map<string, Type>();
  for (const name of names) {
    const unified = planner.unify(
      types.map((type) => type.attributes[name] as Type),
      unsafe,
    );
    if (unified === undefined) return undefined;
    attributes.set(name, unified.type);
  }
  return conversionsTo(planner, types, objectOf(attributes), unsafe) ?? unifyObjectsAsMap(planner, types, unsafe);
}

function unifyObjectsAsMap(planner: Planner, types: readonly ObjectType[], unsafe: boolean): Unification | undefined {
  const parts = types.flatMap((type) => attributeNames(type).map((name) => type.attributes[name] as Type));
  const element = planner.unify(parts, unsafe)?.type;
  return element === undefined ? undefined : conversionsTo(planner, types, mapOf(element), unsafe);
}

function unifyTuples(planner: Planner, types: readonly TupleType[], unsafe: boolean): Unification | undefined {
  const { length } = (types[0] as TupleType).elements;
  if (types.some((type) => type.elements.length !== length)) return unifyTuplesAsList(planner, types, unsafe);
  const elements: Type[] = [];
  for (let index = 0; index < length; index++) {
    const unified = planner.unify(
      types.map((type) => type.elements[index] as Type),
      unsafe,
    );
    if (unified === undefined) return undefined;
    elements.push(unified.type);
  }
  return conversionsTo(planner, types, tupleOf(elements), unsafe) ?? unifyTuplesAsList(planner, types, unsafe);
}

function unifyTuplesAsList(planner: Planner, types: readonly TupleType[], unsafe: boolean): Unification | undefined {
  const element = planner.unify(
    types.flatMap((type) => type.elements),
    unsafe,
  )?.type;
  return element === undefined ? undefined : conversionsTo(planner, types, listOf(element), unsafe);
}

function unifyByPreference(planner: Planner, types: readonly Type[], unsafe: boolean): Unification | undefined {
  for (const candidate of orderByPreference(types)) {
    const unified = conversionsTo(planner, types, candidate, unsafe);
    if (unified !== undefined) return unified;
  }
  return undefined;
}

/** The types with more general ones before those that convert to them, otherwise in the given order. */
function orderByPreference(types: readonly Type[]): readonly Type[] {
  const followers = types.map((): number[] => []);
  const waiting = types.map(() => 0);
  for (let i = 0; i < types.length; i++) {
    for (let j = i + 1; j < types.length; j++) {
      const order = comparePreference(types[i] as Type, types[j] as Type);
      if (order === 0) continue;
      const [first, second] = order < 0 ? [i, j] : [j, i];
      followers[first]?.push(second);
      waiting[second] = (waiting[second] as number) + 1;
    }
  }
  const queue = types.map((_, index) => index).filter((index) => waiting[index] === 0);
  for (const index of queue) {
    for (const follower of followers[index] ?? []) {
      waiting[follower] = (waiting[follower] as number) - 1;
      if (waiting[follower] === 0) queue.push(follower);
    }
  }
  return queue.map((index) => types[index] as Type);
}

/** Negative when `a` is more general than `b`, so that a safe conversion may lead from `b` to `a`. */
function comparePreference(a: Type, b: Type): number {
  if (a.kind === "dynamic" || b.kind === "dynamic") return a.kind !== "dynamic" ? -1 : b.kind !== "dynamic" ? 1 : 0;
  if (isPrimitiveType(a) && isPrimitiveType(b)) {
    return a.kind === b.kind ? 0 : a.kind === "string" ? -1 : b.kind === "string" ? 1 : 0;
  }
  if (a.kind === b.kind) {
    if (a.kind === "object") return compareParts(objectParts(a, b as ObjectType));
    if (a.kind === "tuple") return compareParts(tupleParts(a, b as TupleType));
    return comparePreference((a as CollectionType).element, (b as CollectionType).element);
  }
  const ranks: Partial<Record<Type["kind"], number>> =
    a.kind === "map" || a.kind === "object" ? { map: 0, object: 1 } : { list: 0, tuple: 1, set: 2 };
  const left = ranks[a.kind];
  const right = ranks[b.kind];
  return left === undefined || right === undefined ? 0 : left - right;
}

type TypePair = readonly [Type, Type];

function objectParts(a: ObjectType, b: ObjectType): readonly TypePair[] {
  const names = Object.keys(a.attributes);
  if (names.length !== Object.keys(b.attributes).length || names.some((name) => !(name in b.attributes))) return [];
  return names.map((name) => [a.attributes[name] as Type, b.attributes[name] as Type]);
}

function tupleParts(a: TupleType, b: TupleType): readonly TypePair[] {
  if (a.elements.length !== b.elements.length) return [];
  return a.elements.map((type, index) => [type, b.elements[index] as Type]);
}

/** One structure is more general when some part is and none is less so. */
function compareParts(pairs: readonly TypePair[]): number {
  let more = false;
  let less = false;
  for (const [a, b] of pairs) {
    const order = comparePreference(a, b);
    if (order < 0) more = true;
    if (order > 0) less = true;
  }
  return more === less ? 0 : more ? -1 : 1;
}

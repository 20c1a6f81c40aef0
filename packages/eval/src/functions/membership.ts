import { isWhollyKnown, rawEquals, toJson, type Value } from "@hclbuild/value";

/** A growing collection of values of one type that can be asked quickly whether it holds an equal one. */
export interface ValueIndex {
  has(value: Value): boolean;
  add(value: Value): void;
}

/** The JSON of known values is the same exactly when they are equal; the few others are compared one by one. */
function keyOf(value: Value): string | undefined {
  if (!isWhollyKnown(value)) return undefined;
  const json = toJson(value);
  return typeof json === "string" ? json : undefined;
}

export function createValueIndex(values: Iterable<Value> = []): ValueIndex {
  const keys = new Set<string>();
  const others: Value[] = [];
  const index: ValueIndex = {
    has(value) {
      const key = keyOf(value);
      return key === undefined ? others.some((other) => rawEquals(other, value)) : keys.has(key);
    },
    add(value) {
      const key = keyOf(value);
      if (key === undefined) others.push(value);
      else keys.add(key);
    },
  };
  for (const value of values) index.add(value);
  return index;
}

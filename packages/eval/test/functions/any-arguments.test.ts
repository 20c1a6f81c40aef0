import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  consoleText,
  dynamicType,
  dynamicUnknown,
  falseValue,
  listOf,
  listValue,
  mapOf,
  mapValue,
  markValue,
  nullValue,
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
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { functionNames, functionTable } from "../../src/functions/index.js";
import { createScope, evaluate } from "../../src/index.js";
import { createMemoryHost } from "./memory-host.js";

const text = stringValue("x");
const unknownText = unknownValue(stringType);

/** Values of every kind of type, known, partly known, unknown, null and sensitive. */
const pool: readonly Value[] = [
  text,
  stringValue(""),
  stringValue("[("),
  numberValue(1),
  numberValue(-1),
  numberValue(2 ** 64),
  falseValue,
  dynamicUnknown,
  unknownText,
  unknownValue(numberType),
  unknownValue(listOf(stringType)),
  unknownValue(setOf(stringType)),
  unknownValue(mapOf(stringType)),
  unknownValue(objectOf({ a: stringType })),
  unknownValue(tupleOf([stringType, numberType])),
  nullValue(dynamicType),
  nullValue(stringType),
  nullValue(listOf(stringType)),
  markValue(text, "sensitive"),
  markValue(unknownText, "sensitive"),
  markValue(nullValue(dynamicType), "sensitive"),
  listValue(stringType, []),
  listValue(stringType, [text, unknownText]),
  listValue(stringType, [markValue(text, "sensitive"), nullValue(stringType)]),
  setValue(stringType, [text, unknownText]),
  tupleValue([]),
  tupleValue([dynamicUnknown, numberValue(1), tupleValue([unknownText])]),
  mapValue(stringType, { a: text }),
  mapValue(stringType, { a: unknownText, b: markValue(text, "sensitive") }),
  objectValue({}),
  objectValue({ a: dynamicUnknown, b: nullValue(dynamicType) }),
];

const table = functionTable(createMemoryHost());
const scope = createScope({}, table);

/** What a call throws, if anything. */
function thrownBy(name: string, args: readonly Value[]): string | undefined {
  const bag = new DiagnosticBag();
  try {
    const value = evaluate(
      { kind: "call", name, args: args.map((arg) => ({ kind: "lit", value: arg })) },
      scope,
      bag.report,
    );
    consoleText(value);
    return undefined;
  } catch (error) {
    return `${name}(${args.map((arg) => pool.indexOf(arg)).join(", ")}): ${String(error)}`;
  }
}

describe("no arguments make a function throw", () => {
  // Hashing a password is slow on purpose.
  it.each(functionNames.filter((name) => name !== "bcrypt"))("%s", (name) => {
    const calls = pool.flatMap((first) => [[first], ...pool.map((second) => [first, second])]);
    // Three arguments: each pair once more, so that all types meet in every place.
    const triples = pool.flatMap((first, at) =>
      pool.map((second, by) => [first, second, pool[(at + 2 * by) % pool.length] as Value]),
    );
    expect([...calls, ...triples].flatMap((args) => thrownBy(name, args) ?? [])).toEqual([]);
  });
});

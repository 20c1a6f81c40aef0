import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeGoValue, decodeVectorType, parseVectorJson, rowOf, textOf } from "@hclbuild/testkit/vectors";
import {
  convert,
  decodeMessagePack,
  dynamicType,
  encodeMessagePack,
  isValueError,
  listOf,
  markValue,
  numberType,
  objectOf,
  rawEquals,
  stringType,
  stringValue,
  tupleValue,
  unknownValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const rows = readFileSync(join(import.meta.dirname, "fixtures", "message-pack.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => rowOf(parseVectorJson(line)))
  .map((row) => [textOf(row["go"]) ?? "", decodeVectorType(row["type"]), textOf(row["data"]) ?? ""] as const);

function bytes(value: Value, type?: Type): string {
  const data = encodeMessagePack(value, type);
  return isValueError(data) ? data.message : Buffer.from(data).toString("base64");
}

describe("MessagePack agrees with go-cty", () => {
  it.each(rows)("writes %s", (go, type, data) => {
    expect(bytes(decodeGoValue(go), type)).toBe(data);
  });

  it.each(rows)("reads %s", (go, type, data) => {
    const value = decodeMessagePack(Buffer.from(data, "base64"), type);
    const want = convert(decodeGoValue(go), type);
    expect(isValueError(value) || isValueError(want) ? value : rawEquals(value, want)).toBe(true);
  });
});

describe("MessagePack errors", () => {
  it("refuses marked values and says where", () => {
    const value = tupleValue([stringValue("a"), markValue(stringValue("b"), "sensitive")]);
    expect(encodeMessagePack(value)).toMatchObject({ kind: "value-error", path: [{ kind: "index" }] });
  });

  it.each([
    ["not MessagePack", Uint8Array.of(0xc1), stringType],
    ["cut short", Uint8Array.of(0xa5, 0x61), stringType],
    ["trailing data", Uint8Array.of(0xa1, 0x61, 0xa1), stringType],
    ["another type", Uint8Array.of(0xa1, 0x61), listOf(stringType)],
    ["a missing attribute", Uint8Array.of(0x80), objectOf({ a: stringType })],
    ["an extra attribute", Uint8Array.of(0x81, 0xa1, 0x61, 0xc0), objectOf({})],
    ["a number of another kind", Uint8Array.of(0xa1, 0x61), numberType],
    ["a dynamic value without type", Uint8Array.of(0xa1, 0x61), dynamicType],
    ["an unsupported extension", Uint8Array.of(0xd5, 0x07, 0x00, 0x00), stringType],
  ])("refuses %s", (_, data, type) => {
    expect(decodeMessagePack(data, type)).toMatchObject({ kind: "value-error" });
  });

  it("bounds nesting", () => {
    const deep = Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]);
    expect(decodeMessagePack(deep, dynamicType)).toMatchObject({ kind: "value-error" });
    const wrapped = (depth: number): Buffer => Buffer.from(`${"91".repeat(depth)}c0`, "hex");
    const nested = (depth: number): Type =>
      Array.from({ length: depth }).reduce<Type>((type) => listOf(type), numberType);
    expect(decodeMessagePack(wrapped(900), nested(900))).toMatchObject({ type: { kind: "list" } });
    expect(decodeMessagePack(wrapped(1100), nested(1100))).toMatchObject({ kind: "value-error" });
  });

  it("shortens prefixes to 256 bytes without breaking a character", () => {
    const value = unknownValue(stringType, { stringPrefix: "é".repeat(300) });
    const data = encodeMessagePack(value);
    expect(isValueError(data) ? data : decodeMessagePack(data, stringType)).toEqual(
      unknownValue(stringType, { stringPrefix: "é".repeat(126) }),
    );
  });
});

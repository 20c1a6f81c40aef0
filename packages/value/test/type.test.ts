import {
  attributeNames,
  boolType,
  dynamicType,
  friendlyConstraintName,
  friendlyTypeName,
  hasDynamic,
  isValueError,
  listOf,
  mapOf,
  numberType,
  objectOf,
  setOf,
  stringType,
  tupleOf,
  typeConstraintText,
  typeFromJson,
  typeToJson,
  typeToJsonText,
  typesEqual,
  withoutOptional,
  type Type,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const server = objectOf({ name: stringType, "10": numberType, "9": boolType }, ["name"]);

describe("object types", () => {
  it("keeps attributes in the order of their bytes, integer-like names too", () => {
    expect(attributeNames(server)).toEqual(["10", "9", "name"]);
    expect(attributeNames(objectOf({ "\u{1f600}": boolType, "\uffee": boolType }))).toEqual(["\uffee", "\u{1f600}"]);
  });

  it("takes names that JavaScript objects know for plain names", () => {
    const type = objectOf(
      new Map<string, Type>([
        ["__proto__", stringType],
        ["constructor", numberType],
      ]),
    );
    expect(attributeNames(type)).toEqual(["__proto__", "constructor"]);
    expect(typesEqual(type, objectOf({}))).toBe(false);
    expect(objectOf({}).attributes["constructor"]).toBeUndefined();
  });

  it("drops optional names that are no attributes", () => {
    expect([...objectOf({ a: stringType }, ["a", "b"]).optional]).toEqual(["a"]);
  });
});

describe("equality of types", () => {
  it("compares structure, optional attributes included", () => {
    expect(typesEqual(listOf(stringType), listOf(stringType))).toBe(true);
    expect(typesEqual(listOf(stringType), setOf(stringType))).toBe(false);
    expect(typesEqual(server, objectOf({ "9": boolType, name: stringType, "10": numberType }, ["name"]))).toBe(true);
    expect(typesEqual(server, withoutOptional(server))).toBe(false);
    expect(typesEqual(tupleOf([stringType]), tupleOf([stringType, stringType]))).toBe(false);
    expect(typesEqual(objectOf({ a: stringType }), objectOf({ a: stringType, b: stringType }))).toBe(false);
  });
});

describe("names of types", () => {
  it.each([
    [listOf(setOf(stringType)), "list of set of string", "list of set of string", "list(set(string))"],
    [mapOf(dynamicType), "map of dynamic", "map of any single type", "map(any)"],
    [dynamicType, "dynamic", "any type", "any"],
    [tupleOf([boolType, numberType]), "tuple", "tuple", "tuple([bool,number])"],
    [server, "object", "object", 'object({"10"=number,"9"=bool,name=optional(string)})'],
  ])("%j", (type, friendly, constraint, text) => {
    expect(friendlyTypeName(type)).toBe(friendly);
    expect(friendlyConstraintName(type)).toBe(constraint);
    expect(typeConstraintText(type)).toBe(text);
  });

  it("finds dynamic at any depth", () => {
    expect(hasDynamic(objectOf({ a: tupleOf([listOf(dynamicType)]) }))).toBe(true);
    expect(hasDynamic(server)).toBe(false);
  });

  it("removes optional markings at all levels and returns other types as they are", () => {
    const nested = listOf(tupleOf([server]));
    expect(typeConstraintText(withoutOptional(nested))).toBe(
      'list(tuple([object({"10"=number,"9"=bool,name=string})]))',
    );
    const plain = mapOf(objectOf({ a: stringType }));
    expect(withoutOptional(plain)).toBe(plain);
  });
});

describe("types in JSON", () => {
  it("writes cty's notation and reads it back", () => {
    const type = objectOf({ b: listOf(dynamicType), a: tupleOf([server, mapOf(setOf(boolType))]) });
    expect(typeToJsonText(type)).toBe(
      '["object",{"a":["tuple",[["object",{"10":"number","9":"bool","name":"string"},["name"]],["map",["set","bool"]]]],"b":["list","dynamic"]}]',
    );
    expect(typeFromJson(JSON.parse(typeToJsonText(type)))).toEqual(type);
    expect(typeFromJson(typeToJson(type))).toEqual(type);
  });

  it.each([
    ["strange", "invalid type description"],
    [["list"], "invalid type description"],
    [["tuple", {}], "invalid tuple type description"],
    [["object", []], "invalid object type description"],
    [["object", {}, ["a"]], 'optional attribute "a" is not declared'],
    [["object", {}, "a"], "invalid list of optional attributes"],
    [null, "invalid type description"],
    [["list", ["bag", "string"]], "invalid type description"],
  ])("refuses %j", (json, message) => {
    expect(typeFromJson(json)).toMatchObject({ kind: "value-error", message });
  });

  it("bounds nesting", () => {
    let json: unknown = "string";
    for (let depth = 0; depth < 5000; depth++) json = ["list", json];
    expect(isValueError(typeFromJson(json))).toBe(true);
  });
});

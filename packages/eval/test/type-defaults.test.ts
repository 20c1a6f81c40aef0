import {
  boolValue,
  listOf,
  markValue,
  nullValue,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  stringType,
  stringValue,
  tupleValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { applyTypeDefaults, type TypeDefaults } from "../src/index.js";

const x = stringValue("x");

describe("type defaults", () => {
  const type = objectOf({ name: stringType, port: numberType }, ["port"]);
  const port: TypeDefaults = { type, values: new Map([["port", numberValue(22)]]), children: new Map() };
  const list: TypeDefaults = { type: listOf(type), values: new Map(), children: new Map([["", port]]) };

  it("leave values alone where nothing is missing", () => {
    const complete = objectValue({ name: x, port: numberValue(1) });
    expect(applyTypeDefaults(port, complete)).toEqual(complete);
    expect(applyTypeDefaults(port, stringValue("odd"))).toEqual(stringValue("odd"));
    expect(applyTypeDefaults(port, nullValue(type))).toEqual(nullValue(type));
    expect(applyTypeDefaults(port, unknownValue(type))).toEqual(unknownValue(type));
  });

  it("keep marks, those of a null that is replaced too", () => {
    const given = markValue(
      objectValue({ name: markValue(x, "sensitive"), port: markValue(nullValue(numberType), { deprecated: "p" }) }),
      { deprecated: "o" },
    );
    expect(applyTypeDefaults(port, given)).toEqual(
      markValue(
        objectValue({ name: markValue(x, "sensitive"), port: markValue(numberValue(22), { deprecated: "p" }) }),
        { deprecated: "o" },
      ),
    );
  });

  it("fill in elements", () => {
    const filled: Value = objectValue({ name: x, port: numberValue(22) });
    expect(applyTypeDefaults(list, tupleValue([objectValue({ name: x }), boolValue(true)]))).toEqual(
      tupleValue([filled, boolValue(true)]),
    );
  });
});

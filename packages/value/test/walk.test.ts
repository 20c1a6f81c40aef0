import {
  applyPath,
  attributeStep,
  containsMark,
  formatPath,
  hasMark,
  indexStep,
  listValue,
  literalInteger,
  markAtPaths,
  markValue,
  mapValue,
  numberType,
  numberValue,
  objectValue,
  rawEquals,
  replaceMarks,
  revealForPlugin,
  setValue,
  stringType,
  stringValue,
  transformValue,
  tupleValue,
  unionMarks,
  unmarkDeep,
  unmarkShallow,
  marksOf,
  noMarks,
  walkValue,
  withMarks,
  withoutMark,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";

const x = stringValue("x");
const value = objectValue({
  list: listValue(stringType, [x, stringValue("y")]),
  map: mapValue(numberType, { k: literalInteger(1) }),
});

describe("walking", () => {
  it("visits containers before their parts and can skip parts", () => {
    const seen: string[] = [];
    walkValue(value, (part, path) => {
      seen.push(formatPath(path));
      return part.type.kind !== "map";
    });
    expect(seen).toEqual(["", ".list", ".list[0]", ".list[1]", ".map"]);
  });

  it("transforms parts before their containers, keeping marks and untouched parts", () => {
    const marked = markValue(value, "sensitive");
    const result = transformValue(marked, (part) =>
      part.type.kind === "string" ? stringValue(`${String(part.representation)}!`) : part,
    );
    expect(
      rawEquals(
        result,
        markValue(
          objectValue({
            list: listValue(stringType, [stringValue("x!"), stringValue("y!")]),
            map: mapValue(numberType, { k: literalInteger(1) }),
          }),
          "sensitive",
        ),
      ),
    ).toBe(true);
    expect(transformValue(marked, (part) => part)).toBe(marked);
  });

  it("follows paths", () => {
    expect(applyPath(value, [attributeStep("list"), indexStep(numberValue(1))])).toEqual(stringValue("y"));
    expect(applyPath(value, [attributeStep("none"), indexStep(numberValue(1))])).toMatchObject({ kind: "value-error" });
  });
});

describe("marks", () => {
  const secret = markValue(x, "sensitive");
  const old = markValue(x, { deprecated: "use y" });
  const nested = markValue(tupleValue([objectValue({ a: secret }), mapValue(stringType, { k: old })]), {
    deprecated: "outer",
  });

  it("are shallow or deep, as asked", () => {
    expect(hasMark(nested, "sensitive")).toBe(false);
    expect(containsMark(nested, "sensitive")).toBe(true);
    expect(hasMark(nested, "deprecated")).toBe(true);
    expect(unmarkShallow(nested).marks).toEqual(marksOf({ deprecated: "outer" }));
    expect(containsMark(unmarkShallow(nested).value, "sensitive")).toBe(true);
  });

  it("are found with their paths and can be put back", () => {
    const { value: plain, marks, paths } = unmarkDeep(nested);
    expect(marks).toEqual({ sensitive: true, deprecated: ["outer", "use y"] });
    expect(paths.map(({ path }) => formatPath(path))).toEqual(["", "[0].a", '[1]["k"]']);
    expect(containsMark(plain, "sensitive")).toBe(false);
    expect(rawEquals(markAtPaths(plain, paths), nested)).toBe(true);
    expect(revealForPlugin(nested)).toEqual(plain);
  });

  it("move to the nearest part that still exists", () => {
    const { paths } = unmarkDeep(nested);
    const shorter = tupleValue([objectValue({ b: x })]);
    expect(markAtPaths(shorter, paths)).toEqual(
      markValue(markValue(tupleValue([markValue(objectValue({ b: x }), "sensitive")]), { deprecated: "outer" }), {
        deprecated: "use y",
      }),
    );
  });

  it("form sets with shared empty and sensitive ones", () => {
    expect(unionMarks(noMarks, marksOf("sensitive"))).toBe(marksOf("sensitive"));
    expect(unionMarks(marksOf({ deprecated: "b" }), marksOf({ deprecated: "a" }, "sensitive"))).toEqual({
      sensitive: true,
      deprecated: ["a", "b"],
    });
    expect(withoutMark(marksOf("sensitive", { deprecated: "a" }), "sensitive")).toEqual(marksOf({ deprecated: "a" }));
    expect(withoutMark(marksOf("sensitive"), "sensitive")).toBe(noMarks);
    expect(withMarks(secret, marksOf("sensitive"))).toBe(secret);
    expect(containsMark(replaceMarks(secret, noMarks), "sensitive")).toBe(false);
    expect(containsMark(replaceMarks(nested, noMarks), "sensitive")).toBe(true);
  });

  it("of a set's elements are the set's", () => {
    expect(containsMark(setValue(stringType, [secret]), "sensitive")).toBe(true);
    expect(unmarkDeep(setValue(stringType, [secret])).paths).toEqual([{ path: [], marks: marksOf("sensitive") }]);
  });
});

import { describe, expect, test } from "vitest";
import { createScope } from "@hclbuild/eval";
import { functionTable } from "@hclbuild/eval/functions";
import {
  mapValue,
  marksOf,
  numberType,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  withMarks,
} from "@hclbuild/value";
import { complete } from "../../src/console/completion.js";
import { createFunctionHost } from "../../src/host/function-host.js";
import { createProcessHost } from "../../src/host/host.js";

const secret = marksOf("sensitive");
const host = createProcessHost(() => Promise.reject(new Error("no module is loaded")));
const scope = createScope(
  {
    var: objectValue({
      greeting: stringValue("hello"),
      group: objectValue({ name: stringValue("x"), "odd key": numberValue(1) }),
      sizes: mapValue(numberType, { small: numberValue(1), large: numberValue(2) }),
      password: withMarks(objectValue({ hidden: stringValue("x") }), secret),
      list: tupleValue([numberValue(1)]),
    }),
    local: objectValue({ grown: numberValue(1) }),
  },
  functionTable(createFunctionHost(host, "/")),
);

const candidates = (line: string, before?: string) => complete(line, scope, before).candidates;

describe("completion", () => {
  test("functions, roots and words of the language", () => {
    expect(candidates("regex")).toEqual(["regex(", "regex_replace(", "regexall("]);
    expect(candidates("1 + l")).toEqual(expect.arrayContaining(["length(", "local.", "lower("]));
    expect(candidates("[nu")).toEqual(["null"]);
    expect(candidates("1 + var")).toEqual(["var."]);
  });
  test("names in a root, whatever their marks", () => {
    expect(complete("upper(var.g", scope)).toEqual({ candidates: ["var.greeting", "var.group"], fragment: "var.g" });
    expect(candidates("var.pass")).toEqual(["var.password"]);
    expect(candidates("local.")).toEqual(["local.grown"]);
  });
  test("attributes and keys that can be written with a dot", () => {
    expect(candidates("var.group.")).toEqual(["var.group.name"]);
    expect(candidates("var.sizes.")).toEqual(["var.sizes.large", "var.sizes.small"]);
    expect(candidates("var.list.")).toEqual([]);
    expect(candidates("var.greeting.")).toEqual([]);
  });
  test("nothing of a sensitive value", () => expect(candidates("var.password.")).toEqual([]));
  test("nothing of what is not there", () => {
    expect(candidates("var.none.")).toEqual([]);
    expect(candidates("other.")).toEqual([]);
    expect(candidates("zzz")).toEqual([]);
    expect(candidates("")).toEqual([]);
    expect(candidates("1 + ")).toEqual([]);
  });
  test("commands where nothing else is typed", () => {
    expect(candidates("exi")).toEqual(["exit"]);
    expect(candidates("  hel")).toEqual(["help"]);
    expect(candidates("1 + exi")).toEqual([]);
    expect(candidates("exi", "[\n")).toEqual([]);
  });
  test("expressions in quoted text, and not the text", () => {
    expect(candidates('"upp')).toEqual([]);
    expect(candidates('"a ${upp')).toEqual(["upper("]);
    expect(candidates("upp", "<<EOT\n")).toEqual([]);
    expect(candidates("${upp", "<<EOT\n")).toEqual(["upper("]);
    expect(candidates("# upp")).toEqual([]);
  });
});

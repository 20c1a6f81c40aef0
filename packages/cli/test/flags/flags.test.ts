import { describe, expect, test } from "vitest";
import { parseFlags, type FlagSpec } from "../../src/flags/flags.js";

const specs: readonly FlagSpec[] = [
  { name: "color", kind: "bool", help: "" },
  { name: "write", kind: "bool", default: "true", help: "" },
  { name: "var", kind: "texts", help: "" },
  { name: "format", kind: "text", choices: ["human", "json"], default: "human", help: "" },
  { name: "parallel-builds", kind: "int", help: "" },
];

function parsed(...argv: readonly string[]) {
  const result = parseFlags(specs, argv);
  if (result.kind !== "parsed") throw new Error(JSON.stringify(result));
  return result;
}

function problem(...argv: readonly string[]) {
  const result = parseFlags(specs, argv);
  return result.kind === "problem" ? result.problem : undefined;
}

describe("the four ways to write a flag", () => {
  test.each([[["-format", "json"]], [["--format", "json"]], [["-format=json"]], [["--format=json"]]])("%j", (argv) => {
    const { flags, args } = parsed(...argv, "x");
    expect(flags.text("format")).toBe("json");
    expect(args).toEqual(["x"]);
  });
});

describe("booleans", () => {
  test("stand alone", () => expect(parsed("-color").flags.bool("color")).toBe(true));
  test("take a value only after an equals sign", () => {
    const { flags, args } = parsed("-color", "false");
    expect(flags.bool("color")).toBe(true);
    expect(args).toEqual(["false"]);
  });
  // The spellings of Go's strconv.ParseBool.
  test.each(["1", "t", "T", "TRUE", "true", "True"])("%s is true", (text) =>
    expect(parsed(`-color=${text}`).flags.bool("color")).toBe(true),
  );
  test.each(["0", "f", "F", "FALSE", "false", "False"])("%s is false", (text) =>
    expect(parsed(`-color=${text}`).flags.bool("color")).toBe(false),
  );
  test("refuse other spellings", () =>
    expect(problem("-color=yes")).toEqual({
      kind: "invalid-value",
      flag: "color",
      value: "yes",
      expected: "true or false",
    }));
  test("have a default", () => {
    expect(parsed().flags.bool("write")).toBe(true);
    expect(parsed().flags.bool("color")).toBe(false);
    expect(parsed().flags.has("write")).toBe(false);
  });
});

describe("values", () => {
  test("may hold equals signs and look like flags", () =>
    expect(parsed("-var", "a=b=c", "-var", "-x=1", "--var=d=").flags.texts("var")).toEqual(["a=b=c", "-x=1", "d="]));
  test("are missing at the end", () => expect(problem("-var")).toEqual({ kind: "missing-value", flag: "var" }));
  test("must be one of the choices", () =>
    expect(problem("-format=xml")).toEqual({
      kind: "invalid-value",
      flag: "format",
      value: "xml",
      expected: "human, json",
    }));
  test("may be integers", () => expect(parsed("-parallel-builds=-3").flags.int("parallel-builds")).toBe(-3));
  test("that are no integers are refused", () =>
    expect(problem("-parallel-builds=2.5")).toMatchObject({ kind: "invalid-value", expected: "an integer" }));
  test("of a flag given twice: the last wins", () =>
    expect(parsed("-format=json", "-format=human").flags.text("format")).toBe("human"));
});

describe("arguments", () => {
  test("may stand between flags", () => expect(parsed("a", "-color", "b").args).toEqual(["a", "b"]));
  test("follow two dashes as they are", () => expect(parsed("--", "-color", "--").args).toEqual(["-color", "--"]));
  test("may be a single dash", () => expect(parsed("-").args).toEqual(["-"]));
});

describe("words that are no flags", () => {
  test("unknown", () => expect(problem("-vars", "x")).toEqual({ kind: "unknown", flag: "vars" }));
  test.each(["---color", "-=x", "--=x"])("%s", (text) => expect(problem(text)).toEqual({ kind: "bad-syntax", text }));
  test.each(["-h", "--h", "-help", "--help"])("%s asks for help", (text) =>
    expect(problem(text)).toEqual({ kind: "help" }),
  );
});

test("asking for a flag that is not defined is a fault of ours", () => {
  expect(() => parsed().flags.text("colour")).toThrow("-colour");
});

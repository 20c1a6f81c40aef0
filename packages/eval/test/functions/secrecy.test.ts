import {
  allMarks,
  listValue,
  mapValue,
  markValue,
  numberType,
  numberValue,
  objectValue,
  stringType,
  stringValue,
  tupleValue,
  type Value,
} from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { functionNames, functionTable } from "../../src/functions/index.js";
import { run } from "../helpers.js";
import { createMemoryHost } from "./memory-host.js";
import { readVectors, vectorHostFiles } from "./vector-files.js";

const functions = functionTable(createMemoryHost({ ...vectorHostFiles, "/template/t.tpl": "${nope(a)} ${a.b}" }));

/** No message of ours has such a letter, so a single one in a diagnostic is a leak. */
const secret = "ЖФЩЮ";

const texts = [
  secret,
  `(${secret}`,
  `[${secret}`,
  `{"${secret}":1,"${secret}":2}`,
  `*${secret}`,
  `{a: !${secret} b}`,
  `${secret},${secret}\n1,2`,
  `a,b\n"${secret}`,
  `%${secret}`,
  `'${secret}`,
  `2006-01-02T15:04:05${secret}`,
  `10.0.0.0/${secret}`,
  `~${secret}/x`,
];

function secrets(): readonly Value[] {
  const text = stringValue(secret);
  const plain: readonly Value[] = [
    ...texts.map(stringValue),
    numberValue(7_341_907),
    numberValue(-7_341_907.5),
    listValue(stringType, [text, text]),
    tupleValue([text, numberValue(1), objectValue({ [secret]: tupleValue([]) })]),
    mapValue(numberType, { [secret]: numberValue(1) }),
    objectValue({ [secret]: tupleValue([text]) }),
    objectValue({ a: text, [`${secret}${secret}`]: objectValue({}) }),
  ];
  return plain.map((value) => markValue(value, "sensitive"));
}

/** Arguments with which the function is called in its vectors: one set for each number of them. */
function argumentsOf(name: string): readonly (readonly string[])[] {
  const found = new Map<number, readonly string[]>();
  for (const { expr, vars } of readVectors(name)) {
    const match =
      vars === undefined ? /^(\w+)\(([^()[\]{}"]*|"[^"]*"(?:, *[^()[\]{}",]+|, *"[^"]*")*)\)$/.exec(expr) : null;
    const args = match?.[1] === name ? (match[2] as string).match(/"[^"]*"|[^",\s]+/g) : null;
    if (args !== null && !found.has(args.length)) found.set(args.length, args);
  }
  for (const count of [1, 2, 3])
    if (!found.has(count))
      found.set(
        count,
        Array.from({ length: count }, () => '"x"'),
      );
  return [...found.values()];
}

function leaks(expr: string, value: Value): boolean {
  const said = JSON.stringify(run(expr, { functions, variables: { secret: value } }).diagnostics);
  return /[\u0400-\u04ff]|7341907|7_341_907/.test(said);
}

describe("what is said about a failed call tells nothing of a sensitive argument", () => {
  const values = secrets();
  it.each(functionNames.map((name) => [name]))("%s", (name) => {
    const leaking: string[] = [];
    for (const args of argumentsOf(name)) {
      for (const position of args.keys()) {
        const call = `${name}(${args.map((arg, index) => (index === position ? "secret" : arg)).join(", ")})`;
        for (const expr of [call, `try(${call})`]) {
          for (const value of values) if (leaks(expr, value)) leaking.push(expr);
        }
      }
    }
    expect([...new Set(leaking)]).toEqual([]);
  });

  it.each([
    "secret[secret]",
    "secret + 1",
    "-secret",
    "!secret",
    "secret < 1",
    "secret ? 1 : 2",
    "secret.a.b",
    "[for x in secret : x.y]",
    "[for k, v in secret : k.y + v.z]",
    "{ for k, v in secret : k => v.z }",
    "[for x in [secret] : [for y in x : y.z]]",
    "try([for x in secret : x.y.z], secret[*].y.z)",
    "secret.*.b.c",
    "secret[9]",
    "secret[9].a",
    "{ a = 1 }[secret]",
    "[1][secret]",
    "{ (secret) = 1 }.b",
    "{ for x in [1, 2] : secret => x }",
    "[for x in secret : x if secret]",
    "[for x in [1] : x if secret]",
    "max(secret...)",
    'templatefile("t.tpl", { a = secret })',
    'templatefile("t.tpl", secret)',
    'templatefile("none.tpl", { a = secret })',
    "convert(secret, list(number))",
    "convert(secret, map(number))",
    "convert(secret, object({ b = number }))",
    "convert({ x = secret }, map(map(number)))",
    "true ? secret : [{}]",
    '"${secret}"',
    '"%{ if secret }x%{ endif }"',
    '"%{ for x in secret }${x}%{ endfor }"',
  ])("%s", (expr) => {
    expect(values.filter((value) => leaks(expr, value)).length).toBe(0);
  });

  it("still tells the place in a template file and the path of a missing one", () => {
    const variables = { secret: markValue(stringValue(secret), "sensitive") };
    const detail = (expr: string): string | undefined => run(expr, { functions, variables }).diagnostics[0]?.detail;
    expect(detail('templatefile("t.tpl", { a = secret })')).toContain(
      'In t.tpl:1:3: There is no function named "nope".',
    );
    expect(detail('templatefile("none.tpl", { a = secret })')).toContain('"none.tpl"');
  });

  it("keeps what a template file declares sensitive", () => {
    const host = createMemoryHost({
      "/template/all.tpl": "${sensitive(name)}",
      "/template/part.tpl": "${sensitive(name)}-tail",
      "/template/list.tpl": "${[sensitive(name)]}",
      "/template/none.tpl": "${name}",
    });
    const marked = (file: string): boolean =>
      allMarks(run(`templatefile("${file}", { name = "x" })`, { functions: functionTable(host) }).value).sensitive;
    expect(["all.tpl", "part.tpl", "list.tpl", "none.tpl"].map(marked)).toEqual([true, true, true, false]);
  });
});

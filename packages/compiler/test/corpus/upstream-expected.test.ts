import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderInspectText } from "@hclbuild/compiler";
import { corpusAbsent, createMockRegistry, documentedCounts, findCorpus } from "@hclbuild/testkit";
import { coreSchemas, registry } from "../registry.js";
import { compileTemplate, errorCodes } from "./corpus-template.js";

const corpus = findCorpus(process.env);

interface Row {
  readonly path: string;
  readonly command: string;
  readonly expected: string;
  readonly fragment: string;
  readonly source: string;
}

/** Which of our codes says what upstream's message fragment says. */
const codesOfFragments: readonly (readonly [RegExp, RegExp])[] = [
  [/Missing build block/, /^config\/missing-build$/],
  [/Unknown source/, /^config\/unknown-source$/],
  [/Unsupported block type|Unsupported argument/, /^schema\/unsupported-(?:block|attribute)$/],
  [/Undefined -var variable/, /^variable\/undeclared-flag$/],
  [/Unset variable/, /^variable\/unset$/],
  [/[Cc]yclic|circular|self referencing/, /^ref\/cycle$/],
];

/** Rows where we decide otherwise on purpose, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  "command/test-fixtures/hcl-only-except build -parallel-builds=1 -only=chocolate":
    "nothing is selected, which is a warning here and an error of the build command",
  "command/test-fixtures/hcl/local-ds-validate.pkr.hcl validate":
    "Packer replaces unknown data by texts and then finds no file of that name; here unknown values stay unknown",
};

function readRows(folder: string): readonly Row[] {
  return readFileSync(join(folder, "packer/EXPECTED.tsv"), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [path, command, expected, fragment, source] = line.split("\t") as [string, string, string, string, string];
      return { path, command: command.trim(), expected, fragment, source };
    })
    .filter(({ path, command }) => {
      const [word] = command.split(/\s+/);
      const isLegacy = path.endsWith(".json") && !path.endsWith(".pkr.json");
      return ["parse+initialize", "validate", "build"].includes(word as string) && !isLegacy;
    });
}

interface Flags {
  readonly variableFiles: string[];
  readonly flags: string[];
  readonly only: string[];
  readonly except: string[];
}

interface InspectCase {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly stdout: string;
}

function readInspectCases(folder: string): readonly InspectCase[] {
  return readFileSync(join(folder, "packer/command_cases.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as InspectCase & { readonly command: string })
    .filter(({ command, args }) => command === "inspect" && !(args.at(-1) ?? "").endsWith(".json"));
}

function readFlags(command: string): Flags {
  const result: Flags = { variableFiles: [], flags: [], only: [], except: [] };
  const pattern = /(?<=\s)--?(var-file|only|except|var)[= ](\S*=\{.*\}|\S*)/g;
  for (const [, name, value] of command.matchAll(pattern)) {
    if (name === "var-file") result.variableFiles.push(value as string);
    else if (name === "var") result.flags.push(value as string);
    else if (name === "only") result.only.push(...(value as string).split(",").filter((item) => item !== ""));
    else result.except.push(...(value as string).split(",").filter((item) => item !== ""));
  }
  return result;
}

if (corpus === undefined) {
  it.skip(corpusAbsent, () => undefined);
} else {
  const mocks = createMockRegistry(coreSchemas);
  describe("Packer's own fixtures", () => {
    const rows = readRows(corpus);

    it("are counted in the documentation", () => {
      const excepted = rows.filter(({ path, command }) => `${path} ${command}` in exceptions).length;
      expect(excepted).toBe(Object.keys(exceptions).length);
      expect(documentedCounts("Packer's fixtures, by its tests (`upstream-expected`)")).toEqual([
        rows.length,
        rows.length - excepted,
        excepted,
      ]);
    });

    it.each(rows)("$path: $command → $expected", async ({ path, command, expected, fragment, source }) => {
      const isInternalTest = command.startsWith("parse+initialize");
      const usesMockData = /test-fixtures\/(?:hcl\/(?:datasource|data-source-validation)|validate\/datasource)/.test(
        path,
      );
      const { variableFiles, flags, only, except } = readFlags(command);
      const result = await compileTemplate({
        folder: join(corpus, "packer"),
        path,
        registry: isInternalTest || usesMockData ? mocks : registry,
        variableFiles,
        flags,
        options: {
          requireBuild: !isInternalTest,
          selection: { only, except },
          syntaxOnly: command.includes("-syntax-only") || source.includes("TestParser_no_init"),
        },
      });
      const codes = errorCodes(result);
      const exception = exceptions[`${path} ${command}`];
      if (exception !== undefined) {
        expect(codes.length > 0 ? "error" : "valid", exception).not.toBe(expected);
        return;
      }
      expect(codes.length > 0 ? "error" : "valid", codes.join(", ")).toBe(expected);
      const wanted = codesOfFragments.find(([pattern]) => pattern.test(fragment))?.[1];
      if (expected === "error" && wanted !== undefined) expect(codes.some((code) => wanted.test(code))).toBe(true);
    });
  });

  describe("inspect of Packer's own fixtures", () => {
    const cases = readInspectCases(corpus);

    it("are counted in the documentation", () => {
      expect(documentedCounts("the text of `inspect` for them (`upstream-expected`)")).toEqual([
        cases.length,
        cases.length,
        0,
      ]);
    });

    it.each(cases)("$args", async ({ args, env, stdout }) => {
      const result = await compileTemplate({
        folder: join(corpus, "packer"),
        path: args.at(-1) as string,
        registry,
        flags: args.flatMap((arg) => /^-var=(.*)$/s.exec(arg)?.[1] ?? []),
        environment: Object.fromEntries(env.map((text) => text.split("=") as [string, string])),
        options: { requireBuild: false },
      });
      expect(`${renderInspectText(result)}\n`).toBe(stdout);
    });
  });
}

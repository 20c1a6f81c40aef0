import { describe, expect, it } from "vitest";
import { compile, loadProject, parsePluginSource, type LoadHost } from "@hclbuild/compiler";
import { functionTable } from "@hclbuild/eval/functions";
import {
  corpusAbsent,
  createFixtureFunctionHost,
  createMockRegistry,
  decodeVectorType,
  decodeVectorValue,
  findCorpus,
  listOfJson,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "@hclbuild/testkit";
import { isKnown, rawEquals, typeConstraintText, typesEqual, valueToHcl } from "@hclbuild/value";
import { coreSchemas, registry } from "../registry.js";
import { compileTemplate, errorCodes } from "./corpus-template.js";

const corpus = findCorpus(process.env);

/** A template in memory: file names to texts. */
function createMemoryHost(files: Readonly<Record<string, string>>): LoadHost {
  const nameOf = (path: string): string => path.slice("/template/".length);
  return {
    cwd: "/template",
    readFile: async (path) => files[nameOf(path)] ?? { kind: "failure", reason: "there is no such file" },
    kindOf: async (path) =>
      path === "/template" ? "directory" : files[nameOf(path)] === undefined ? "missing" : "file",
    listFiles: async () => Object.keys(files),
    readStandardInput: async () => "",
  };
}

function textsOf(json: VectorRow[string]): readonly string[] {
  return listOfJson(json).map((item) => textOf(item) as string);
}

const names = (row: VectorRow): string => `${textOf(row["name"]) ?? ""} ${textOf(row["path"]) ?? ""}`;

if (corpus === undefined) {
  it.skip(corpusAbsent, () => undefined);
} else {
  describe("addresses of plugins", () => {
    const rows = readVectors(corpus, "packer_plugin_source").filter((row) => textOf(row["op"]) === "parse");
    it.each(rows.map((row) => [names(row), row] as const))("%s", (_, row) => {
      const parsed = parsePluginSource(textOf(row["input"]) as string);
      expect(typeof parsed === "string" ? parsed : undefined).toBe(textOf(row["expected"]));
    });
  });

  describe("configurations", () => {
    const mocks = createMockRegistry(coreSchemas);
    // Upstream's parser lets a second registry block through and its caller refuses it; here compiling refuses it.
    const refusedLater = new Set([
      "build-block-error-multiple-hcp-declaration.pkr.hcl",
      "top-level-and-build-block.pkr.hcl",
    ]);
    it.each(readVectors(corpus, "packer_parse_config").map((row) => [names(row), row] as const))(
      "%s",
      async (_, row) => {
        const path = textOf(row["path"]) as string;
        const result = await compileTemplate({
          folder: corpus,
          path,
          registry: mocks,
          variableFiles: textsOf(row["var_files"]),
          options: { requireBuild: false, syntaxOnly: (textOf(row["source"]) ?? "").includes("TestParser_no_init") },
        });
        const codes = errorCodes(result);
        if (refusedLater.has(path.slice(path.lastIndexOf("/") + 1))) {
          expect(codes).toEqual(["config/duplicate-block"]);
          return;
        }
        expect(codes.length > 0, codes.join(", ")).toBe(row["expect_diags"] === true || row["expect_errors"] === true);
        if (codes.length > 0 || row["builds"] === undefined || result.graph === undefined) return;
        const expected = listOfJson(row["builds"]).map((item) => {
          const build = rowOf(item);
          const buildName = textOf(build["build_name"]) ?? "";
          const type = textOf(build["type"]) ?? "";
          return buildName === "" ? type : `${buildName}.${type}`;
        });
        const machines = result.graph.nodes.flatMap((node) => (node.kind === "machine" ? [node.name] : []));
        expect(machines.toSorted()).toEqual(expected.toSorted());
      },
    );
  });

  describe("values of variables", () => {
    it.each(readVectors(corpus, "packer_variable_values").map((row) => [names(row), row] as const))(
      "%s",
      async (_, row) => {
        const declarations = Object.entries(rowOf(row["variables"])).map(([name, json]) => {
          const variable = rowOf(json);
          const standard = listOfJson(variable["values"])[0];
          const value = standard === undefined ? undefined : decodeVectorValue(rowOf(standard)["value"]);
          const lines = [
            `type = ${typeConstraintText(decodeVectorType(variable["type"]))}`,
            ...(value === undefined ? [] : [`default = ${valueToHcl(value) as string}`]),
          ];
          return `variable ${JSON.stringify(name)} {\n${lines.join("\n")}\n}\n`;
        });
        const variableFiles = textsOf(row["var_files"]);
        const fileNames = variableFiles.map((_, index) => `${index}.pkrvars.hcl`);
        const host = createMemoryHost({
          "main.pkr.hcl": declarations.join("\n"),
          ...Object.fromEntries(variableFiles.map((text, index) => [fileNames[index] as string, `${text}\n`])),
        });
        const environment = Object.fromEntries(
          textsOf(row["env"])
            .filter((text) => text.includes("="))
            .map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
        );
        const flags = Object.entries(rowOf(row["argv"])).map(([name, text]) => `${name}=${textOf(text) ?? ""}`);
        const result = compile({
          project: await loadProject(host, ".", { variableFiles: fileNames }),
          registry,
          functions: functionTable(createFixtureFunctionHost("/template", {})),
          inputs: { flags, environment },
          undeclared: row["warn_on_undeclared"] === true ? "warn" : "ignore",
          syntaxOnly: true,
        });
        expect(errorCodes(result).length > 0).toBe(row["expect_errors"]);
        expect(result.diagnostics.length > 0).toBe(row["expect_diags"]);
        const origins = { default: "default", environment: "env", file: "varfile", flag: "cmd" } as const;
        for (const [name, json] of Object.entries(rowOf(row["expected_variables"]))) {
          const expected = listOfJson(rowOf(json)["values"]).map((item) => rowOf(item));
          const given = result.variables.get(name)?.given ?? [];
          expect(given.map(({ origin }) => origins[origin])).toEqual(expected.map((item) => textOf(item["from"])));
          for (const [index, { value }] of given.entries()) {
            const wanted = decodeVectorValue(expected[index]?.["value"]);
            expect(isKnown(value)).toBe(isKnown(wanted));
            if (isKnown(wanted)) expect(typesEqual(value.type, wanted.type) && rawEquals(value, wanted)).toBe(true);
          }
        }
      },
    );
  });

  describe("provisioner blocks", () => {
    // Packer's other format for provisioners from its registry: a list in the form of legacy JSON templates.
    const isLegacy = (row: VectorRow): boolean => names(row).startsWith("legacy json");
    const rows = readVectors(corpus, "packer_provisioner_blocks").filter((row) => !isLegacy(row));
    it.each(rows.map((row) => [names(row), row] as const))("%s", async (_, row) => {
      const input = textOf(row["input"]) as string;
      const isJson = input.trimStart().startsWith("{");
      const source =
        'source "null" "test" {\n  communicator = "none"\n}\nsource "null" "ubuntu" {\n  communicator = "none"\n}\n';
      const build = isJson
        ? { "build.pkr.json": `{"build": [{"sources": ["null.test"]}, ${input}]}` }
        : { "build.pkr.hcl": `build {\nsources = ["null.test"]\n${input}\n}\n` };
      const host = createMemoryHost({ "source.pkr.hcl": source, ...build });
      const result = compile({
        project: await loadProject(host, "."),
        registry,
        functions: functionTable(createFixtureFunctionHost("/template", {})),
      });
      // The blocks stand alone upstream, so a build of theirs without a source is our own doing.
      const codes = errorCodes(result).filter((code) => code !== "config/missing-source");
      expect(codes.length > 0, codes.join(", ")).toBe(row["expect_error"]);
      if (codes.length > 0) return;
      const types = result.builds.flatMap((plan) => plan.provisioners.map((step) => step.type));
      expect(types).toEqual(textsOf(row["expected_types"]));
      expect(types).toHaveLength(Number(JSON.stringify(row["expected_count"] ?? 0).replaceAll(/\D/g, "")));
    });
  });
}

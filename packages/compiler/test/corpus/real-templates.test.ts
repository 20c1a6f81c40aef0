import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderInspectText, type CompileResult } from "@hclbuild/compiler";
import { corpusAbsent, documentedCounts, findCorpus } from "@hclbuild/testkit";
import type { Type } from "@hclbuild/value";
import { registry } from "../registry.js";
import { compileTemplate, errorCodes } from "./corpus-template.js";

const corpus = findCorpus(process.env);

interface OracleRow {
  readonly path: string;
  readonly mode: string;
  /** Debian's Packer 1.6.6 accepts the syntax, `packer` blocks apart. */
  readonly isAccepted: boolean;
}

function readOracle(folder: string): readonly OracleRow[] {
  const [header, ...lines] = readFileSync(join(folder, "dev/ORACLE_VALIDATE_1.6.6.tsv"), "utf8").split("\n");
  const column = (header as string).split("\t").indexOf("exit_without_packer_block");
  return lines
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))
    .filter((cells) => cells[1] !== "json")
    .map((cells) => ({ path: cells[0] as string, mode: cells[1] as string, isAccepted: cells[column] === "0" }));
}

/** A value of a type, as text of a `-var` flag. */
function stubFor(type: Type, isNested = false): string {
  switch (type.kind) {
    case "string":
    case "dynamic":
      return isNested ? '"stub"' : "stub";
    case "number":
      return "1";
    case "bool":
      return "true";
    case "list":
    case "set":
      return `[${stubFor(type.element, true)}]`;
    case "map":
      return `{ a = ${stubFor(type.element, true)} }`;
    case "tuple":
      return `[${type.elements.map((element) => stubFor(element, true)).join(", ")}]`;
    case "object":
      return `{ ${Object.entries(type.attributes)
        .filter(([name]) => !type.optional.has(name))
        .map(([name, attribute]) => `${name} = ${stubFor(attribute, true)}`)
        .join(", ")} }`;
  }
}

/** Compiles with stub values for variables that have none. */
async function compileWithStubs(folder: string, path: string): Promise<CompileResult> {
  const request = { folder, path, registry, options: { requireBuild: false } };
  const first = await compileTemplate(request);
  const flags = [...first.variables]
    .filter(([, variable]) => variable.given.length === 0)
    .map(([name, variable]) => `${name}=${stubFor(variable.declaration.type)}`);
  return flags.length === 0 ? first : compileTemplate({ ...request, flags });
}

/**
 * What may be wrong with a template that was torn out of its repository and compiled with stubs: plugins, files and
 * sibling definitions that are not there, a stub that does not fit, and directories of alternative templates.
 */
const circumstances: readonly RegExp[] = [
  /^config\/(?:component-unavailable|unknown-component|unknown-source|duplicate-definition|duplicate-plugin)$/,
  /^ref\/undeclared-/,
  /^variable\/(?:validation-failed|unset)$/,
];

/** Errors that are truly in the templates; Packer reports them too. */
const trueErrors: Readonly<Record<string, readonly string[]>> = {
  "hashicorp+packer-plugin-docker/builder/docker/test-fixtures": ["eval/unsuitable-value"],
  "mikamakusa+packer-os-factory": [
    "variable/error-message-form",
    "eval/inconsistent-conditional",
    "config/invalid-argument",
  ],
};

/** Errors that come from stub values and missing files, by template. */
const stubErrors: Readonly<Record<string, readonly string[]>> = {
  "actions+runner-images/images": ["eval/invalid-index"],
  "github-aws-runners+terraform-aws-github-runner/images": ["eval/invalid-argument"],
  "gusztavvargadr+packer/src": [
    "eval/call-failed",
    "eval/inconsistent-conditional",
    "eval/invalid-argument",
    "eval/invalid-index",
  ],
  "vmware-samples+packer-examples-for-vsphere/builds/linux": ["eval/invalid-argument"],
  "mikamakusa+packer-os-factory": ["eval/invalid-argument"],
};

if (corpus === undefined) {
  it.skip(corpusAbsent, () => undefined);
} else {
  const rows = readOracle(corpus);

  describe("validate -syntax-only", () => {
    // Packer 1.11 reports two definitions of a local while it parses; 1.6.6 did so later.
    const laterIn166 = new Set(["config/duplicate-definition"]);
    it("accepts everything that Debian's packer accepts", { timeout: 120_000 }, async () => {
      const refused: string[] = [];
      const accepted = rows.filter((row) => row.isAccepted);
      for (const { path } of accepted) {
        const result = await compileTemplate({ folder: corpus, path, registry, options: { syntaxOnly: true } });
        const codes = errorCodes(result).filter((code) => !laterIn166.has(code));
        if (codes.length > 0) refused.push(`${path}: ${codes.join(", ")}`);
      }
      expect(refused).toEqual([]);
      expect(documentedCounts("real templates that 1.6.6 reads, `validate -syntax-only` (`real-templates`)")).toEqual([
        accepted.length,
        accepted.length,
        0,
      ]);
    });
  });

  describe("validate", () => {
    it("gives no false error on real templates", { timeout: 120_000 }, async () => {
      const surprising: string[] = [];
      const folders = rows.filter((row) => row.mode === "dir");
      let excused = 0;
      for (const { path } of folders) {
        const known = [...Object.entries(trueErrors), ...Object.entries(stubErrors)]
          .filter(([place]) => path.startsWith(`dev/packer/${place}`))
          .flatMap(([, codes]) => codes);
        const codes = errorCodes(await compileWithStubs(corpus, path));
        if (codes.some((code) => known.includes(code))) excused += 1;
        const others = codes.filter(
          (code) => !known.includes(code) && !circumstances.some((pattern) => pattern.test(code)),
        );
        if (others.length > 0) surprising.push(`${path}: ${others.join(", ")}`);
      }
      expect(surprising).toEqual([]);
      expect(documentedCounts("real folders with made-up variables, `validate` (`real-templates`)")).toEqual([
        folders.length,
        folders.length - excused,
        excused,
      ]);
    });

    it("names each plugin that is not there exactly once", { timeout: 120_000 }, async () => {
      for (const { path } of rows.filter((row) => row.mode === "dir")) {
        const result = await compileWithStubs(corpus, path);
        const missing = result.diagnostics.filter((diagnostic) => diagnostic.code === "config/component-unavailable");
        const sources = missing.map((diagnostic) => / comes from (\S+), /.exec(diagnostic.detail ?? "")?.[1]);
        expect(new Set(sources).size, path).toBe(sources.length);
      }
    });
  });

  describe("inspect", () => {
    interface InspectRow {
      readonly path: string;
      readonly mode: string;
      readonly stdout: string;
    }
    const oracle = readFileSync(join(corpus, "dev/ORACLE_INSPECT_1.6.6.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as InspectRow)
      .filter(({ path, mode }) => mode === "dir" || /\.pkr\.(?:hcl|json)$/.test(path));

    it("prints what Debian's packer prints", { timeout: 120_000 }, async () => {
      const different: string[] = [];
      let excused = 0;
      for (const { path, mode, stdout } of oracle) {
        if (inspectedOtherwise.some(([prefix]) => path.startsWith(`dev/packer/${prefix}`))) {
          excused += 1;
          continue;
        }
        const place =
          mode === "dir"
            ? { folder: join(corpus, path), path: "." }
            : { folder: join(corpus, dirname(path)), path: basename(path) };
        const result = await compileTemplate({ ...place, registry, options: { requireBuild: false } });
        const [ours, theirs] = [readInspectText(renderInspectText(result)), readInspectText(stdout)];
        // Packer leaves out a build in which it cannot find a plugin; here it is shown.
        const builds = ours.builds.filter((build) => theirs.builds.includes(build));
        if (ours.values !== theirs.values || builds.join("") !== theirs.builds.join("")) different.push(path);
      }
      expect(different).toEqual([]);
      expect(documentedCounts("the text of `inspect` where 1.6.6 gives one (`real-templates`)")).toEqual([
        oracle.length,
        oracle.length - excused,
        excused,
      ]);
    });
  });
}

/** Where the text differs on purpose. */
const inspectedOtherwise: readonly (readonly [string, string])[] = [
  [
    "EnsoIT+packer-windows-proxmox",
    "Packer asks Vault during inspect, fails, and leaves the locals out; here they are unknown",
  ],
  [
    "vmware-samples+packer-examples-for-vsphere/tests/",
    "Packer 1.6.6 lacks the function templatefile, so its locals are missing",
  ],
];

interface InspectText {
  readonly values: string;
  readonly builds: readonly string[];
}

/** Splits the text into the values and the builds. Times of day become one word, whatever their format. */
function readInspectText(text: string): InspectText {
  const [values, builds] = text.split("> builds:\n") as [string, string];
  return {
    values: values.replaceAll(/\b(?:\d{14}|\d{6}-\d{6})\b/g, "TIME"),
    builds: builds
      .split(/\n(?= {2}> (?!Description))/)
      .map((build) => build.trim())
      .filter((build) => build !== ""),
  };
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../run-tool.js";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8")) as Manifest;
}

const packages = readdirSync(join(repositoryRoot, "packages")).map((name) => `packages/${name}`);

/** The packages that may depend on a library at run time. Component packages may bring libraries of their own. */
const owners: Readonly<Record<string, readonly string[]>> = {
  chevrotain: ["@hclbuild/syntax", "@hclbuild/go-template"],
  ajv: ["@hclbuild/schema"],
  "ajv-formats": ["@hclbuild/schema"],
  yaml: ["@hclbuild/eval"],
  re2js: ["@hclbuild/eval"],
  bcryptjs: ["@hclbuild/eval"],
  "@msgpack/msgpack": ["@hclbuild/value"],
};

describe.each(packages)("%s", (folder) => {
  const manifest = readManifest(folder);
  test("pins exact versions", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
  test("needs no test helpers at run time", () => {
    expect(Object.keys(manifest.dependencies ?? {})).not.toContain("@hclbuild/testkit");
  });
  test("depends only on libraries that it may wrap", () => {
    const isComponent = /\/(builder-|communicator-|components$|cli$)/.test(folder);
    const libraries = Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith("@hclbuild/"));
    const refused = libraries.filter((name) => !(owners[name]?.includes(manifest.name) ?? isComponent));
    expect(refused).toEqual([]);
  });
});

test("the command line interface imports the executor and component packages only on demand", () => {
  const folder = join(repositoryRoot, "packages/cli/src");
  const eager =
    /^import (?!type ).* from "@hclbuild\/(executor|builder-[a-z-]+|communicator-[a-z-]+|components|language-server)"/m;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.filter((name) => eager.test(readFileSync(join(folder, name), "utf8")))).toEqual([]);
});

test("the lock file holds no addresses", () => {
  expect(readFileSync(join(repositoryRoot, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "https?:/);
});

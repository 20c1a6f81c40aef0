import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repositoryRoot } from "../run-tool.js";

const packagesFolder = join(repositoryRoot, "packages");
const packages = readdirSync(packagesFolder).filter((name) => !["cli", "testkit"].includes(name));

/** Names that a package's `index.ts` lists, with the modules they come from. */
function publicNames(name: string): ReadonlyMap<string, ReadonlySet<string>> {
  const index = readFileSync(join(packagesFolder, name, "src/index.ts"), "utf8");
  const modules = new Map<string, Set<string>>();
  for (const [, list = "", from = ""] of index.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]+)\.js"/g)) {
    const names = list.split(",").map(
      (item) =>
        item
          .trim()
          .replace(/^type /, "")
          .split(" as ")[0] ?? "",
    );
    modules.set(from, new Set([...(modules.get(from) ?? []), ...names.filter((item) => item !== "")]));
  }
  return modules;
}

/** Public names of a module that are declared without a comment before them. */
function undocumented(path: string, names: ReadonlySet<string>): readonly string[] {
  const text = readFileSync(path, "utf8");
  const declaration =
    /(\*\/\n)?^export (?:abstract |async |declare )*(?:const|function\*?|class|interface|type) (\w+)/gm;
  const missing = new Set<string>();
  const documented = new Set<string>();
  for (const [, comment, name = ""] of text.matchAll(declaration)) {
    // The comment of an overloaded function stands before its first signature.
    if (comment !== undefined) documented.add(name);
    else if (names.has(name)) missing.add(name);
  }
  return [...missing].filter((name) => !documented.has(name));
}

describe.each(packages)("%s", (name) => {
  test("says what each public name guarantees", () => {
    const missing = [...publicNames(name)].flatMap(([module, names]) =>
      undocumented(join(packagesFolder, name, "src", `${module}.ts`), names).map((item) => `${module}: ${item}`),
    );
    expect(missing).toEqual([]);
  });
  test("has a README of at most 60 lines", () => {
    expect(readFileSync(join(packagesFolder, name, "README.md"), "utf8").split("\n").length).toBeLessThanOrEqual(61);
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { repositoryRoot } from "../run-tool.js";

const documents = [
  ...readdirSync(repositoryRoot).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(repositoryRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("reference"))
    .map((name) => `docs/${name}`),
].toSorted((a, b) => (a < b ? -1 : 1));

describe.each(documents)("%s", (document) => {
  const text = readFileSync(join(repositoryRoot, document), "utf8");

  test("links to files that exist", () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
    const missing = targets.filter((target) => !existsSync(join(repositoryRoot, dirname(document), target)));
    expect(missing).toEqual([]);
  });

  const templates = [...text.matchAll(/^```hcl\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  if (templates.length === 0) return;
  test("shows templates that are valid", () => {
    for (const template of templates) {
      const { code, stdout } = hclbuild(["validate", "."], { cwd: makeFolder({ "a.pkr.hcl": template }) });
      expect(code, stdout).toBe(0);
    }
  });
});

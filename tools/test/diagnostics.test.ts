import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { expect, test } from "vitest";
import { readCatalogs } from "../gen-diagnostics.js";
import { repositoryRoot } from "../run-tool.js";

const code = /(?<![\w./-])[a-z][a-z-]*\/[a-z0-9-]+(?![\w/-])/g;
const titled = new Set(["describe", "it", "test"]);

/** Files that name codes without asserting that something gives them. */
const lists = ["packages/compiler/test/catalogue-coverage.test.ts"];

function listFiles(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)))
    .filter((path) => ending.test(path) && !lists.includes(path));
}

/** Codes in the strings and patterns of a program; titles of tests and comments do not count. */
function codesOfProgram(path: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (typeof node !== "object" || node === null || !("type" in node)) return;
    const { type, ...parts } = node as { readonly type: string } & Readonly<Record<string, unknown>>;
    if (type === "Literal" && typeof parts["value"] === "string") texts.push(parts["value"]);
    else if (type === "Literal" && typeof parts["raw"] === "string") texts.push(parts["raw"].replaceAll("\\/", "/"));
    else if (type === "TemplateElement") texts.push((parts["value"] as { readonly cooked: string }).cooked);
    else if (type === "ImportDeclaration") return;
    else if (type === "CallExpression" && isTitled(parts["callee"])) visit((parts["arguments"] as unknown[]).slice(1));
    for (const [name, part] of Object.entries(parts)) {
      if (!(name === "arguments" && isTitled(parts["callee"]))) visit(part);
    }
  };
  visit(parseAst(readFileSync(join(repositoryRoot, path), "utf8"), { lang: "ts" }, path));
  // A table may name slugs where the test puts the family before them: `syntax/${slug}`.
  const families = texts.flatMap((text) => /^([a-z-]+)\/$/.exec(text)?.[1] ?? []);
  const slugs = texts.flatMap((text) => /^([a-z][a-z0-9-]*)(@|$)/.exec(text)?.[1] ?? []);
  return [
    ...texts.flatMap((text) => text.match(code) ?? []),
    ...families.flatMap((family) => slugs.map((slug) => `${family}/${slug}`)),
  ];
}

function isTitled(callee: unknown): boolean {
  return (
    typeof callee === "object" && callee !== null && "name" in callee && titled.has((callee as { name: string }).name)
  );
}

/** Codes that a fixture's files announce: markers in templates, and everything in what is expected of it. */
function codesOfFixture(path: string): readonly string[] {
  const text = readFileSync(join(repositoryRoot, path), "utf8");
  const parts = path.endsWith(".hcl") ? [...text.matchAll(/#!.*/g)].map(([marker]) => marker) : [text];
  return parts.flatMap((part) => part.match(code) ?? []);
}

test("each diagnostic is expected by a fixture or a test", { timeout: 120_000 }, async () => {
  const tests = listFiles("packages", /^packages\/[a-z-]+\/test\/.*\.ts$/);
  const programs = [...tests, ...listFiles("integration", /\.ts$/)];
  const expected = new Set([
    ...programs.flatMap(codesOfProgram),
    ...listFiles("fixtures", /\.(hcl|json|ndjson)$/).flatMap(codesOfFixture),
  ]);
  const codes = (await readCatalogs()).map((entry) => entry.code);
  expect(codes.length).toBeGreaterThan(300);
  expect(codes.filter((item) => !expected.has(item))).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile, inspectModel, loadProject, renderInspectText, type LoadHost } from "@hclbuild/compiler";
import { functionTable } from "@hclbuild/eval/functions";
import { createFixtureFunctionHost, listFixtures } from "@hclbuild/testkit";
import { registry } from "./registry.js";

const root = resolve(import.meta.dirname, "../../../fixtures/compile");

const texts = listFixtures(root).flatMap((name) =>
  readdirSync(join(root, name))
    .filter((file) => file.endsWith(".pkr.hcl"))
    .map((file) => readFileSync(join(root, name, file), "utf8")),
);

const piece = fc.constantFrom(
  '"',
  "{",
  "}",
  "[",
  "(",
  "${",
  "\n",
  "=",
  "local.",
  "local",
  "var.",
  "dynamic",
  "source",
  "*",
  "<<X\n",
  "%{",
);

it(
  "any damage to a template gives diagnostics with places in it, never an exception",
  { timeout: 60_000 },
  async () => {
    const damaged = fc
      .tuple(fc.constantFrom(...texts), fc.double({ min: 0, max: 1, noNaN: true }), piece, fc.nat(30), fc.boolean())
      .map(([text, where, inserted, removed, isCut]) => {
        const position = Math.floor(where * text.length);
        return isCut ? text.slice(0, position) : text.slice(0, position) + inserted + text.slice(position + removed);
      });
    await fc.assert(
      fc.asyncProperty(damaged, async (text) => {
        const host: LoadHost = {
          cwd: "/template",
          readFile: async () => text,
          kindOf: async () => "directory",
          listFiles: async () => ["main.pkr.hcl"],
          readStandardInput: async () => text,
        };
        const functions = functionTable(createFixtureFunctionHost("/template", {}));
        const result = compile({ project: await loadProject(host, "."), registry, functions });
        for (const { primary } of result.diagnostics) {
          if (primary?.file !== "main.pkr.hcl") continue;
          expect(0 <= primary.start && primary.start <= primary.end && primary.end <= text.length).toBe(true);
        }
        inspectModel(result);
        renderInspectText(result);
      }),
      { numRuns: 300 },
    );
  },
);

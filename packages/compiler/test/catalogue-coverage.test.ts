import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { configCatalog, loadCatalog, referenceCatalog, variableCatalog } from "@hclbuild/compiler";
import { schemaCatalog } from "@hclbuild/schema";
import { compileFixture, listFixtures } from "@hclbuild/testkit";
import { registry } from "./registry.js";

const root = resolve(import.meta.dirname, "../../../fixtures/compile");

it("every diagnostic of the compiler has a fixture", { timeout: 60_000 }, async () => {
  const announced = new Set<string>();
  for (const name of listFixtures(root)) {
    for (const { code } of (await compileFixture(join(root, name), registry)).expected) announced.add(code);
  }
  // Tested where components can be made up: no real component has a minimum or maximum number of blocks.
  const elsewhere = new Set(["schema/missing-block", "schema/too-many-blocks"]);
  const codes = [configCatalog, loadCatalog, referenceCatalog, variableCatalog, schemaCatalog].flatMap((catalog) =>
    Object.values(catalog).map((entry) => entry.code),
  );
  expect(codes.filter((code) => !announced.has(code) && !elsewhere.has(code))).toEqual([]);
});

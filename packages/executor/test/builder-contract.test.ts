import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  builderContract,
  coreBuilders,
  createFakePlugin,
  fakeComponent,
  phasedBuilderContract,
  type BuilderSubject,
} from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "contract-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function subject(name: string): BuilderSubject {
  // The suite brings a fake plugin for the steps; this one is renamed so that both can be there.
  const fake = createFakePlugin();
  const source = "example.test/subject/subject";
  return {
    component: fakeComponent("builder", name, source),
    config: {},
    plugins: [{ ...fake.plugin, source }],
    folder,
    alive: () => [...fake.alive].filter((resource) => resource.startsWith("machine")),
  };
}

describe("a phased builder", () => {
  for (const contract of [...builderContract, ...phasedBuilderContract]) {
    it(contract.name, () => contract.run(() => subject("fake")));
  }
});

describe("an enclosed builder", () => {
  for (const contract of builderContract) it(contract.name, () => contract.run(() => subject("fake-enclosed")));
});

describe.each([
  ["null", { communicator: "none" }],
  ["file", { target: "out.txt", content: "x" }],
])("the builder %s", (name, config) => {
  const real = (): BuilderSubject => ({
    component: fakeComponent("builder", name, "core"),
    config,
    plugins: coreBuilders,
    folder,
    alive: () => [],
    leavesNothing: true,
  });
  for (const contract of [...builderContract, ...phasedBuilderContract]) {
    it(contract.name, () => contract.run(real));
  }
});

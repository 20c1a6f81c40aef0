import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { BuildError } from "@hclbuild/sdk";
import { createTestContext, pluginContract } from "@hclbuild/sdk/testing";
import { runtime as dataSource } from "../src/data-source.js";
import { runtime as provisioner } from "../src/provisioner.js";

// Compiled to dist/test, two folders below the package's.
const folder = fileURLToPath(new URL("../../", import.meta.url));

for (const contract of pluginContract) test(contract.name, () => contract.run({ folder }));

const config = { text: "Welcome to {{ .Machine }}", path: "motd", mode: "0600", check: undefined };

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "greeting-"));
  try {
    await work(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

test("the provisioner writes the greeting and shows what the check says", () =>
  inFolder(async (path) => {
    const { context, said, close } = createTestContext({ folder: path });
    await provisioner.provision(context, { ...config, check: "cat motd" });
    await close();
    assert.equal(readFileSync(join(path, "motd"), "utf8"), "Welcome to test\n");
    assert.deepEqual(said, ["Greeting test in motd", "Welcome to test"]);
  }));

test("the provisioner fails when the check does", () =>
  inFolder(async (path) => {
    const { context } = createTestContext({ folder: path });
    await assert.rejects(
      provisioner.provision(context, { ...config, check: "exit 3" }),
      (error) => error instanceof BuildError && error.code === "greeting/check-failed",
    );
  }));

test("the data source knows its languages", () =>
  inFolder(async (path) => {
    const { context } = createTestContext({ folder: path });
    assert.deepEqual(await dataSource.read(context, { language: "de", name: "Ada" }), { text: "Guten Tag, Ada!" });
  }));

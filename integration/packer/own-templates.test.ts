import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentedCounts, listFixtures, type FixtureSettings } from "@hclbuild/testkit";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";

const fixtures = fileURLToPath(new URL("../../fixtures/compile", import.meta.url));

/** Fixtures on which Packer 1.6.6 decides otherwise, and why. */
const differing: Readonly<Record<string, string>> = {
  "build-dynamic-for-each-source": "1.16 refuses source in for_each; 1.6.6 accepts it and fails when it builds",
  "build-provisioner-cache": "cache is ours",
  "build-sources-several": "1.6.6 has no required_plugins",
  "config-missing-build": "1.16 refuses it, too",
  "config-missing-source": "1.16 refuses it, too",
  "config-plugin-accessor-renames": "1.6.6 has no required_plugins",
  "config-plugin-unavailable": "1.6.6 has no required_plugins",
  "data-dynamic-deferred-shape": "1.6.6 has no data sources",
  "data-late-locals": "1.6.6 has no data sources",
  "data-late-sources": "1.6.6 has no data sources",
  "registry-recorded": "1.6.6 has no hcp_packer_registry",
  "schema-unknown-values-pass": "1.6.6 has no data sources",
  "secrets-in-override": "1.6.6 has no env in provisioners",
  "secrets-never-in-graph": "1.6.6 has no local blocks",
  "select-pattern-deferred": "1.6.6 has no data sources",
  "variable-sources-precedence": "1.6.6 has no optional()",
};

interface Verdict {
  readonly theirs: boolean;
  readonly ours: boolean;
}

function settingsOf(name: string): FixtureSettings {
  const path = join(fixtures, name, "fixture.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as FixtureSettings) : {};
}

/** Whether each of the two accepts a fixture. Packer works on a copy, beside which it may leave a crash.log. */
function validate(name: string): Verdict {
  const { vars = [], varFiles = [], only = [], except = [], env = {}, path = "." } = settingsOf(name);
  const folder = makeFolder({});
  cpSync(join(fixtures, name), folder, { recursive: true });
  const home = makeFolder({});
  const args = [
    "validate",
    ...vars.map((text) => `-var=${text}`),
    ...varFiles.map((file) => `-var-file=${file}`),
    ...(only.length === 0 ? [] : [`-only=${only.join(",")}`]),
    ...(except.length === 0 ? [] : [`-except=${except.join(",")}`]),
    path,
  ];
  const packer = { PATH: process.env["PATH"], HOME: home, PACKER_CONFIG_DIR: home, CHECKPOINT_DISABLE: "1", ...env };
  const { status } = spawnSync("packer", args, { cwd: folder, env: packer, stdio: "ignore" });
  return { theirs: status === 0, ours: hclbuild(args, { cwd: folder, env }).code === 0 };
}

test("our own templates: Packer accepts what we accept, with known exceptions", { timeout: 600_000 }, () => {
  const names = listFixtures(fixtures).filter((name) => settingsOf(name).syntaxOnly !== true);
  const different = names.filter((name) => {
    const { theirs, ours } = validate(name);
    return theirs !== ours;
  });
  expect(different).toEqual(Object.keys(differing));
  expect(documentedCounts("our own templates, 1.6.6 (`own-templates`)")).toEqual([different.length]);
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

function planned(): string {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  const { code, stderr } = hclbuild(["graph", "-format=json", "-out", "plan.json", "."], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return folder;
}

test("build -plan runs what was looked at", () => {
  const { code, stdout } = hclbuild(["build", "-color=false", "-plan", "plan.json", "."], { cwd: planned() });
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("Build 'null.example' finished");
});

test("build -plan starts nothing when the template gives something else", () => {
  const folder = planned();
  const template = readFileSync(join(folder, "a.pkr.hcl"), "utf8");
  writeFileSync(join(folder, "a.pkr.hcl"), template.replace("echo $GREETING", "echo other $GREETING"));
  const { code, stdout } = hclbuild(["build", "-color=false", "-plan=plan.json", "."], { cwd: folder });
  expect(code).toBe(1);
  expect(stdout).toContain("[cli/plan-changed]");
  expect(stdout).toContain("build/source.null.example");
  expect(stdout).not.toContain("Running local shell script");
});

test("a plan that is missing or no plan is named", () => {
  const folder = planned();
  const missing = hclbuild(["build", "-plan=absent.json", "."], { cwd: folder });
  expect({ code: missing.code, coded: missing.stdout.includes("[cli/plan-unreadable]") }).toEqual({
    code: 1,
    coded: true,
  });
  writeFileSync(join(folder, "plan.json"), "{}");
  const broken = hclbuild(["build", "-plan=plan.json", "."], { cwd: folder });
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/\[graph\/[a-z-]+\]/);
});

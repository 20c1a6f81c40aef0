import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../run-binary.js";
import { greeting } from "../templates.js";

test("nothing to do", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  expect(hclbuild(["cleanup", "."], { cwd: folder })).toEqual({
    code: 0,
    stdout: "Nothing was left behind.\n",
    stderr: "",
  });
  expect(hclbuild(["cleanup"], { cwd: folder }).code).toBe(0);
  expect(hclbuild(["cleanup", "-dry-run", "a.pkr.hcl"], { cwd: folder }).stdout).toBe("Nothing was left behind.\n");
  // It leaves no trace of its own either.
  expect(readdirSync(folder)).toEqual(["a.pkr.hcl"]);
});

test("nothing to do where nothing can be written", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting, ".hclbuild": "in the way" });
  expect(hclbuild(["cleanup", "."], { cwd: folder, env: { HOME: join(folder, "a.pkr.hcl") } })).toEqual({
    code: 0,
    stdout: "Nothing was left behind.\n",
    stderr: "",
  });
});

test("a folder that is not there is not made", () => {
  const folder = makeFolder({});
  const { code, stdout } = hclbuild(["cleanup", "typo"], { cwd: folder });
  expect(code).toBe(1);
  expect(stdout).toContain("[load/not-found]");
  expect(readdirSync(folder)).toEqual([]);
});

test("removes the temporary files of a build that was killed", async () => {
  const temporary = makeFolder({});
  const folder = makeFolder({ "a.pkr.hcl": greeting.replace("echo $GREETING", "echo $GREETING; sleep 5") });
  const child = startHclbuild(["build", "."], { cwd: folder, env: { TMPDIR: temporary } });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    if (!stdout.includes("HELLO") && (stdout + chunk).includes("HELLO")) child.kill("SIGKILL");
    stdout += chunk;
  });
  await once(child, "exit");
  expect(readdirSync(temporary).filter((name) => name.startsWith("hclbuild-"))).toHaveLength(1);
  expect(hclbuild(["cleanup", "."], { cwd: folder, env: { TMPDIR: temporary } }).code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(join(folder, ".hclbuild"))).toContain("runs");
});

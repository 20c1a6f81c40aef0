import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "./run-binary.js";

test.each([
  ["x.xz", "xz"],
  ["x.bzip2", "bzip2"],
])("the bundle brings the library that writes %s where no program is", (output, program) => {
  const folder = makeFolder({
    "a.pkr.hcl": `
      source "file" "a" {
        content = "again and again"
        target  = "a.txt"
      }
      build {
        sources = ["source.file.a"]
        post-processor "compress" {
          output = "${output}"
        }
      }`,
  });
  const { code, stdout } = hclbuild(["build", "."], { cwd: folder, env: { PATH: "" } });
  expect(stdout).toContain(`The program ${program} is not installed`);
  expect(code).toBe(0);
  const input = readFileSync(join(folder, output));
  expect(execFileSync(program, ["-dc"], { input, encoding: "utf8" })).toBe("again and again");
});

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";

const template = `source "file" "a" {
  content = "good"
  target  = "out.txt"
}

build {
  sources = ["source.file.a"]

  post-processor "checksum" {
    checksum_types = ["md5"]
    output         = "out.{{.ChecksumType}}"
  }
}
`;

test("-skip-unchanged builds again what was edited, emptied or removed since", () => {
  const folder = makeFolder({ "a.pkr.hcl": template });
  const isUnchanged = (): boolean => {
    const { code, stdout } = hclbuild(["build", "-skip-unchanged", "."], { cwd: folder });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "out.txt"), "utf8")).toBe("good");
    return stdout.includes("Unchanged: the artifact of an earlier build still exists.");
  };
  expect(isUnchanged()).toBe(false);
  expect(isUnchanged()).toBe(true);
  writeFileSync(join(folder, "out.txt"), "evil");
  expect(isUnchanged()).toBe(false);
  expect(isUnchanged()).toBe(true);
  writeFileSync(join(folder, "out.md5"), "");
  expect(isUnchanged()).toBe(false);
  expect(isUnchanged()).toBe(true);
  rmSync(join(folder, "out.txt"));
  expect(isUnchanged()).toBe(false);
  expect(existsSync(join(folder, "out.md5"))).toBe(true);
});

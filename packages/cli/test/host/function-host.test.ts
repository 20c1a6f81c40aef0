import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";

function evaluated(input: string, cwd: string) {
  const { code, stdout } = hclbuild(["console"], { cwd, input });
  return { code, stdout };
}

const readers = ["file", "filebase64", "filemd5", "filesha256", "templatefile"];

test.each(readers)("%s reads neither devices, pipes nor folders", (name) => {
  const folder = makeFolder({});
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const call = (path: string) => `${name}("${path}"${name === "templatefile" ? ", {}" : ""})\n`;
  for (const [path, reason] of [
    ["/dev/zero", "it is a device"],
    ["pipe", "it is a named pipe"],
    [".", "it is a folder"],
  ] as const) {
    const { code, stdout } = evaluated(call(path), folder);
    expect(code).toBe(1);
    expect(stdout).toContain(`The file "${path}" cannot be read: ${reason}`);
  }
});

test("files of at most 64 MiB are read", () => {
  const folder = makeFolder({});
  const path = join(folder, "large");
  writeFileSync(path, "");
  truncateSync(path, 64 * 1024 * 1024);
  // md5sum of as many zero bytes.
  const digest = "7f614da9329cd3aebf59b91aadc30bf0";
  expect(evaluated('filemd5("large")\n', folder)).toEqual({ code: 0, stdout: `${digest}\n` });
  truncateSync(path, 64 * 1024 * 1024 + 1);
  const { code, stdout } = evaluated('filemd5("large")\n', folder);
  expect(code).toBe(1);
  expect(stdout).toContain('The file "large" cannot be read: it is larger than 64 MiB');
});

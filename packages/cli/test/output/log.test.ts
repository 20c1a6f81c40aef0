import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";

const template = `variable "token" {
  sensitive = true
}

variable "word" {
  default = "none"
}

source "null" "a" {
  communicator = "none"
}

build {
  sources = ["source.null.a"]

  provisioner "shell-local" {
    inline = ["echo the word is \${var.word}, the token \${var.token}"]
  }
}
`;

const secret = "hunter2-hunter2";

function build(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const folder = makeFolder({
    "a.pkr.hcl": template,
    "b.auto.pkrvars.hcl": 'word = "from the file"\n',
    "old.txt": "old",
  });
  chmodSync(join(folder, "old.txt"), 0o644);
  const flags = ["build", "-var", `token=${secret}`, `-var=token=${secret}`, ...args, "."];
  const result = hclbuild(flags, { cwd: folder, env: { PKR_VAR_word: "from the environment", ...env } });
  const file = join(folder, env["PACKER_LOG_PATH"] ?? "log.txt");
  return { ...result, folder, file, log: existsSync(file) ? readFileSync(file, "utf8") : "" };
}

/** What is told apart from times, ids and folders. */
const expected = [
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d hclbuild \d+\.\d+\.\d+, compatible with Packer 1\.16\.0, on node v/,
  /command line: \["build","-var","token=…","-var=token=…",/,
  /template file: a\.pkr\.hcl \(native, \d+ characters\)/,
  /variable file: b\.auto\.pkrvars\.hcl \(automatic\): word\n/,
  /variables from the environment: PKR_VAR_word\n/,
  /variables from flags: token, token\n/,
  /compiled to a graph of 1 nodes and 1 steps with 0 errors and 0 warnings\n/,
  /selected builds: null\.a\n/,
  /build\/source\.null\.a: connect begins\n/,
  /build\/source\.null\.a\/provisioner\.0: step begins: provisioner shell-local\n/,
  /build\/source\.null\.a\/provisioner\.0: step succeeded after /,
  /run: run succeeded after /,
  /ends with exit code 0\n$/,
];

describe("the developer's log", () => {
  test("goes to the file of PACKER_LOG_PATH, readable by its owner only, with the output and without secrets", () => {
    const { code, stderr, log, file } = build({ PACKER_LOG_PATH: "log.txt" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of expected) expect(log).toMatch(line);
    expect(log).toContain("ui: null.a: the word is from the file, the token <sensitive>\n");
    expect(log).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("closes a file to others that was there before, and begins it anew", () => {
    const { code, log, file } = build({ PACKER_LOG_PATH: "old.txt" });
    expect([code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
    expect(log).not.toMatch(/^old/m);
    for (const line of expected) expect(log).toMatch(line);
  });

  test("may go to a device", () => {
    const { code, stderr } = build({ PACKER_LOG_PATH: "/dev/null" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("goes to standard error with PACKER_LOG=1, without what standard output shows", () => {
    const { code, stdout, stderr } = build({ PACKER_LOG: "1" });
    expect(code).toBe(0);
    for (const line of expected) expect(stderr).toMatch(line);
    expect(stderr).not.toContain("ui: ");
    expect(stderr).not.toContain(secret);
    expect(stdout).toContain("the token <sensitive>\n");
  });

  test("has the diagnostics of a build that fails", () => {
    const { code, log } = build({ PACKER_LOG_PATH: "log.txt" }, ["-only=nothing"]);
    expect(code).toBe(1);
    expect(log).toMatch(/run: error \[cli\/no-builds\] /);
    expect(log).toMatch(/ends with exit code 1\n$/);
  });

  test.each([{}, { PACKER_LOG: "0" }, { PACKER_LOG: "" }])("is not written without being asked for: %j", (env) => {
    const { code, stderr, log } = build(env);
    expect({ code, stderr, log }).toEqual({ code: 0, stderr: "", log: "" });
  });

  test("that cannot be opened stops the command", () => {
    const { code, stdout, stderr } = build({ PACKER_LOG_PATH: "/dev/null/log.txt" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("[cli/unwritable-file]");
    expect(stderr).toContain("The system says: a part of the path is not a folder.");
  });
});

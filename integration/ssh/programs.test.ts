import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder, runBuild, sshBuild, type FinishedBuild } from "../faults/run-build.js";
import { startSshServer, type SshServer } from "./server.js";

/** Programs that every machine has. */
const basics = ["sh", "chmod", "rm", "mkdir", "cat", "find", "sort"];

/** A machine that has the basic programs and those named, each as `NAME` or `NAME=PATH`. */
async function startWith(...programs: readonly string[]): Promise<SshServer> {
  const bin = join(makeFolder({}), "bin");
  mkdirSync(bin);
  for (const program of [...basics, ...programs]) {
    const [name = "", path = execFileSync("which", [name], { encoding: "utf8" }).trim()] = program.split("=");
    symlinkSync(path, join(bin, name));
  }
  const server = await startSshServer({ path: bin });
  onTestFinished(() => server.stop());
  return server;
}

/** Copies a folder and a file up and the file down again. */
async function copyBothWays(
  server: SshServer,
  options = "",
): Promise<{ readonly build: FinishedBuild; readonly remote: string }> {
  const remote = makeFolder({});
  const steps = `
provisioner "file" {
  source      = "tree"
  destination = "${remote}"
}
provisioner "file" {
  source      = "one"
  destination = "${remote}/one"
}
provisioner "file" {
  direction   = "download"
  source      = "${remote}/one"
  destination = "back"
}
provisioner "shell" {
  inline = ["for name in scp tar; do command -v $name || true; done; cd ${remote}/tree; find . | sort"]
}
`;
  const build = await runBuild({
    files: {
      "x.pkr.hcl": sshBuild(server, steps, options),
      "tree/run.sh": "#!/bin/sh\n",
      "tree/deep/er/a file's": "content\n",
      "tree/deep/empty": "",
      one: "x".repeat(100_000),
    },
    before(folder) {
      chmodSync(join(folder, "tree/run.sh"), 0o755);
      chmodSync(join(folder, "tree/deep/empty"), 0o640);
    },
  });
  return { build, remote };
}

const tree = [".", "./deep", "./deep/empty", "./deep/er", "./deep/er/a file's", "./run.sh"];

function expectCopied(
  { build, remote }: { readonly build: FinishedBuild; readonly remote: string },
  programs: readonly RegExp[],
): void {
  expect({ code: build.code, errors: build.errors, lines: build.lines }).toEqual({
    code: 0,
    errors: [],
    lines: [...programs.map((program) => expect.stringMatching(program)), ...tree],
  });
  expect(readFileSync(join(remote, "tree/deep/er/a file's"), "utf8")).toBe("content\n");
  expect(statSync(join(remote, "tree/run.sh")).mode & 0o777).toBe(0o755);
  expect(statSync(join(remote, "tree/deep/empty")).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(build.folder, "back"), "utf8")).toBe("x".repeat(100_000));
}

describe("files are copied where the machine has", () => {
  it("scp and tar", async () => {
    expectCopied(await copyBothWays(await startWith("scp", "tar")), [/scp$/, /tar$/]);
  });

  it("scp and busybox's tar, which knows fewer options", async () => {
    expectCopied(await copyBothWays(await startWith("scp", "tar=/usr/bin/busybox")), [/scp$/, /tar$/]);
  });

  it("scp and no tar", async () => {
    expectCopied(await copyBothWays(await startWith("scp")), [/scp$/]);
  });

  it("neither, by sftp", async () => {
    expectCopied(await copyBothWays(await startWith(), `ssh_file_transfer_method = "sftp"`), []);
  });
});

it("without scp the failure says how to go on", async () => {
  const { build } = await copyBothWays(await startWith("tar"));
  expect({ code: build.code, errors: build.errors }).toEqual({ code: 1, errors: ["file/upload-failed"] });
  expect(JSON.stringify(build.events)).toContain(String.raw`set \"ssh_file_transfer_method\" to \"sftp\"`);
});

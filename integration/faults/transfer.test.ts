import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startSshServer, type SshServer } from "../ssh/server.js";
import { cleanUpAfter, remainingProcesses } from "./kill-at-event.js";
import { makeFolder, runBuild, sshBuild, type BuildRequest, type FinishedBuild } from "./run-build.js";

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

/** Failed as documented: exit code 1, one coded error, nothing left running or lying around. */
function expectFailure(build: FinishedBuild, code: string): void {
  const { outcome, errors, stderr } = build;
  expect({ exit: build.code, outcome, errors, stderr }).toEqual({
    exit: 1,
    outcome: "failed",
    errors: [code],
    stderr: "",
  });
  expect(remainingProcesses(build.folder)).toEqual([]);
  expect(readdirSync(join(build.folder, "tmp"))).toEqual([]);
  expect(cleanUpAfter(build.folder, {})).toEqual({ code: 0, output: "Nothing was left behind.\n" });
}

function mountSmall(path: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]);
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
}

/** Files of 64 kB in a folder `many`, until there are as many megabytes. */
function writeMany(folder: string, megabytes: number): void {
  mkdirSync(join(folder, "many"));
  const content = Buffer.alloc(64 * 1024, "x");
  for (let n = 0; n < megabytes * 16; n++) writeFileSync(join(folder, `many/file-${n}`), content);
}

function copy(source: string, destination: string, direction = "upload"): string {
  return `provisioner "file" {
  direction   = "${direction}"
  source      = "${source}"
  destination = "${destination}"
}`;
}

const methods = [["scp"], ["sftp"]] as const;

describe.each(methods)("a disk that gets full, by %s", (method) => {
  const options = `ssh_file_transfer_method = "${method}"`;

  it("on the machine, while a file is uploaded", async () => {
    const remote = makeFolder({});
    mountSmall(join(remote, "small"));
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, copy("big", `${remote}/small/big`), options), big: "" },
      before: (folder) => truncateSync(join(folder, "big"), 4_000_000),
    });
    expectFailure(build, "file/upload-failed");
  });

  it("on the machine, while a directory is uploaded", async () => {
    const remote = makeFolder({});
    mountSmall(join(remote, "small"));
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, copy("many", `${remote}/small`), options) },
      before: (folder) => writeMany(folder, 3),
    });
    expectFailure(build, "file/upload-failed");
  });

  it("here, while a directory is downloaded", async () => {
    const remote = makeFolder({});
    writeMany(remote, 3);
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, copy(`${remote}/many/`, "small/many", "download"), options) },
      before: (folder) => mountSmall(join(folder, "small")),
    });
    expectFailure(build, "file/download-failed");
    expect(JSON.stringify(build.events)).toMatch(/ENOSPC|no space left/i);
  });
});

describe.each(methods)("a server that dies, by %s", (method) => {
  const options = `ssh_file_transfer_method = "${method}"\nssh_timeout = "3s"`;

  async function dieDuring(
    step: (remote: string) => string,
    request: Pick<BuildRequest, "before"> & { readonly arrived: (folder: string, remote: string) => boolean },
  ): Promise<FinishedBuild> {
    const own = await startSshServer();
    onTestFinished(() => own.stop());
    const remote = makeFolder({ big: "" });
    truncateSync(join(remote, "big"), 3_000_000_000);
    let place = "";
    let dropped = false;
    const watch = setInterval(() => {
      if (place === "" || dropped || !request.arrived(place, remote)) return;
      dropped = true;
      own.dropConnections();
    }, 5);
    onTestFinished(() => clearInterval(watch));
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(own, step(remote), options) },
      before(folder) {
        place = folder;
        request.before?.(folder);
      },
    });
    expect(dropped).toBe(true);
    return build;
  }

  it("in the middle of a download", async () => {
    const build = await dieDuring((remote) => copy(`${remote}/big`, "back", "download"), {
      arrived: (folder) => existsSync(join(folder, "back")),
    });
    expectFailure(build, "file/download-failed");
  });

  it("in the middle of a directory", async () => {
    const build = await dieDuring((remote) => copy("many", remote), {
      before: (folder) => writeMany(folder, 200),
      arrived: (_folder, remote) => existsSync(join(remote, "many/file-100")),
    });
    expectFailure(build, "file/upload-failed");
  });
});

/** A file that nobody can read, not even root. */
const unreadable = "/proc/sys/vm/compact_memory";

describe.skipIf(!existsSync(unreadable)).each(methods)("a file that cannot be read, by %s", (method) => {
  const options = `ssh_file_transfer_method = "${method}"`;

  it("fails its upload", async () => {
    const steps = copy(unreadable, makeFolder({}));
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, steps, options) } });
    expectFailure(build, "file/upload-failed");
    expect(JSON.stringify(build.events)).toMatch(/permission denied/i);
  });

  it("fails the upload of its directory", async () => {
    const bin = makeFolder({});
    for (const name of ["sh", "scp", "mkdir", "rm"]) symlinkSync(`/usr/bin/${name}`, join(bin, name));
    // Without tar, which sends the link as it is.
    const own = await startSshServer({ path: bin });
    onTestFinished(() => own.stop());
    const steps = copy("many", makeFolder({}));
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(own, steps, options), "many/fine": "x" },
      before: (folder) => symlinkSync(unreadable, join(folder, "many/unreadable")),
    });
    expectFailure(build, "file/upload-failed");
    expect(JSON.stringify(build.events)).toMatch(/permission denied/i);
  });

  it.each([true, false])("fails the step whose script it is: binary = %s", async (binary) => {
    const steps = `provisioner "shell" {\n  script = "${unreadable}"\n  binary = ${binary}\n}`;
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, steps, options) } });
    expect({ code: build.code, outcome: build.outcome, count: build.errors.length, stderr: build.stderr }).toEqual({
      code: 1,
      outcome: "failed",
      count: 1,
      stderr: "",
    });
    expect(build.errors[0]).not.toMatch(/^internal/);
    expect(JSON.stringify(build.events)).toMatch(/permission denied/i);
  });
});

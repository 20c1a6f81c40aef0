import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { freePort, startSshServer, type SshServer } from "../ssh/server.js";
import { remainingProcesses } from "./kill-at-event.js";
import { localBuild, makeFolder, printCost, runBuild, sshBuild, type FinishedBuild } from "./run-build.js";

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ config: ["ClientAliveInterval 5"] });
});
afterAll(() => server.stop());

/** The long forms of `npm run full -- large-output`. */
const full = process.env["HCLBUILD_FULL"] === "1";
const megabytes = full ? 1000 : 50;

/** Failed as documented: exit code 1, one coded error, an end that says so, nothing left. */
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
}

function shell(body: string): string {
  return `provisioner "shell" {\n${body}\n}`;
}

/** A small file system of its own at a path, until the test ends. */
function mountSmall(path: string, size: string, mode = "rw"): void {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},${mode}`, "tmpfs", path]);
  onTestFinished(() => void execFileSync("umount", ["-l", path]));
}

describe("connecting", () => {
  it("to a port where nothing listens ends after ssh_timeout", async () => {
    const port = await freePort();
    const template = sshBuild({ ...server, port }, shell(`inline = ["true"]`), `ssh_timeout = "1s"`);
    expectFailure(await runBuild({ files: { "x.pkr.hcl": template } }), "ssh/timeout");
  });

  it("with a key that is not accepted ends after the handshake attempts", async () => {
    const folder = makeFolder({});
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "other")]);
    const options = "ssh_handshake_attempts = 2";
    const template = sshBuild(
      { port: server.port, keyFile: join(folder, "other") },
      shell(`inline = ["true"]`),
      options,
    );
    expectFailure(await runBuild({ files: { "x.pkr.hcl": template } }), "ssh/authentication-failed");
  });
});

describe("a server that dies", () => {
  it("in the middle of a command", async () => {
    const own = await startSshServer();
    onTestFinished(() => own.stop());
    const template = sshBuild(own, shell(`inline = ["echo begun; sleep 30"]`), `ssh_timeout = "3s"`);
    const build = await runBuild({
      files: { "x.pkr.hcl": template },
      onEvent: (event) => void (event.text === "begun" && own.dropConnections()),
    });
    expectFailure(build, "script/disconnected");
  });

  it("in the middle of an upload", async () => {
    const own = await startSshServer();
    onTestFinished(() => own.stop());
    const upload = `provisioner "file" {\n  source = "big.bin"\n  destination = "/dev/null"\n}`;
    let dropped = false;
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(own, upload, `ssh_timeout = "3s"`), "big.bin": "" },
      before: (folder) => truncateSync(join(folder, "big.bin"), 2_000_000_000),
      onEvent(event) {
        const { done = 0 } = event as { done?: number };
        if (event.type !== "progress" || done < 1_000_000 || dropped) return;
        dropped = true;
        own.dropConnections();
      },
    });
    expect(dropped).toBe(true);
    expectFailure(build, "file/upload-failed");
  });
});

describe("a command", () => {
  it("that hangs is ended by the timeout of its step", async () => {
    const step = shell(`timeout = "2s"\ninline = ["echo begun; sleep 60"]`);
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, step) } });
    expectFailure(build, "execute/step-timeout");
    expect(build.milliseconds).toBeLessThan(30_000);
  });

  it("that hangs is ended by -timeout, which cleans up", async () => {
    const steps = `${shell(`inline = ["echo begun; sleep 60"]`)}
error-cleanup-provisioner "shell" {
  inline = ["echo cleaned"]
}`;
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, steps) }, flags: ["-timeout=10s"] });
    const cancel = build.events.find((event) => event.type === "run.cancel");
    expect({ code: build.code, outcome: build.outcome, cancel }).toMatchObject({
      code: 1,
      outcome: "cancelled",
      cancel: { reason: "timeout" },
    });
    expect(build.lines).toContain("cleaned");
    expect(remainingProcesses(build.folder)).toEqual([]);
  });

  it.each([0, 1, 2, 126, 127, 255])("that ends with %i", async (code) => {
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, shell(`inline = ["exit ${code}"]`)) } });
    if (code === 0) expect(build.code).toBe(0);
    else expectFailure(build, "script/exit-code");
  });

  it("that a signal ends", async () => {
    const remote = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, shell(`inline = ["kill -SEGV $$"]`)) } });
    expectFailure(remote, "script/exit-code");
    const step = `provisioner "shell-local" {\n  inline = ["kill -KILL $$"]\n}`;
    expectFailure(await runBuild({ files: { "x.pkr.hcl": localBuild(step) } }), "script/exit-code");
  });

  it("whose script is not executable", async () => {
    const step = shell(`script = "x.sh"\nexecute_command = "{{.Path}}"\nskip_clean = true\nremote_path = "REMOTE"`);
    const remote = makeFolder({});
    const build = await runBuild({
      files: {
        "x.pkr.hcl": sshBuild(server, step.replace("REMOTE", join(remote, "noexec/x.sh"))),
        "x.sh": "#!/bin/sh\n",
      },
      before: () => mountSmall(join(remote, "noexec"), "1m", "noexec"),
    });
    expectFailure(build, "script/exit-code");
    expect(build.lines.join("\n")).toMatch(/permission denied/i);
  });

  it("whose script cannot be read", async () => {
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, shell(`script = "folder"`)) },
      before: (folder) => mkdirSync(join(folder, "folder")),
    });
    expect({ code: build.code, stderr: build.stderr, errors: build.errors.length }).toEqual({
      code: 1,
      stderr: "",
      errors: 1,
    });
  });
});

describe("output", () => {
  const flags = ["-log-dir=logs", "-report=report.html"];

  it.each(["local", "ssh"])(`of ${megabytes} MB is passed on in flat memory (%s)`, async (where) => {
    const script = `yes 0123456789012345678901234567890123456789012345678901234567890123456789012345678 | head -c ${megabytes}000000`;
    const kind = where === "ssh" ? "shell" : "shell-local";
    const step = `provisioner "${kind}" {\n  inline = ["${script}"]\n}`;
    const template = where === "ssh" ? sshBuild(server, step) : localBuild(step);
    let bytes = 0;
    const build = await runBuild({
      files: { "x.pkr.hcl": template },
      flags,
      dropLines: true,
      onEvent(event) {
        const { stream } = event as { stream?: string };
        if (stream === "stdout") bytes += (event.text?.length ?? 0) + 1;
      },
    });
    expect({ code: build.code, bytes }).toEqual({ code: 0, bytes: megabytes * 1_000_000 });
    expect(statSync(join(build.folder, "logs/null.x.log")).size).toBeGreaterThan(bytes);
    expect(statSync(join(build.folder, "report.html")).size).toBeLessThan(10_000_000);
    if (full) printCost(`${megabytes} MB of output, ${where}`, build);
    expect(build.peakMemory).toBeLessThan(300_000_000);
  });

  it("may be one line of 50 MB", async () => {
    const step = shell(`inline = ["head -c 50000000 /dev/zero | tr '\\\\0' x; echo; echo next"]`);
    let bytes = 0;
    let last = "";
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, step) },
      flags,
      dropLines: true,
      onEvent(event) {
        const { stream, partial } = event as { stream?: string; partial?: boolean };
        if (stream !== "stdout" || partial === true) return;
        bytes += event.text?.length ?? 0;
        last = event.text ?? "";
      },
    });
    if (full) printCost("a line of 50 MB", build);
    expect({ code: build.code, bytes, last }).toEqual({ code: 0, bytes: 50_000_004, last: "next" });
    expect(build.peakMemory).toBeLessThan(300_000_000);
  });

  it("may be binary", async () => {
    const step = shell(`inline = ["head -c 1000000 /dev/urandom; printf '\\\\377\\\\000\\\\033[31m\\\\n'; echo next"]`);
    const build = await runBuild({ files: { "x.pkr.hcl": sshBuild(server, step) }, flags });
    expect({ code: build.code, last: build.lines.at(-1), stderr: build.stderr }).toEqual({
      code: 0,
      last: "next",
      stderr: "",
    });
  });
});

describe("a full disk", () => {
  it("on the machine", async () => {
    const remote = makeFolder({});
    mountSmall(join(remote, "small"), "1m");
    const upload = `provisioner "file" {\n  source = "big.bin"\n  destination = "${remote}/small/x"\n}`;
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, upload), "big.bin": "x".repeat(4_000_000) },
    });
    expectFailure(build, "file/upload-failed");
    expect(JSON.stringify(build.events)).toMatch(/No space left on device|write: /);
  });

  it("here, while a file is downloaded", async () => {
    const source = join(makeFolder({ "big.bin": "x".repeat(4_000_000) }), "big.bin");
    const download = `provisioner "file" {\n  direction = "download"\n  source = "${source}"\n  destination = "small/x"\n}`;
    const build = await runBuild({
      files: { "x.pkr.hcl": sshBuild(server, download) },
      before: (folder) => mountSmall(join(folder, "small"), "1m"),
    });
    expectFailure(build, "file/download-failed");
    expect(JSON.stringify(build.events)).toContain("ENOSPC");
  });

  it("here, for logs and report: a warning, and the build goes on", async () => {
    const step = `provisioner "shell-local" {\n  inline = ["yes | head -c 3000000", "echo done"]\n}`;
    const build = await runBuild({
      files: { "x.pkr.hcl": localBuild(step) },
      flags: ["-log-dir=small", "-report=small/report.html"],
      before: (folder) => mountSmall(join(folder, "small"), "256k"),
    });
    expect({ code: build.code, errors: build.errors, last: build.lines.at(-1) }).toEqual({
      code: 0,
      errors: ["cli/incomplete-file"],
      last: "done",
    });
  });

  it("here, for temporary files and state", async () => {
    const step = `provisioner "shell-local" {\n  inline = ["echo fine"]\n}`;
    const fill = (path: string): void => {
      mountSmall(path, "64k");
      try {
        writeFileSync(join(path, "filler"), "x".repeat(1_000_000));
      } catch {
        // That is the point.
      }
    };
    const temporary = await runBuild({
      files: { "x.pkr.hcl": localBuild(step) },
      before: (folder) => fill(join(folder, "tmp")),
    });
    expect({ code: temporary.code, outcome: temporary.outcome, stderr: temporary.stderr }).toEqual({
      code: 1,
      outcome: "failed",
      stderr: "",
    });
    expect(temporary.errors).toHaveLength(1);
    const state = await runBuild({
      files: { "x.pkr.hcl": localBuild(step) },
      env: { HCLBUILD_STATE_DIR: "state" },
      before: (folder) => fill(join(folder, "state")),
    });
    expect({ code: state.code, outcome: state.outcome, stderr: state.stderr }).toEqual({
      code: 0,
      outcome: "succeeded",
      stderr: "",
    });
  });
});

describe("a state folder that cannot be written", () => {
  it.each([
    [
      "is named by HCLBUILD_STATE_DIR: a warning, and no state",
      { HCLBUILD_STATE_DIR: "ro/state" },
      "execute/state-unwritable",
    ],
    ["is the template's: a warning, and the user's cache", {}, "execute/state-elsewhere"],
  ])("%s", async (_name, env, code) => {
    const step = `provisioner "shell-local" {\n  inline = ["echo fine"]\n}`;
    const build = await runBuild({
      files: { "x.pkr.hcl": localBuild(step) },
      env,
      before(folder) {
        const path = join(folder, "HCLBUILD_STATE_DIR" in env ? "ro" : ".hclbuild");
        mountSmall(path, "64k");
        execFileSync("mount", ["-o", "remount,ro", path]);
        chmodSync(folder, 0o755);
      },
    });
    expect({ code: build.code, errors: build.errors, lines: build.lines }).toEqual({
      code: 0,
      errors: [code],
      lines: ["fine"],
    });
    expect(existsSync(join(build.folder, "ro/state"))).toBe(false);
  });
});

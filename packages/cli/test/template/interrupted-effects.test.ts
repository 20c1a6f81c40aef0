import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test as testAnywhere, vi } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../run-binary.js";

// Whether a program still runs is looked up in /proc.
const test = testAnywhere.skipIf(process.platform !== "linux");

const template = `
variable "before" {
  default = ""
}
data "external" "slow" {
  program = ["/bin/sh", "-c", "\${var.before} echo $$ > started.tmp; mv started.tmp started; exec sleep 600"]
}
source "null" "a" { communicator = "none" }
build {
  sources = ["source.null.a"]
  provisioner "shell-local" { inline = ["echo \${jsonencode(data.external.slow.result)}"] }
}
`;

interface Asking {
  readonly folder: string;
  /** Number of the program that is asked. */
  readonly program: number;
  send(signal: NodeJS.Signals): void;
  /** What hclbuild has written to its standard output until now. */
  output(): string;
  /** Sends a signal to hclbuild and resolves with its exit code and what it wrote to its standard output. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly stdout: string }>;
  /** Resolves with the same once it has ended by itself. */
  ended(): Promise<{ readonly code: number | null; readonly stdout: string }>;
}

/** hclbuild has ended before it came to the data source. */
class NotAsked extends Error {}

/** Waits, but no longer than the test takes. */
async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 60_000, interval: 20 });
}

/** Starts the program and waits until its data source is being read. */
async function startAsking(...args: readonly string[]): Promise<Asking> {
  const folder = makeFolder({ "a.pkr.hcl": template });
  const child = startHclbuild([...args, "."], { cwd: folder });
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  const closed = once(child, "close");
  const started = join(folder, "started");
  await until(() => existsSync(started) || child.exitCode !== null);
  if (!existsSync(started)) throw new NotAsked(`hclbuild ended before it asked: ${stdout}`);
  const program = Number(readFileSync(started, "utf8"));
  onTestFinished(() => void (isAlive(program) && process.kill(program, "SIGKILL")));
  const ended = async () => {
    await closed;
    return { code: child.exitCode, stdout };
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return await ended();
  };
  return { folder, program, send: (signal) => void child.kill(signal), output: () => stdout, end, ended };
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended may wait for somebody to ask how.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  await until(() => !isAlive(pid));
}

test("an interrupt while data sources are read is told, and ends what they have started", async () => {
  const { program, end } = await startAsking("build");
  const { code, stdout } = await end("SIGINT");
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^Cancelling build after receiving interrupt\n\n==> Wait completed after .+\nCleanly cancelled builds after being interrupted\.\n$/,
  );
  await untilGone(program);
});

test("events tell it, too", async () => {
  const { end } = await startAsking("build", "-format=ndjson");
  const { code, stdout } = await end("SIGTERM");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(code).toBe(1);
  expect(events).toMatchObject([
    { type: "node.start", node: "data.external.slow" },
    { type: "run.cancel", stage: 1, reason: "terminated" },
    { type: "node.end", outcome: "cancelled" },
    { type: "run.end", outcome: "cancelled" },
  ]);
});

test("the last event is the end, also of a run whose data sources were not waited for", async () => {
  const { output, send, ended } = await startAsking("build", "-format=ndjson", "-var=before=trap '' TERM;");
  send("SIGINT");
  await until(() => output().includes("run.cancel"));
  send("SIGINT");
  const { code, stdout } = await ended();
  expect(code).toBe(1);
  expect(stdout.trimEnd().split("\n").at(-1)).toContain('"type":"run.end","outcome":"cancelled"');
});

test("-timeout is for data sources, too", async () => {
  // On a busy machine it may take a while until anything is asked.
  const { program, ended } = await startAsking("build", "-timeout=8s").catch((error: unknown) => {
    if (!(error instanceof NotAsked)) throw error;
    return startAsking("build", "-timeout=40s");
  });
  const { code, stdout } = await ended();
  expect(code).toBe(1);
  expect(stdout).toContain("Cancelling build after receiving timeout\n");
  await untilGone(program);
});

test("cleanup ends what the data sources of a killed build have started, and such a build is no earlier run", async () => {
  const { folder, program, end } = await startAsking("build");
  expect((await end("SIGKILL")).code).toBeNull();
  expect(isAlive(program)).toBe(true);
  expect(hclbuild(["cleanup", "."], { cwd: folder })).toMatchObject({
    code: 0,
    stdout: "process-group external: removed\n",
  });
  await untilGone(program);
  const resumed = hclbuild(["build", "-resume", "."], { cwd: folder });
  expect(resumed.stdout).toContain("No earlier run of this template is known.");
});

test("an interrupt of validate -evaluate-datasources is told, and ends what they have started", async () => {
  const { program, end } = await startAsking("validate", "-evaluate-datasources");
  const { code, stdout } = await end("SIGINT");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Error: The check was interrupted\. \[cli\/check-interrupted\]\n/);
  await untilGone(program);
});

test("a second interrupt of validate -evaluate-datasources does not wait for them", async () => {
  const stubborn = "-var=before=trap 'touch told' TERM; echo $$ > started; while :; do sleep 1; done;";
  const isLeft = async (): Promise<boolean> => {
    const { folder, program, send, output, ended } = await startAsking("validate", "-evaluate-datasources", stubborn);
    send("SIGINT");
    await until(() => existsSync(join(folder, "told")));
    send("SIGINT");
    await until(() => output().includes("[cli/check-interrupted]"));
    const isRunning = isAlive(program);
    expect((await ended()).code).toBe(1);
    return isRunning;
  };
  // It is killed some seconds after the first one, which a busy machine may take to send the second.
  expect((await isLeft()) || (await isLeft())).toBe(true);
});

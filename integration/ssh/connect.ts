import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { onTestFinished } from "vitest";
import { createClock, createRandom, Scope, type Communicator, type RunContext } from "@hclbuild/sdk";
import { runtime } from "@hclbuild/communicator-ssh/run";
import type { SshConfig } from "@hclbuild/communicator-ssh/run";

/** Defaults of the schema for the options that a test does not set. */
const defaults = {
  communicator: "ssh",
  ssh_port: 22,
  ssh_agent_auth: false,
  ssh_disable_agent_forwarding: false,
  ssh_pty: false,
  ssh_file_transfer_method: "scp",
  ssh_keep_alive_interval: "5s",
  ssh_read_write_timeout: "0s",
  ssh_clear_authorized_keys: false,
  ssh_bastion_port: 22,
  ssh_bastion_agent_auth: false,
  ssh_bastion_interactive: false,
  ssh_proxy_port: 1080,
  ssh_proxy_type: "socks5",
  winrm_timeout: "30m",
  winrm_use_ssl: false,
  winrm_insecure: false,
  winrm_no_proxy: false,
};

/** What a test sees of a build: what was said, and the scope to close. */
export interface TestRun {
  readonly context: RunContext;
  readonly said: string[];
}

export function testRun(
  signal: AbortSignal = new AbortController().signal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): TestRun {
  const said: string[] = [];
  let workDir: string | undefined;
  const context = {
    signal,
    scope: new Scope(),
    ui: { say: (text: string) => said.push(text), error: (text: string) => said.push(`error: ${text}`) },
    log: { debug: () => undefined },
    clock: createClock({ now: () => Date.now(), monotonic: () => performance.now() }),
    random: createRandom((length) => randomBytes(length)),
    host: {
      platform: process.platform,
      hostname: hostname(),
      pid: process.pid,
      processStartTime: 0,
      env,
      cwd: process.cwd(),
      homeDirectory: process.env["HOME"] ?? "/root",
      temporaryDirectory: tmpdir(),
      cacheDirectory: tmpdir(),
    },
    get workDir() {
      workDir ??= makeWorkDir();
      return workDir;
    },
  } as unknown as RunContext;
  return { context, said };
}

function makeWorkDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-ssh-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function connectTo(run: TestRun, config: Partial<SshConfig>): Promise<Communicator> {
  return await runtime.connect(run.context, { communicator: "ssh", host: "127.0.0.1" }, {
    ...defaults,
    ssh_host: "127.0.0.1",
    ssh_username: "root",
    ssh_timeout: "20s",
    ...config,
  } as SshConfig);
}

/** Connects, does the work, and closes the connection. */
export async function connected<T>(
  config: Partial<SshConfig>,
  work: (communicator: Communicator, run: TestRun) => Promise<T>,
): Promise<T> {
  const run = testRun();
  const communicator = await connectTo(run, config);
  try {
    return await work(communicator, run);
  } finally {
    await communicator[Symbol.asyncDispose]();
  }
}

export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** Called when the command has written something. */
  readonly onOutput?: () => void;
}

/** Runs a command and returns its end and output. */
export async function runOn(
  communicator: Communicator,
  command: string,
  { signal = new AbortController().signal, onOutput }: CommandOptions = {},
): Promise<{ readonly end: unknown; readonly stdout: string; readonly stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = { stdout: "", stderr: "" };
  stdout.on("data", (chunk: Buffer) => {
    texts.stdout += chunk.toString();
    onOutput?.();
  });
  stderr.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const running = await communicator.start({ command, stdout, stderr }, signal);
  const end = await running.done;
  await Promise.all([finished(stdout), finished(stderr)]);
  return { end, ...texts };
}

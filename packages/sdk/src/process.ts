import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { buildError } from "./errors.js";
import { runCatalog } from "./catalog.js";
import type { Completion, Running } from "./communicator.js";
import { sleep } from "./wait.js";
import type { Clock } from "./host.js";
import type { LedgerEntry } from "./ledger.js";
import { announceProcessGroup, processGroupId, runVariable, type ProcessRecord } from "./process-group.js";

/** A program to run on this machine. */
export interface ProcessRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  readonly clock: Clock;
  /** Time between asking the process group to stop and killing it. Defaults to 5 s. */
  readonly graceMs?: number;
  /** Lets `cleanup` end the process group if this process is killed. */
  readonly record?: ProcessRecord;
}

/**
 * Starts a program in a process group of its own. When the signal aborts, the whole group is told to stop (SIGTERM) and
 * is killed after the grace time, so that a script's children do not outlive it; `done` then rejects with the reason.
 * @throws BuildError `run/command-not-started`
 */
export async function startProcess(request: ProcessRequest, signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const { record } = request;
  const entry = record === undefined ? undefined : await announceProcessGroup(record);
  const child = spawn(request.program, [...request.args], {
    cwd: request.cwd,
    env: { ...request.env, ...(record === undefined ? {} : { [runVariable]: record.runId }) },
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // Before anything is awaited: this process may be killed at any time.
  const written = child.pid === undefined ? undefined : entry?.created(processGroupId(child.pid));
  try {
    await started(child);
    await written;
  } catch (error) {
    await entry?.released();
    throw error;
  }
  return { done: recordedUntilEnd(completionOf(child, request, signal), entry) };
}

async function recordedUntilEnd(done: Promise<Completion>, entry: LedgerEntry | undefined): Promise<Completion> {
  try {
    return await done;
  } finally {
    await entry?.released();
  }
}

async function started(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      reject(buildError(runCatalog["command-not-started"], { reason: error.message }, { cause: error }));
    });
  });
}

async function completionOf(child: ChildProcess, request: ProcessRequest, signal: AbortSignal): Promise<Completion> {
  const exited = new Promise<Completion>((resolve) => {
    child.once("exit", (code, name) => {
      resolve(code === null ? { kind: "signal", name: name ?? "SIGKILL" } : { kind: "exit", code });
    });
  });
  const stop = (): void => void stopGroup(child, request, exited);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  if (request.stdin !== undefined && child.stdin !== null) {
    // A program may end without reading its input, which is not an error.
    pipeline(request.stdin, child.stdin).catch(() => undefined);
  }
  try {
    const written = Promise.all([forward(child.stdout, request.stdout), forward(child.stderr, request.stderr)]);
    const completion = await exited;
    if (signal.aborted) {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    await written;
    signal.throwIfAborted();
    return completion;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function forward(from: Readable | null, to: Writable | undefined): Promise<void> {
  if (from === null) return;
  if (to === undefined) {
    from.resume();
    await finished(from, { writable: false }).catch(() => undefined);
    return;
  }
  await pipeline(from, to).catch(() => {
    if (!to.writableEnded) to.end();
    from.resume();
  });
}

async function stopGroup(child: ChildProcess, request: ProcessRequest, exited: Promise<unknown>): Promise<void> {
  const giveUp = new AbortController();
  void exited.then(() => giveUp.abort());
  signalGroup(child, "SIGTERM");
  try {
    await sleep(request.clock, request.graceMs ?? 5000, giveUp.signal);
  } catch {
    // It ended in time; what is left of its group is still killed below.
  }
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    child.kill(name);
  }
}

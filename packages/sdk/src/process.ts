import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { buildError, systemErrorCode } from "./errors.js";
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
 * When the group cannot be written down in the ledger, it is killed, and the ledger's failure is thrown.
 * @throws BuildError `run/command-not-started`
 */
export async function startProcess(request: ProcessRequest, signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const { record } = request;
  const entry = record === undefined ? undefined : await announceProcessGroup(record);
  const running = await releasedOnFailure(startRecorded(request, entry), entry);
  return { done: recordedUntilEnd(completionOf(running, request, signal), entry) };
}

/** A program that runs. */
interface StartedProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Completion>;
}

async function startRecorded(request: ProcessRequest, entry: LedgerEntry | undefined): Promise<StartedProcess> {
  const child = spawnGroup(request);
  const exited = exitOf(child);
  try {
    // Before anything is awaited: this process may be killed at any time.
    const written = child.pid === undefined ? undefined : entry?.created(processGroupId(child.pid));
    await Promise.all([started(child), written]);
  } catch (error) {
    await killGroup(child, exited);
    throw error;
  }
  return { child, exited };
}

function spawnGroup(request: ProcessRequest): ChildProcess {
  const { program, args, cwd, record, stdin } = request;
  const env = { ...request.env, ...(record === undefined ? {} : { [runVariable]: record.runId }) };
  const unusable = findUnusable(request);
  if (unusable !== undefined) throw buildError(runCatalog["command-not-started"], { reason: unusable });
  try {
    return spawn(program, [...args], {
      cwd,
      env,
      detached: true,
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
  } catch (error) {
    const code = systemErrorCode(error);
    // A call that Node itself refuses is a mistake of ours.
    if (code === undefined || !(error instanceof Error) || !("syscall" in error)) throw error;
    const reason = code === "E2BIG" ? "its arguments and environment variables are too long" : error.message;
    throw buildError(runCatalog["command-not-started"], { reason }, { cause: error });
  }
}

/** What no system call takes: a null character ends a text. Tells no value, which may be secret. */
function findUnusable({ program, args, env, cwd }: ProcessRequest): string | undefined {
  if (program === "") return "the name of the program is empty";
  const [variable] = Object.entries(env).find((pair) => pair.join("").includes("\0")) ?? [];
  const parts: readonly (readonly [string, boolean])[] = [
    ["the name of the program", program.includes("\0")],
    ["an argument", args.some((argument) => argument.includes("\0"))],
    ["the working directory", cwd.includes("\0")],
    [`the environment variable ${variable?.replaceAll("\0", "␀")}`, variable !== undefined],
  ];
  const [part] = parts.find(([, holdsNull]) => holdsNull) ?? [];
  return part === undefined ? undefined : `${part} holds a null character`;
}

async function started(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    // Also told of signals that could not be sent, however often.
    child.on("error", (error) => {
      reject(buildError(runCatalog["command-not-started"], { reason: error.message }, { cause: error }));
    });
  });
}

function exitOf(child: ChildProcess): Promise<Completion> {
  return new Promise((resolve) => {
    child.once("exit", (code, name) => {
      resolve(code === null ? { kind: "signal", name: name ?? "SIGKILL" } : { kind: "exit", code });
    });
  });
}

/** Ends a process that nobody will watch, and waits for its end. */
async function killGroup(child: ChildProcess, exited: Promise<Completion>): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child, "SIGKILL");
  for (const stream of child.stdio) stream?.destroy();
  await exited;
}

async function recordedUntilEnd(done: Promise<Completion>, entry: LedgerEntry | undefined): Promise<Completion> {
  const completion = await releasedOnFailure(done, entry);
  await entry?.released();
  return completion;
}

async function releasedOnFailure<Result>(work: Promise<Result>, entry: LedgerEntry | undefined): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    // What failed first is what is told.
    await entry?.released().catch(() => undefined);
    throw error;
  }
}

async function completionOf(
  { child, exited }: StartedProcess,
  request: ProcessRequest,
  signal: AbortSignal,
): Promise<Completion> {
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

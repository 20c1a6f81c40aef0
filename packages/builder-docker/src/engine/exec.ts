import type { Readable, Writable } from "node:stream";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type Docker from "dockerode";
import { demultiplex, plainOutput } from "./multiplexed-stream.js";

/** A command to run in a container. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly user?: string | undefined;
  readonly tty?: boolean | undefined;
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
}

/** How a command in a container ended. */
export type ExecEnd =
  | { readonly kind: "exit"; readonly code: number }
  /** The connection closed and the engine does not know an exit code: the container or the engine is gone. */
  | { readonly kind: "disconnected" };

/**
 * Starts a command and resolves when it runs; `done` resolves when it has ended and all of its output is written.
 * Output streams as the command writes it. Aborting closes the connection; the engine has no call that kills an exec,
 * for which there is `killMarked`.
 */
export async function startExec(
  docker: Docker,
  containerId: string,
  request: ExecRequest,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly done: Promise<ExecEnd> }> {
  const tty = request.tty ?? false;
  const exec = await docker.getContainer(containerId).exec({
    Cmd: [...request.command],
    AttachStdin: request.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
    ...(request.user ? { User: request.user } : {}),
    abortSignal: signal,
  });
  const stream = (await exec.start(
    request.stdin === undefined
      ? { Tty: tty, abortSignal: signal }
      : { hijack: true, stdin: true, Tty: tty, abortSignal: signal },
  )) as unknown as Readable & Writable;
  const abort = (): void => {
    stream.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  };
  signal.addEventListener("abort", abort, { once: true });
  const done = (async (): Promise<ExecEnd> => {
    try {
      if (request.stdin !== undefined) feed(request.stdin, stream);
      await drain(tty ? plainOutput(stream) : demultiplex(stream), request);
      signal.throwIfAborted();
      return await exitOf(exec, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isGone(error)) return { kind: "disconnected" };
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  })();
  return { id: exec.id, done };
}

function feed(stdin: Readable, stream: Writable): void {
  // The command may end without reading its input: the pipe then breaks, and its exit code says what happened.
  stream.on("error", () => stdin.unpipe(stream));
  stdin.pipe(stream);
}

async function drain(
  chunks: AsyncGenerator<{ readonly stream: "stdout" | "stderr"; readonly data: Buffer }>,
  request: ExecRequest,
): Promise<void> {
  for await (const chunk of chunks) {
    const target = chunk.stream === "stdout" ? request.stdout : request.stderr;
    if (target === undefined) continue;
    if (!target.write(chunk.data)) await once(target, "drain");
  }
}

/** Pauses between two questions for an exit code, in milliseconds: first short ones, then longer ones. */
const firstPause = 10;
const longestPause = 500;

/**
 * The stream closes a moment before the engine has recorded the exit code; on a busy machine that may take seconds, and a
 * command that closed its own output may run on for as long as it wants.
 */
async function exitOf(exec: Docker.Exec, signal: AbortSignal): Promise<ExecEnd> {
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const state = await exec.inspect({ abortSignal: signal });
    if (!state.Running)
      return state.ExitCode === null ? { kind: "disconnected" } : { kind: "exit", code: state.ExitCode };
    await setTimeout(pause, undefined, { signal });
  }
}

function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("statusCode" in error) return error.statusCode === 404 || error.statusCode === 409;
  return "code" in error || /socket hang up|premature close|aborted/i.test(error.message);
}

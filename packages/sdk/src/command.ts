import { PassThrough, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Communicator, Completion, StartRequest } from "./communicator.js";
import type { RunContext } from "./context.js";

/** The exit code by which Packer says that the connection was lost before the command ended. */
export const disconnectedExitCode = 2300218;

/** Starts a command and waits for its end and for its output to be written. */
export async function runCommand(
  communicator: Communicator,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Completion> {
  const running = await communicator.start(request, signal);
  return await running.done;
}

/** {@link runCommand} whose output appears as lines of the build, standard error in red. */
export async function runVisibly(
  context: RunContext,
  communicator: Communicator,
  request: Omit<StartRequest, "stdout" | "stderr">,
): Promise<Completion> {
  const output = context.ui.output();
  const written = Promise.all([finished(output.stdout), finished(output.stderr)]);
  written.catch(() => undefined);
  try {
    const completion = await runCommand(communicator, { ...request, ...output }, context.signal);
    return completion;
  } finally {
    if (!output.stdout.writableEnded) output.stdout.end();
    if (!output.stderr.writableEnded) output.stderr.end();
    await written.catch(() => undefined);
  }
}

/** The end of a command together with the output that it made. */
export interface CapturedCompletion {
  readonly completion: Completion;
  readonly stdout: string;
  readonly stderr: string;
}

/** Most bytes that {@link captureCommand} keeps of each stream; the rest is dropped. */
const captureLimit = 16 * 1024 * 1024;

/** {@link runCommand} that keeps the output, as UTF-8 text, up to 16 MiB of each stream. */
export async function captureCommand(
  communicator: Communicator,
  request: Omit<StartRequest, "stdout" | "stderr">,
  signal: AbortSignal,
): Promise<CapturedCompletion> {
  const stdout = collector();
  const stderr = collector();
  const completion = await runCommand(
    communicator,
    { ...request, stdout: stdout.stream, stderr: stderr.stream },
    signal,
  );
  return { completion, stdout: stdout.text(), stderr: stderr.text() };
}

/** The exit code of a completion in Packer's terms: a lost connection has its own number, a signal gives 128 + n. */
export function exitCodeOf(completion: Completion): number {
  switch (completion.kind) {
    case "exit":
      return completion.code;
    case "disconnected":
      return disconnectedExitCode;
    case "signal":
      return 128 + (signalNumbers[completion.name.replace(/^SIG/, "")] ?? 0);
  }
}

const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

function collector(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const room = captureLimit - size;
      if (room > 0) {
        const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
        chunks.push(part);
        size += part.length;
      }
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

/** A stream that swallows what is written to it. */
export function createSink(): Writable {
  return new PassThrough().resume();
}

import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { abortable, type Completion, type StartRequest } from "@hclbuild/sdk";
import type { ClientChannel, PseudoTtyOptions } from "ssh2";
import type { Session } from "./client.js";

/** Packer's terminal: 80 columns, 40 rows, no echo. */
const terminal: PseudoTtyOptions = {
  term: "xterm",
  rows: 40,
  cols: 80,
  modes: { ECHO: 0, TTY_OP_ISPEED: 14400, TTY_OP_OSPEED: 14400 },
};

/** A command that was started on the machine. */
export interface RemoteCommand {
  readonly channel: ClientChannel;
  /** It has a terminal. */
  readonly pty: boolean;
  /** How it ended; `disconnected` until the server has told it. */
  readonly ending: () => Completion;
  /** Resolves when the channel has closed and what came through it is read. */
  readonly closed: Promise<void>;
}

/** Opens a channel and starts a command in it. */
export async function openCommand(session: Session, command: string, pty: boolean): Promise<RemoteCommand> {
  return await new Promise<RemoteCommand>((resolve, reject) => {
    const done = (error: Error | undefined, channel: ClientChannel): void => {
      if (error) reject(error);
      else resolve(watchCommand(channel, pty));
    };
    if (pty) session.client.exec(command, { pty: terminal }, done);
    else session.client.exec(command, done);
  });
}

/** Must be called as soon as the channel is there: a command's end can come in the same piece as its start. */
function watchCommand(channel: ClientChannel, pty: boolean): RemoteCommand {
  let ending: Completion = { kind: "disconnected" };
  channel.once("exit", (code: number | null, name?: string) => {
    ending =
      code === null ? { kind: "signal", name: `SIG${(name ?? "KILL").replace(/^SIG/, "")}` } : { kind: "exit", code };
  });
  const closed = new Promise<void>((resolve) => channel.once("close", () => resolve()));
  // The connection's own error is what counts; a channel's only repeats it.
  channel.on("error", () => undefined);
  return { channel, pty, ending: () => ending, closed };
}

/** Connects a command's streams and waits for its end. Ends the request's output streams. */
export async function followCommand(
  { channel, pty, ending, closed }: RemoteCommand,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Completion> {
  const abort = (): void => stopCommand(channel);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    if (request.stdin !== undefined) feed(request.stdin, channel, pty);
    else if (!pty) channel.end();
    const written = [forward(channel, request.stdout), forward(channel.stderr, request.stderr)];
    // A server may keep the channel until the command has ended, which a cancelled build does not wait for.
    await abortable(closed, signal);
    await abortable(Promise.all(written), signal);
    return ending();
  } catch (error) {
    request.stdout?.end();
    request.stderr?.end();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Asks the server to kill the command, which not every server does, and closes the channel. */
export function stopCommand(channel: ClientChannel): void {
  try {
    channel.signal("KILL");
    channel.close();
  } catch {
    // The connection is gone, and the command with it.
  }
}

/**
 * A terminal is told no end of its input: commands do not see it there, and OpenSSH's server may hang up on one that
 * is about to end.
 */
function feed(stdin: Readable, channel: ClientChannel, pty: boolean): void {
  stdin.on("error", () => void (pty || channel.end()));
  stdin.pipe(channel, { end: !pty });
}

async function forward(source: Readable, target: Writable | undefined): Promise<void> {
  if (target === undefined) {
    source.resume();
    return;
  }
  // A consumer that fails must not stop the command: what it still writes is dropped.
  target.once("error", () => source.resume());
  source.pipe(target);
  await finished(source, { writable: false }).catch(() => undefined);
  if (!target.writableEnded) target.end();
  await finished(target).catch(() => undefined);
}

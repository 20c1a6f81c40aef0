import { PassThrough, type Readable, type Writable } from "node:stream";
import type { Communicator } from "@hclbuild/sdk";

/** The terminal that a person sits at. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Passes keys on as they are pressed, or stops doing so. */
  readonly setRaw?: (raw: boolean) => void;
}

/**
 * Starts the user's shell on the machine, or the one that is always there. The terminals that commands get do not echo,
 * which a person needs.
 */
const shellCommand = 'stty sane 2>/dev/null; exec "${SHELL:-/bin/sh}" -i';

/**
 * Makes what `-on-error=shell` opens: an interactive shell on the machine, connected to the terminal until it ends. The
 * terminal's streams stay open.
 */
export function createShellOpener(
  terminal: Terminal,
): (communicator: Communicator, signal: AbortSignal) => Promise<void> {
  return async (communicator, signal) => {
    const stdin = new PassThrough();
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const pty = communicator.capabilities.has("pty");
    terminal.stdin.pipe(stdin);
    stdout.pipe(terminal.stdout, { end: false });
    stderr.pipe(terminal.stderr, { end: false });
    if (pty) terminal.setRaw?.(true);
    try {
      const running = await communicator.start({ command: shellCommand, stdin, stdout, stderr, pty }, signal);
      await running.done;
    } finally {
      if (pty) terminal.setRaw?.(false);
      terminal.stdin.unpipe(stdin);
      terminal.stdin.pause();
      stdin.end();
    }
  };
}

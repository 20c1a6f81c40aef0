import type { Readable, Writable } from "node:stream";
import type { RunContext } from "./context.js";
import type { Prepare } from "./plugin.js";

/**
 * What a communicator can do beyond the interface's minimum. `kill`: a cancelled command is ended on the machine, where
 * others only stop waiting for it.
 */
export type CommunicatorCapability =
  | "sftp"
  | "pty"
  | "commands"
  | "files"
  | "reconnect"
  | "shell"
  | "kill"
  /** Uploaded files have exactly the mode that was asked for, so that nobody has to set it again. */
  | "exact-modes"
  /** Commands are run by a POSIX shell, so that one call can do several things. */
  | "posix-shell";

/** A command to start on the machine. */
export interface StartRequest {
  /** A line for the machine's shell. */
  readonly command: string;
  readonly stdin?: Readable | undefined;
  /** Receives the standard output; its backpressure is honoured. Ended by the communicator when the command ends. */
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  /** Give the command a terminal. */
  readonly pty?: boolean | undefined;
}

/** How a command ended. */
export type Completion =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly name: string }
  /** The connection was lost before the end was known. */
  | { readonly kind: "disconnected" };

/** A command that has started. */
export interface Running {
  /**
   * Settles when the command has ended and all of its output has been written. Rejects with the signal's reason when
   * the signal given to `start` aborted, after the command was told to stop as far as the protocol allows.
   */
  readonly done: Promise<Completion>;
}

/** Facts about a file to upload. */
export interface UploadOptions {
  readonly signal: AbortSignal;
  /** In bytes, when known: lets the protocol announce it and shows progress. */
  readonly size?: number | undefined;
  /** Permission bits such as 0o755; 0o644 when absent. */
  readonly mode?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly mtime?: number | undefined;
}

/** Options of a directory transfer. */
export interface DirectoryOptions {
  readonly signal: AbortSignal;
  /** Paths relative to the directory, with `/`, that are left out together with all below them. */
  readonly exclude?: readonly string[] | undefined;
}

/**
 * A connection to a machine. All methods may be used concurrently. They throw `BuildError` for what went wrong on the
 * machine and the signal's reason on cancellation. A communicator reconnects by itself for the next call after the
 * connection was lost.
 */
export interface Communicator extends AsyncDisposable {
  /** `ssh`, `docker`, `local`, `none`. */
  readonly kind: string;
  readonly capabilities: ReadonlySet<CommunicatorCapability>;
  /** Resolves when the command has started; use `runCommand` for the common case. */
  start(request: StartRequest, signal: AbortSignal): Promise<Running>;
  /** Writes a file, replacing an existing one. The folder it goes to must exist. */
  uploadFile(content: Readable, remote: string, options: UploadOptions): Promise<void>;
  /**
   * Copies what is inside the local directory into the remote one, which is created when only its parent exists; files
   * that are there already are replaced, others stay. The trailing-slash rule is applied by the caller, with
   * `directoryTarget`.
   */
  uploadDirectory(local: string, remote: string, options: DirectoryOptions): Promise<void>;
  /** Writes the content of a remote file to the stream and ends it. */
  downloadFile(remote: string, content: Writable, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Copies what is inside the remote directory into the local one, which is created when needed. */
  downloadDirectory(remote: string, local: string, options: DirectoryOptions): Promise<void>;
}

/** Where and how to connect, as the builder knows it. */
export interface ConnectTarget {
  /** Name of the communicator: `ssh`, `winrm`, `none`. */
  readonly communicator: string;
  /** Asked again before each attempt, so that an address may appear later. */
  readonly host: string | ((signal: AbortSignal) => Promise<string>);
  readonly port?: number | ((signal: AbortSignal) => Promise<number>) | undefined;
  /** Options that the builder sets over the user's, such as a generated private key. */
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
}

/** Makes communicators of one kind. */
export interface CommunicatorRuntime<C> {
  readonly prepare?: Prepare<C>;
  /** Waits until the machine can be reached, with the configured number of attempts, and connects. */
  connect(context: RunContext, target: ConnectTarget, config: C): Promise<Communicator>;
}

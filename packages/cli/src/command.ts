import type * as fs from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { Flags, FlagSpec } from "./flags/flags.js";
import type { DeveloperLog } from "./output/log.js";

/** An output stream of the process. Writes to files, pipes and terminals complete before the process ends. */
export interface OutputStream {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; `undefined` when the stream is not one. */
  readonly columns: number | undefined;
  /** Height of the terminal; `undefined` when the stream is not one. */
  readonly rows?: number | undefined;
  /** The stream below, for those who write much and wait when it is behind; absent when it never is. */
  readonly stream?: Writable;
}

/** Standard input. */
export interface InputStream {
  readonly isTerminal: boolean;
  /** Everything up to the end, as bytes; of what is longer than `atMost`, only something that is longer, too. */
  readAll(atMost?: number): Promise<Uint8Array>;
  /** Line by line without the line feeds, as bytes; may be iterated once. */
  lines(): AsyncIterable<Uint8Array>;
  /** One line, or `undefined` at the end of input or when `signal` aborts; `hidden` ones are not shown. */
  question(prompt: string, signal: AbortSignal, hidden?: boolean): Promise<string | undefined>;
}

/** Wall clock and monotonic clock, both in milliseconds. */
export interface HostClock {
  now(): number;
  monotonic(): number;
}

export interface HostRandom {
  uuid(): string;
  bytes(size: number): Uint8Array;
}

/** The raw streams of the terminal, for a session in which keys go straight to another program. */
export interface RawTerminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  setRaw(raw: boolean): void;
}

export type InterruptSignal = "SIGINT" | "SIGTERM";

/**
 * Everything a command may take from its surroundings. Commands never touch `process`, so that a test can run them
 * with other surroundings.
 */
export interface CliHost {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Name and version of the JavaScript runtime and the platform, for bug reports. */
  readonly runtime: string;
  readonly hostname: string;
  readonly processId: number;
  /** Absent where users have no numbers. */
  readonly userId: number | undefined;
  /** Start of this process in milliseconds since the epoch. */
  readonly processStartTime: number;
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  readonly clock: HostClock;
  readonly random: HostRandom;
  readonly fs: typeof fs;
  /** Absent when nobody asked for it. */
  readonly log?: DeveloperLog;
  /** Sends a request of the web, as the platform's `fetch`. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Runs a module that is not part of the program, by its URL, and gives what it exports. */
  importModule(url: string): Promise<unknown>;
  /** Only to be used when standard input is a terminal. */
  openTerminal(): RawTerminal;
  /** Calls `listener` for each SIGINT and SIGTERM until the returned function is called. */
  onInterrupt(listener: (signal: InterruptSignal) => void): () => void;
  /** Calls `listener` for errors that nobody caught, which are faults of ours. */
  onUncaught(listener: (error: unknown) => void): void;
  /** Calls `listener` when nothing is left to do, before the process ends. */
  onIdle(listener: () => void): void;
  /** Sets the exit code that the process will end with. */
  exitWith(code: number): void;
  /** Ends the process at once, without any further clean-up. Only for a third interrupt. */
  abandon(code: number): never;
}

/** One command line, taken apart and checked against the command's flags. */
export interface Invocation {
  readonly command: CommandSpec;
  readonly flags: Flags;
  /** Positional arguments. */
  readonly args: readonly string[];
  readonly host: CliHost;
  /** `-machine-readable` stood somewhere on the command line. */
  readonly machineReadable: boolean;
}

/** What a module below `commands/` exports. Resolves to the exit code; throws only for faults of ours. */
export interface CommandModule {
  run(invocation: Invocation): Promise<number>;
}

/** How many positional arguments a command takes. */
export interface ArgumentCount {
  readonly min: number;
  readonly max: number;
}

/** A command as the user sees it. Help, documentation and parsing are all derived from this. */
export interface CommandSpec {
  readonly name: string;
  /** One line for the list of commands; no period at the end. */
  readonly summary: string;
  /** Positional part of the usage line, such as `[options] TEMPLATE`. */
  readonly usage: string;
  /** Paragraphs of the help text. */
  readonly description: readonly string[];
  readonly flags: readonly FlagSpec[];
  readonly arguments: ArgumentCount;
  /** Left out of the list of commands. */
  readonly hidden?: true;
  /** Where human diagnostics go; `stdout` as Packer does, or `stderr` where stdout carries a document. */
  readonly diagnostics: "stdout" | "stderr";
  /** Words after the name are handed over as they are, flags included. */
  readonly rawArguments?: true;
  load(): Promise<CommandModule>;
}

import { setTimeout as startTimer, clearTimeout as stopTimer } from "node:timers";

/** A pending call made by {@link Clock.after}. */
export interface Timer {
  /** Does nothing when the call has been made already. */
  cancel(): void;
}

/** The only source of time. Tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump when the system's clock is set. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes backwards. Measure durations with it. */
  monotonic(): number;
  /** Calls `callback` once, after `milliseconds`. */
  after(milliseconds: number, callback: () => void): Timer;
}

/** The only source of randomness. Tests pass a seeded one. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** A random (version 4) UUID in its usual lower-case form. */
  uuid(): string;
  /** A whole number from 0 up to but not including `limit`. */
  integer(limit: number): number;
}

/** The machine that runs the build, as far as components may look at it. */
export interface Host {
  readonly platform: "linux" | "darwin" | "win32" | "freebsd" | "openbsd" | "sunos" | (string & {});
  readonly hostname: string;
  readonly pid: number;
  /** Start of this process in milliseconds since the epoch: tells two processes that got the same pid apart. */
  readonly processStartTime: number;
  /** Environment variables; the executor's own settings are not in here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working directory: what relative paths in options are relative to. */
  readonly cwd: string;
  readonly homeDirectory: string;
  readonly temporaryDirectory: string;
  readonly cacheDirectory: string;
  /**
   * Folder where the program keeps what it knows of runs; absent when there is none. It is no part of what a template
   * uploads or builds from, even when it is inside of such a folder: see `stateInside`.
   */
  readonly stateDirectory?: string | undefined;
}

/** Longest delay that Node's timers take; longer ones are chained. */
const longestDelay = 2 ** 31 - 1;

/** Makes a {@link Clock} over the given time sources, with real timers that keep the process alive. */
export function createClock(sources: { readonly now: () => number; readonly monotonic: () => number }): Clock {
  return {
    now: sources.now,
    monotonic: sources.monotonic,
    after(milliseconds, callback) {
      let handle: NodeJS.Timeout;
      const arm = (left: number): void => {
        handle =
          left > longestDelay
            ? startTimer(() => arm(left - longestDelay), longestDelay)
            : startTimer(callback, Math.max(0, left));
      };
      arm(milliseconds);
      return { cancel: () => stopTimer(handle) };
    },
  };
}

/** Makes a {@link Random} over a source of random bytes. */
export function createRandom(bytes: (length: number) => Uint8Array): Random {
  return {
    bytes,
    uuid() {
      const raw = bytes(16);
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = Buffer.from(raw).toString("hex");
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
    },
    integer(limit) {
      const raw = Buffer.from(bytes(6));
      return Math.floor((raw.readUIntBE(0, 6) / 2 ** 48) * limit);
    },
  };
}

import { readFileSync } from "node:fs";
import path from "node:path";
import { writeJson } from "./records.js";

/** Remembers digests of files, so that a file that has not changed is read once and not in every build. */
export interface DigestMemory {
  digestOf(file: RememberedFile, compute: () => Promise<string>): Promise<string>;
  /** Writes down what is worth to be remembered longer than this run. */
  save(): void;
}

/** A file as its folder knows it. */
export interface RememberedFile {
  /** Differs whenever the file was written or replaced. */
  readonly stamp: string;
  readonly size: bigint;
  /** Nanoseconds since the epoch at which the file or its facts changed last: nobody can set it back. */
  readonly changed: bigint;
}

/** Reading smaller files takes no time. */
const smallestRemembered = 1_000_000n;
/** A file that changed so short a time ago may change again without its times telling. */
const settledNanoseconds = 2_000_000_000n;
const largestMemory = 1000;

/** A memory in the state folder; only for this run without one. */
export function createDigestMemory(folder: string | undefined, now: () => number): DigestMemory {
  const file = folder === undefined ? undefined : path.join(folder, "digests.json");
  const running = new Map<string, Promise<string>>();
  let remembered: Map<string, string> | undefined;
  let isChanged = false;
  const load = (): Map<string, string> => (remembered ??= file === undefined ? new Map() : readMemory(file));
  return {
    async digestOf({ stamp, size, changed }, compute) {
      const isLarge = size >= smallestRemembered;
      const earlier = (isLarge ? load().get(stamp) : undefined) ?? running.get(stamp);
      if (earlier !== undefined) return earlier;
      const started = BigInt(Math.floor(now())) * 1_000_000n;
      const digest = compute();
      running.set(stamp, digest);
      digest.catch(() => running.delete(stamp));
      if (isLarge && started - changed > settledNanoseconds) {
        load().set(stamp, await digest);
        isChanged = true;
      }
      return digest;
    },
    save() {
      if (!isChanged || file === undefined) return;
      isChanged = false;
      try {
        writeJson(file, { v: 1, digests: [...load()].slice(-largestMemory) });
      } catch {
        // Files are read again the next time.
      }
    },
  };
}

function readMemory(file: string): Map<string, string> {
  try {
    const { v, digests } = JSON.parse(readFileSync(file, "utf8")) as { v: number; digests: [string, string][] };
    return new Map(v === 1 ? digests : []);
  } catch {
    return new Map();
  }
}

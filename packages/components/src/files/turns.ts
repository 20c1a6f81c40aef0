import { realpath } from "node:fs/promises";
import { abortable } from "@hclbuild/sdk";

// What this is about, a file, belongs to the process too: two builds that write it take turns whoever started them.
const lastTurns = new Map<string, Promise<void>>();

/** The latest lookup of a path. Each waits for the one before it: a lookup that overtook another would get its turn. */
let lastLookup: Promise<string> = Promise.resolve("");

/**
 * Does work on a file after everything that this process began to do with it earlier: builds that run at the same time
 * lose nothing of each other's. Pass an absolute path. Work that is cancelled while it waits is not begun, and no longer
 * waited for.
 */
export async function inTurn<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  lastLookup = lastLookup.then(async () => await realpath(file).catch(() => file));
  const key = await abortable(lastLookup, signal);
  const before = lastTurns.get(key);
  const turn = (async () => {
    if (before !== undefined) await abortable(before, signal);
    signal.throwIfAborted();
    return await work();
  })();
  // Whoever comes after one that gave up still waits for those before it.
  const done: Promise<void> = Promise.all([before, turn.catch(ignore)]).then(() => {
    if (lastTurns.get(key) === done) lastTurns.delete(key);
  });
  lastTurns.set(key, done);
  return await turn;
}

function ignore(): void {}

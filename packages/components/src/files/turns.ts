import { realpath } from "node:fs/promises";

// What this is about, a file, belongs to the process too: two builds that write it take turns whoever started them.
const lastTurns = new Map<string, Promise<void>>();

/**
 * Does work on a file after everything that this process began to do with it earlier: builds that run at the same time
 * lose nothing of each other's. Pass an absolute path. Work that was cancelled while it waited is not begun.
 */
export async function inTurn<T>(file: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const key = await realpath(file).catch(() => file);
  const before = lastTurns.get(key);
  const turn = (async () => {
    await before;
    signal.throwIfAborted();
    return await work();
  })();
  const done = turn.then(ignore, ignore);
  lastTurns.set(key, done);
  try {
    return await turn;
  } finally {
    if (lastTurns.get(key) === done) lastTurns.delete(key);
  }
}

function ignore(): void {}

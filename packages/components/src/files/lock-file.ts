import type { BigIntStats } from "node:fs";
import { link, lstat, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { sleep, systemErrorCode, type Random, type RunContext } from "@hclbuild/sdk";

/** How a lock file was taken. */
export interface TakenLock {
  /** Never rejects: a lock file that cannot be removed any more stays. */
  release(): Promise<void>;
  /** Whether a lock file that nobody held any more was in the way, and was removed. */
  readonly wasAbandoned: boolean;
  /** Whether such a file could not be removed, so that the work is done without the lock. */
  readonly isIgnored: boolean;
}

/** How long the same lock file may stay before it counts as left behind, in milliseconds; it is held for a few. */
export const abandonedAfterMs = 10_000;

/**
 * Takes a lock that is a file, as Packer's is: whoever makes the file has the lock. Waits while others have it, one after
 * the other, and only a file that one of them left behind is removed; when it cannot be, the work goes on without the
 * lock. Where the file cannot be made there is no lock to have, and what it protects will say why.
 */
export async function takeLock(
  context: Pick<RunContext, "clock" | "random" | "signal">,
  lock: string,
): Promise<TakenLock> {
  const { clock, random, signal } = context;
  let wasAbandoned = false;
  let seen: { readonly identity: string; readonly since: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const made = await makeLock(lock);
    if (made !== "taken") {
      const release = async (): Promise<void> => void (made !== undefined && (await removeLock(lock, made, random)));
      return { wasAbandoned, isIgnored: false, release };
    }
    const identity = await identify(lock);
    const now = clock.monotonic();
    if (identity === undefined || identity !== seen?.identity) {
      seen = identity === undefined ? undefined : { identity, since: now };
    } else if (now - seen.since >= abandonedAfterMs) {
      if (!(await removeLock(lock, identity, random))) {
        return { wasAbandoned, isIgnored: true, release: async () => undefined };
      }
      wasAbandoned = true;
      seen = undefined;
    }
    // Those that wait must not all come back at the same moments.
    await sleep(clock, 5 + random.integer(45), signal);
  }
}

/** The identity of the new lock file, `taken` when there is one, `undefined` when there cannot be one. */
async function makeLock(lock: string): Promise<string | undefined> {
  try {
    const file = await open(lock, "wx", 0o664);
    try {
      return identityOf(await file.stat({ bigint: true }));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") return undefined;
  }
  const isFolder = await lstat(lock).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? undefined : "taken";
}

/** What tells a lock file from a later one of the same name. */
function identityOf({ ino, mtimeNs }: BigIntStats): string {
  return `${ino}-${mtimeNs}`;
}

async function identify(lock: string): Promise<string | undefined> {
  return await lstat(lock, { bigint: true }).then(identityOf, () => undefined);
}

/**
 * Removes this lock file and no other one, which may have taken its place meanwhile. Tells whether it is gone; nothing is
 * thrown.
 */
async function removeLock(lock: string, identity: string, random: Random): Promise<boolean> {
  if ((await identify(lock)) !== identity) return true;
  // Longer names may have no room beside a name that is long itself.
  const aside = path.join(path.dirname(lock), `.${random.uuid().slice(0, 8)}.lock`);
  try {
    await rename(lock, aside);
    if ((await identify(aside)) !== identity) await link(aside, lock);
  } catch {
    // Somebody else has removed it, or made a new one, or nobody may.
  }
  await rm(aside, { force: true }).catch(() => undefined);
  return (await identify(lock)) !== identity;
}

import { setMaxListeners } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createRandom } from "@hclbuild/sdk";
import { createFakeClock } from "@hclbuild/testkit";
import { expect, it } from "vitest";
import { abandonedAfterMs, takeLock } from "../../src/files/lock-file.js";
import { makeFolder, realClock } from "../harness.js";

const random = createRandom((length) => crypto.getRandomValues(new Uint8Array(length)));
const { signal } = new AbortController();
setMaxListeners(0, signal);

it("loses no update of many that happen at once", async () => {
  using folder = makeFolder();
  const counter = path.join(folder.path, "counter");
  writeFileSync(counter, "0");
  const add = async (): Promise<void> => {
    const lock = await takeLock({ clock: realClock, random, signal }, `${counter}.lock`);
    const count = Number(readFileSync(counter, "utf8"));
    await new Promise((resolve) => setImmediate(resolve));
    writeFileSync(counter, String(count + 1));
    await lock.release();
    expect([lock.wasAbandoned, lock.isIgnored]).toEqual([false, false]);
  };
  await Promise.all(Array.from({ length: 30 }, add));
  expect(readFileSync(counter, "utf8")).toBe("30");
  expect(existsSync(`${counter}.lock`)).toBe(false);
});

it("removes a lock that nobody releases, but not before its time", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.lock");
  writeFileSync(file, "");
  const clock = createFakeClock({ whenIdle: true });
  const started = clock.monotonic();
  const lock = await takeLock({ clock, random, signal }, file);
  expect(lock.wasAbandoned).toBe(true);
  expect(clock.monotonic() - started).toBeGreaterThanOrEqual(abandonedAfterMs);
  expect(existsSync(file)).toBe(true);
  await lock.release();
  expect(existsSync(file)).toBe(false);
});

it("leaves a lock alone that somebody else took after its own was removed", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.lock");
  const lock = await takeLock({ clock: realClock, random, signal }, file);
  rmSync(file);
  writeFileSync(file, "theirs");
  // The kernel may give it the number of the removed file, and the same time when its clock has not ticked meanwhile.
  utimesSync(file, 1, 1);
  await lock.release();
  expect(readFileSync(file, "utf8")).toBe("theirs");
});

it("stops waiting when it is cancelled", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m.lock");
  writeFileSync(file, "");
  const controller = new AbortController();
  const waiting = takeLock({ clock: realClock, random, signal: controller.signal }, file);
  controller.abort();
  await expect(waiting).rejects.toThrow(/abort/);
  expect(existsSync(file)).toBe(true);
});

// Not even root can remove what is in there.
it.runIf(existsSync("/proc/version"))("goes on without a lock that cannot be removed", async () => {
  const clock = createFakeClock({ whenIdle: true });
  const started = clock.monotonic();
  const lock = await takeLock({ clock, random, signal }, "/proc/version");
  expect([lock.wasAbandoned, lock.isIgnored]).toEqual([false, true]);
  expect(clock.monotonic() - started).toBeGreaterThanOrEqual(abandonedAfterMs);
  await lock.release();
});

it("releases a lock whose name is as long as names can be", async () => {
  using folder = makeFolder();
  const file = path.join(folder.path, "m".repeat(255));
  const lock = await takeLock({ clock: realClock, random, signal }, file);
  await lock.release();
  expect(readdirSync(folder.path)).toEqual([]);
});

it("goes on where there can be no lock", async () => {
  using folder = makeFolder();
  mkdirSync(path.join(folder.path, "m.lock"));
  for (const file of ["m.lock", "missing/m.lock"]) {
    const lock = await takeLock({ clock: realClock, random, signal }, path.join(folder.path, file));
    await lock.release();
  }
  expect(existsSync(path.join(folder.path, "m.lock"))).toBe(true);
});

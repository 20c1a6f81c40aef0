import type { Clock } from "@hclbuild/sdk";

/** A clock whose time only moves when a test moves it, or when nothing else is left to happen. */
export interface FakeClock extends Clock {
  /** Moves the time forward and makes the calls that fall due, in order. */
  advance(milliseconds: number): void;
  /** Sets the wall clock without moving the monotonic one, as an administrator does. */
  jump(milliseconds: number): void;
  /** How many calls are pending. */
  readonly pending: number;
}

interface Pending {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Turns of the event loop without anything happening after which an idle clock moves on. */
const idleTurns = 20;

/**
 * Makes a clock that starts at `start` (milliseconds since the epoch). With `whenIdle`, the time jumps to the next pending
 * call as soon as the event loop has had nothing else to do for some turns, so that waits take no time.
 */
export function createFakeClock(options: { readonly start?: number; readonly whenIdle?: boolean } = {}): FakeClock {
  let wall = options.start ?? 1_790_000_000_000;
  let elapsed = 0;
  let order = 0;
  let pumping = false;
  const pending: Pending[] = [];

  const fireNext = (limit: number): boolean => {
    const next = pending.toSorted((a, b) => a.due - b.due || a.order - b.order)[0];
    if (next === undefined || next.due > limit) return false;
    pending.splice(pending.indexOf(next), 1);
    wall += next.due - elapsed;
    elapsed = next.due;
    next.callback();
    return true;
  };

  const pump = (turnsLeft: number): void => {
    setImmediate(() => {
      if (pending.length === 0) pumping = false;
      else if (turnsLeft > 0) pump(turnsLeft - 1);
      else {
        fireNext(Number.POSITIVE_INFINITY);
        pump(idleTurns);
      }
    });
  };

  return {
    now: () => wall,
    monotonic: () => elapsed,
    after(milliseconds, callback) {
      const entry = { due: elapsed + Math.max(0, milliseconds), order: (order += 1), callback };
      pending.push(entry);
      if (options.whenIdle === true && !pumping) {
        pumping = true;
        pump(idleTurns);
      }
      return {
        cancel() {
          const index = pending.indexOf(entry);
          if (index >= 0) pending.splice(index, 1);
        },
      };
    },
    advance(milliseconds) {
      const target = elapsed + milliseconds;
      while (fireNext(target)) {
        // Each call may add others that fall due as well.
      }
      wall += target - elapsed;
      elapsed = target;
    },
    jump(milliseconds) {
      wall += milliseconds;
    },
    get pending() {
      return pending.length;
    },
  };
}

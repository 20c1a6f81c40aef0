import { abortable, createClock, deadline, retry, sleep, TimeoutReached } from "@hclbuild/sdk";
import { createFakeClock } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";

const never = new AbortController().signal;

describe("abortable", () => {
  it("gives the promise's result, or the signal's reason when that comes first", async () => {
    expect(await abortable(Promise.resolve(1), never)).toBe(1);
    const controller = new AbortController();
    const wait = abortable(new Promise(() => undefined), controller.signal);
    controller.abort("why");
    await expect(wait).rejects.toBe("why");
    await expect(abortable(Promise.reject(new Error("late")), controller.signal)).rejects.toBe("why");
  });
});

describe("sleep", () => {
  it("waits, and ends with the reason when it is cancelled", async () => {
    const clock = createFakeClock();
    const done = sleep(clock, 1000, never);
    expect(clock.pending).toBe(1);
    clock.advance(1000);
    await done;
    const controller = new AbortController();
    const cancelled = sleep(clock, 1000, controller.signal);
    controller.abort("stop");
    await expect(cancelled).rejects.toBe("stop");
    expect(clock.pending).toBe(0);
  });

  it("also waits longer than Node's timers can", () => {
    const timer = createClock({ now: () => 0, monotonic: () => 0 }).after(2 ** 40, () => expect.unreachable());
    timer.cancel();
  });
});

describe("deadline", () => {
  it("aborts after the time with its own reason", () => {
    const clock = createFakeClock();
    using limit = deadline(clock, 50, never);
    clock.advance(49);
    expect(limit.signal.aborted).toBe(false);
    clock.advance(1);
    expect(limit.expired).toBe(true);
    expect(limit.signal.reason).toEqual(new TimeoutReached(50));
  });

  it("aborts with its parent", () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    using limit = deadline(clock, 50, controller.signal);
    controller.abort("parent");
    clock.advance(100);
    expect({ expired: limit.expired, reason: limit.signal.reason }).toEqual({ expired: false, reason: "parent" });
  });

  it("has no timer without an end", () => {
    const clock = createFakeClock();
    using limit = deadline(clock, Number.POSITIVE_INFINITY, never);
    expect([clock.pending, limit.expired]).toEqual([0, false]);
  });
});

describe("retry", () => {
  const failing = (times: number) => async (failures: number) => {
    if (failures < times) throw new Error(`failure ${failures + 1}`);
    return "done";
  };

  it("tries until it works", async () => {
    const clock = createFakeClock({ whenIdle: true });
    expect(await retry({ clock, signal: never, delayMs: 100 }, failing(3))).toBe("done");
    expect(clock.monotonic()).toBe(300);
  });

  it("gives up after the attempts, the time, or an error that is not worth it", async () => {
    const clock = createFakeClock({ whenIdle: true });
    const base = { clock, signal: never, delayMs: 100 };
    await expect(retry({ ...base, attempts: 2 }, failing(9))).rejects.toThrow("failure 2");
    await expect(retry({ ...base, withinMs: 250 }, failing(9))).rejects.toThrow("failure 3");
    await expect(retry({ ...base, shouldRetry: () => false }, failing(9))).rejects.toThrow("failure 1");
    await expect(retry({ ...base, delayMs: (n) => n * 10, attempts: 3 }, failing(9))).rejects.toThrow("failure 3");
  });

  it("ends when it is cancelled while waiting", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const work = retry({ clock, signal: controller.signal, delayMs: 100 }, failing(9));
    setImmediate(() => controller.abort("stop"));
    await expect(work).rejects.toBe("stop");
  });
});

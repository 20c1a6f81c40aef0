import { expect, it } from "vitest";
import { inTurn } from "../../src/files/turns.js";

const { signal } = new AbortController();

it("does the work on one file in order, and on others at once", async () => {
  const order: string[] = [];
  let finish = (): void => undefined;
  const blocked = new Promise<void>((resolve) => (finish = resolve));
  const first = inTurn("/a", signal, async () => {
    await blocked;
    order.push("first");
  });
  const second = inTurn("/a", signal, async () => void order.push("second"));
  await inTurn("/b", signal, async () => void order.push("other"));
  finish();
  await Promise.all([first, second]);
  expect(order).toEqual(["other", "first", "second"]);
});

it("goes on after a failure, and gives each its own result", async () => {
  const failing = inTurn("/a", signal, async () => {
    throw new Error("no");
  });
  const next = inTurn("/a", signal, async () => 2);
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe(2);
});

it("does not wait any longer once it is cancelled, and lets nobody overtake those before it", async () => {
  const order: string[] = [];
  let finish = (): void => undefined;
  const blocked = new Promise<void>((resolve) => (finish = resolve));
  const first = inTurn("/a", signal, async () => {
    await blocked;
    order.push("first");
  });
  const controller = new AbortController();
  const second = inTurn("/a", controller.signal, async () => void order.push("second"));
  const third = inTurn("/a", signal, async () => void order.push("third"));
  controller.abort();
  await expect(second).rejects.toThrow(/abort/);
  const fourth = inTurn("/a", signal, async () => void order.push("fourth"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(order).toEqual([]);
  finish();
  await Promise.all([first, third, fourth]);
  expect(order).toEqual(["first", "third", "fourth"]);
});

it("does not begin what was cancelled while it waited", async () => {
  const controller = new AbortController();
  let began = false;
  const first = inTurn("/a", controller.signal, async () => controller.abort());
  const second = inTurn("/a", controller.signal, async () => (began = true));
  await first;
  await expect(second).rejects.toThrow(/abort/);
  expect(began).toBe(false);
});

it("takes turns in the order of the calls, whichever path is found first", async () => {
  // How long the system takes for a path is chance; the wrong order came up about once in sixty rounds.
  for (let round = 0; round < 500; round++) {
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3].map(async (call) => await inTurn("/a", signal, async () => void order.push(call))));
    expect(order).toEqual([0, 1, 2, 3]);
  }
});

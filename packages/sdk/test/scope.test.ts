import { Scope } from "@hclbuild/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("Scope", () => {
  it("runs every clean-up once, last first, and collects failures", async () => {
    const log: string[] = [];
    const failures: string[] = [];
    const scope = new Scope({ onFailure: ({ name }) => failures.push(name) });
    scope.defer("a", () => void log.push("a"));
    scope.defer("b", () => {
      log.push("b");
      throw new Error("no");
    });
    scope.defer("c", async () => void log.push("c"));
    expect(scope.pending).toEqual(["c", "b", "a"]);
    expect((await scope.close()).map(({ name }) => name)).toEqual(["b"]);
    expect(await scope.close()).toEqual([]);
    expect({ log, failures }).toEqual({ log: ["c", "b", "a"], failures: ["b"] });
  });

  it("does not run what was dismissed or abandoned", async () => {
    const log: string[] = [];
    const scope = new Scope();
    scope.defer("a", () => void log.push("a"));
    const deferred = scope.defer("b", () => void log.push("b"));
    deferred.dismiss();
    deferred.dismiss();
    scope.defer("c", () => void log.push("c"));
    expect(scope.abandon()).toEqual(["c", "a"]);
    await scope.close();
    expect(log).toEqual([]);
  });

  it("runs what is registered while it closes, and at once what comes after that", async () => {
    const log: string[] = [];
    const scope = new Scope();
    scope.defer("a", () => void log.push("a"));
    scope.defer("b", () => {
      scope.defer("c", () => void log.push("c"));
      log.push("b");
    });
    await scope.close();
    scope.defer("late", () => void log.push("late"));
    expect(log).toEqual(["b", "c", "a", "late"]);
  });

  it("closes children in their place", async () => {
    const log: string[] = [];
    const scope = new Scope();
    scope.defer("a", () => void log.push("a"));
    const child = scope.child("child");
    scope.defer("b", () => void log.push("b"));
    child.defer("inner", () => void log.push("inner"));
    await scope.close();
    expect(log).toEqual(["b", "inner", "a"]);
  });

  it("never masks the error of the work", async () => {
    const work = async (): Promise<void> => {
      const scope = new Scope();
      scope.defer("bad", () => {
        throw new Error("clean-up");
      });
      try {
        throw new Error("work");
      } finally {
        await scope[Symbol.asyncDispose]();
      }
    };
    await expect(work()).rejects.toThrow("work");
  });

  it("keeps the order for any mix of registering and dismissing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (kept) => {
        const scope = new Scope();
        const log: number[] = [];
        const deferred = kept.map((_, index) => scope.defer(String(index), () => void log.push(index)));
        for (const [index, keep] of kept.entries()) if (!keep) deferred[index]?.dismiss();
        await scope.close();
        expect(log).toEqual(kept.flatMap((keep, index) => (keep ? [index] : [])).toReversed());
      }),
    );
  });
});

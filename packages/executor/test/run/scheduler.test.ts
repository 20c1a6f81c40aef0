import { Scope } from "@hclbuild/sdk";
import { runTasks, type Outcome, type Task } from "@hclbuild/executor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const succeed = async (): Promise<Outcome> => "succeeded";
const task = (id: string, dependencies: readonly string[] = [], rest: Partial<Task> = {}): Task => ({
  id,
  dependencies,
  limited: true,
  run: succeed,
  skip: () => undefined,
  ...rest,
});
const never = new AbortController().signal;

describe("runTasks", () => {
  it("runs one after another in the given order when asked to", async () => {
    const log: string[] = [];
    const slow = (id: string): Task =>
      task(id, [], {
        run: async () => {
          log.push(`+${id}`);
          await new Promise(setImmediate);
          log.push(`-${id}`);
          return "succeeded";
        },
      });
    await runTasks([slow("a"), slow("b"), slow("c")], { parallel: 1, signal: never });
    expect(log).toEqual(["+a", "-a", "+b", "-b", "+c", "-c"]);
  });

  it("skips what needs a failed task, and tells which", async () => {
    const skipped: (string | undefined)[] = [];
    const tasks = [
      task("a", [], { run: async () => "failed" }),
      task("b", ["a"], { skip: (dependency) => skipped.push(dependency) }),
      task("c", ["b"], { skip: (dependency) => skipped.push(dependency) }),
      task("d", ["unknown"]),
    ];
    const outcomes = await runTasks(tasks, { parallel: 0, signal: never });
    expect(Object.fromEntries(outcomes)).toEqual({ a: "failed", b: "skipped", c: "skipped", d: "succeeded" });
    expect(skipped).toEqual(["a", "b"]);
  });

  it("keeps its promises for random graphs, failures and cancellations", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ nodes, parallel, cancelAt }) => {
        const controller = new AbortController();
        const finished = new Map<string, Outcome>();
        const acquired: string[] = [];
        const released: string[] = [];
        let running = 0;
        let most = 0;
        let starts = 0;
        const skips = new Set<string>();
        const tasks = nodes.map(({ id, dependencies, outcome, turns }): Task =>
          task(id, dependencies, {
            skip: () => skips.add(id),
            run: async () => {
              expect(controller.signal.aborted).toBe(false);
              for (const needed of dependencies) expect(finished.get(needed)).toBe("succeeded");
              starts += 1;
              running += 1;
              most = Math.max(most, running);
              const scope = new Scope();
              for (const part of ["1", "2"]) {
                acquired.push(id + part);
                scope.defer(id + part, () => void released.push(id + part));
              }
              if (starts === cancelAt) controller.abort("cancel");
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              await scope.close();
              running -= 1;
              const result: Outcome = controller.signal.aborted ? "cancelled" : outcome;
              finished.set(id, result);
              return result;
            },
          }),
        );
        const outcomes = await runTasks(tasks, { parallel, signal: controller.signal });
        expect(outcomes.size).toBe(nodes.length);
        if (parallel > 0) expect(most).toBeLessThanOrEqual(parallel);
        expect(released.toSorted()).toEqual(acquired.toSorted());
        for (const { id } of nodes) {
          expect(finished.has(id)).not.toBe(skips.has(id));
          if (finished.has(id)) expect(released.indexOf(`${id}2`)).toBeLessThan(released.indexOf(`${id}1`));
        }
        if (cancelAt === 0 && nodes.every(({ outcome }) => outcome === "succeeded")) expect(skips.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

const scenario = fc
  .array(
    fc.record({
      outcome: fc.constantFrom<Outcome>("succeeded", "succeeded", "succeeded", "failed"),
      turns: fc.nat({ max: 5 }),
      picks: fc.array(fc.nat({ max: 100 }), { maxLength: 3 }),
    }),
    { maxLength: 12 },
  )
  .chain((raw) =>
    fc.record({
      nodes: fc.shuffledSubarray(
        raw.map(({ outcome, turns, picks }, index) => ({
          id: `n${index}`,
          outcome,
          turns,
          dependencies: index === 0 ? [] : [...new Set(picks.map((pick) => `n${pick % index}`))],
        })),
        { minLength: raw.length },
      ),
      parallel: fc.nat({ max: 4 }),
      cancelAt: fc.nat({ max: 6 }),
    }),
  );

import type { Outcome } from "../events/events.js";

/** A piece of work with what it needs. */
export interface Task {
  readonly id: string;
  /** Ids of tasks that must have succeeded first. Ids that are no task are ignored. */
  readonly dependencies: readonly string[];
  /** Whether it takes one of the places that `parallel` counts. */
  readonly limited: boolean;
  /** Does the work; how it ended is its result. A rejection stops the whole schedule: it is a fault of ours. */
  run(): Promise<Outcome>;
  /** Called instead of `run` when a dependency failed (its id is given) or the schedule was cancelled. */
  skip(dependency: string | undefined): void;
}

/** How tasks are run. */
export interface ScheduleOptions {
  /** Most limited tasks at a time; less than 1 for no limit. */
  readonly parallel: number;
  /** No task is begun once it has aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs tasks as soon as their dependencies have succeeded, in the given order among those that could start. Resolves
 * when all have ended, with the outcome of each: `skipped` for those whose dependency failed, `cancelled` for those not
 * begun because of the signal.
 */
export async function runTasks(
  tasks: readonly Task[],
  options: ScheduleOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  const known = new Set(tasks.map((task) => task.id));
  const outcomes = new Map<string, Outcome>();
  const waiting = new Set(tasks);
  const running = new Set<Promise<void>>();
  let taken = 0;

  const verdict = (task: Task): "ready" | "wait" | { readonly failed: string } => {
    let blocked = false;
    for (const id of task.dependencies) {
      if (!known.has(id)) continue;
      const outcome = outcomes.get(id);
      if (outcome === undefined) blocked = true;
      else if (outcome !== "succeeded") return { failed: id };
    }
    return blocked ? "wait" : "ready";
  };

  const begin = (task: Task): void => {
    waiting.delete(task);
    if (task.limited) taken += 1;
    const work = task.run().then((outcome) => {
      outcomes.set(task.id, outcome);
      if (task.limited) taken -= 1;
      running.delete(work);
    });
    running.add(work);
  };

  /** Starts what can start; a skipped task may decide others, so it looks again until nothing changes. */
  const advance = (): void => {
    for (let changed = true; changed;) {
      changed = false;
      for (const task of waiting) {
        if (options.signal.aborted) {
          waiting.delete(task);
          outcomes.set(task.id, "cancelled");
          task.skip(undefined);
          continue;
        }
        const state = verdict(task);
        if (typeof state === "object") {
          waiting.delete(task);
          outcomes.set(task.id, "skipped");
          task.skip(state.failed);
          changed = true;
        } else if (state === "ready" && (!task.limited || options.parallel < 1 || taken < options.parallel)) {
          begin(task);
        }
      }
    }
  };

  advance();
  while (running.size > 0) {
    await Promise.race(running);
    advance();
  }
  for (const task of waiting) {
    // Only a cycle gets here; the compiler has refused those.
    outcomes.set(task.id, "skipped");
    task.skip(task.dependencies.find((id) => known.has(id) && outcomes.get(id) !== "succeeded"));
  }
  return outcomes;
}

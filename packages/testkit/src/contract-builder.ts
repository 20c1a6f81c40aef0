import { deepEqual, equal, ok } from "node:assert/strict";
import type { BuildEvent, BuildOptions, RunResult } from "@hclbuild/executor";
import type { ComponentRef, ConfigTemplate, StepNode } from "@hclbuild/graph";
import type { Plugin } from "@hclbuild/sdk";
import { createFakeClock } from "./fake-clock.js";
import { fakeGraph, fakeMachine, fakePost, fakeStep } from "./fake-graph.js";
import { createFakePlugin } from "./fake-plugin.js";
import { runFake } from "./fake-run.js";

/** A builder under test. */
export interface BuilderSubject {
  readonly component: ComponentRef;
  readonly config: ConfigTemplate;
  readonly plugins: readonly Plugin[];
  /** A folder of the test's own. */
  readonly folder: string;
  /** Names of the machines and other resources that exist at the moment, artifacts aside. */
  readonly alive: () => readonly string[];
  /** The builder makes nothing besides its artifact that could stay behind. */
  readonly leavesNothing?: boolean;
}

/** An aborted build leaves its machine alone. */
function expectLeft(subject: BuilderSubject): void {
  ok(subject.alive().length > 0 || subject.leavesNothing === true);
}

/** One promise that every builder keeps, enclosed or phased. */
export interface BuilderCase {
  readonly name: string;
  run(makeSubject: () => BuilderSubject): Promise<void>;
}

interface Observed {
  readonly result: RunResult;
  readonly events: readonly BuildEvent[];
}

interface Variation {
  readonly steps?: readonly StepNode[];
  readonly onError?: readonly StepNode[];
  readonly build?: Partial<BuildOptions>;
  /** Cancels at the event with this number, counted from 1. */
  readonly cancelAt?: number;
  readonly answers?: readonly string[];
}

async function build(subject: BuilderSubject, variation: Variation): Promise<Observed> {
  const { plugin } = createFakePlugin();
  const controller = new AbortController();
  const answers = [...(variation.answers ?? [])];
  const machine = fakeMachine("m", {
    component: subject.component,
    config: subject.config,
    steps: variation.steps ?? [fakeStep("m/1", { do: "say:one" }), fakeStep("m/2", { do: "say:two wait:10" })],
    onError: variation.onError ?? [fakeStep("m/error", { do: "say:rescue" })],
  });
  return await runFake({
    graph: fakeGraph([machine, fakePost("m/post", "m", { config: { result: "same", keep: true } })]),
    plugins: [plugin, ...subject.plugins],
    folder: subject.folder,
    clock: createFakeClock({ whenIdle: true }),
    build: variation.build ?? {},
    options: {
      signals: { cancel: controller.signal },
      ...(variation.answers === undefined ? {} : { prompt: async () => answers.shift() ?? "c" }),
    },
    onEvent: (event) => {
      if (event.seq === variation.cancelAt) controller.abort("interrupt");
    },
  });
}

/** What holds for the events of every run, however it ends. */
function checkEvents(events: readonly BuildEvent[]): void {
  deepEqual(
    events.map((event) => event.seq),
    events.map((_, index) => index + 1),
  );
  equal(events[0]?.type, "run.start");
  equal(events.at(-1)?.type, "run.end");
  const open: string[] = [];
  for (const event of events) {
    if (event.type === "node.start") open.push(event.node ?? "");
    if (event.type === "node.end") equal(open.pop(), event.node, "nodes end in the reverse order of their start");
  }
  deepEqual(open, []);
  const count = (type: BuildEvent["type"]): number => events.filter((event) => event.type === type).length;
  equal(count("build.end"), count("build.start"));
}

const texts = (events: readonly BuildEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === "log" ? [event.text] : []));

/** What every builder must do; see `BuilderCase`. */
export const builderContract: readonly BuilderCase[] = [
  {
    name: "runs the steps in order, gives its artifact to the post-processors and leaves no machine",
    async run(makeSubject) {
      const subject = makeSubject();
      const { result, events } = await build(subject, {});
      equal(result.outcome, "succeeded");
      checkEvents(events);
      deepEqual(texts(events), ["one", "two", "Running post-processor:  (type fake)"]);
      deepEqual(subject.alive(), []);
      equal(result.builds[0]?.artifacts.length, 2);
    },
  },
  {
    name: "runs the error-cleanup-provisioner after a failed step and leaves no machine",
    async run(makeSubject) {
      const subject = makeSubject();
      const { result, events } = await build(subject, {
        steps: [fakeStep("m/1", { do: "fail:bad" }), fakeStep("m/2", { do: "say:no" })],
      });
      deepEqual([result.outcome, result.builds[0]?.error], ["failed", "bad"]);
      checkEvents(events);
      deepEqual(texts(events), [
        "Provisioning step had errors: Running the cleanup provisioner, if present...",
        "rescue",
      ]);
      deepEqual(subject.alive(), []);
    },
  },
  {
    name: "retries, pauses and times out its steps",
    async run(makeSubject) {
      const steps = [
        fakeStep("m/1", { do: "fail-once say:again" }, { retry: 1, pauseMs: 5 }),
        fakeStep("m/2", { do: "hang" }, { timeoutMs: 50, continueOnError: true }),
      ];
      const { result, events } = await build(makeSubject(), { steps });
      equal(result.outcome, "succeeded");
      checkEvents(events);
      ok(texts(events).includes("again"));
    },
  },
  {
    name: "leaves no machine and no open node when it is cancelled at any event",
    async run(makeSubject) {
      const total = (await build(makeSubject(), {})).events.length;
      ok(total > 10);
      for (let cancelAt = 1; cancelAt < total; cancelAt += 1) {
        const subject = makeSubject();
        const { result, events } = await build(subject, { cancelAt });
        checkEvents(events);
        deepEqual(subject.alive(), [], `cancelled at event ${cancelAt}`);
        equal(result.outcome, "cancelled");
      }
    },
  },
  {
    name: "leaves no machine when it is cancelled at any event of a failing build",
    async run(makeSubject) {
      const steps = [fakeStep("m/1", { do: "fail" }, { retry: 1, pauseMs: 5 })];
      const total = (await build(makeSubject(), { steps })).events.length;
      for (let cancelAt = 1; cancelAt < total; cancelAt += 1) {
        const subject = makeSubject();
        const { events } = await build(subject, { steps, cancelAt });
        checkEvents(events);
        deepEqual(subject.alive(), [], `cancelled at event ${cancelAt}`);
      }
    },
  },
];

/** What builders that the executor takes through their phases must do besides. */
export const phasedBuilderContract: readonly BuilderCase[] = [
  {
    name: "leaves the machine alone with -on-error=abort",
    async run(makeSubject) {
      const subject = makeSubject();
      const { events } = await build(subject, {
        steps: [fakeStep("m/1", { do: "fail:bad" })],
        build: { onError: "abort" },
      });
      checkEvents(events);
      const said = texts(events);
      deepEqual(said.slice(0, 2), ["bad", 'Step "StepProvision" failed, aborting...']);
      ok(said.slice(2).every((text) => text.startsWith("aborted: skipping cleanup of step ")));
      expectLeft(subject);
    },
  },
  {
    name: "only runs the error-cleanup-provisioner with -on-error=run-cleanup-provisioner",
    async run(makeSubject) {
      const subject = makeSubject();
      const { events } = await build(subject, {
        steps: [fakeStep("m/1", { do: "fail:bad" })],
        build: { onError: "run-cleanup-provisioner" },
      });
      ok(texts(events).includes("rescue"));
      expectLeft(subject);
    },
  },
  {
    name: "asks, and tries a step again when told to",
    async run(makeSubject) {
      const subject = makeSubject();
      const { result, events } = await build(subject, {
        steps: [fakeStep("m/1", { do: "fail-once say:worked" })],
        build: { onError: "ask" },
        answers: ["what", "r"],
      });
      equal(result.outcome, "succeeded");
      checkEvents(events);
      ok(texts(events).includes("worked"));
      deepEqual(subject.alive(), []);
    },
  },
  {
    name: "cleans up, and says why, when there is nobody to ask",
    async run(makeSubject) {
      const subject = makeSubject();
      const { result, events } = await build(subject, {
        steps: [fakeStep("m/1", { do: "fail:bad" })],
        build: { onError: "ask" },
      });
      equal(result.outcome, "failed");
      ok(texts(events).includes("There is nobody to ask what to do; cleaning up."));
      deepEqual(subject.alive(), []);
    },
  },
  {
    name: "asks, and cleans up or aborts when told to",
    async run(makeSubject) {
      const steps = [fakeStep("m/1", { do: "fail:bad" })];
      const cleaned = makeSubject();
      await build(cleaned, { steps, build: { onError: "ask" }, answers: [""] });
      deepEqual(cleaned.alive(), []);
      const aborted = makeSubject();
      await build(aborted, { steps, build: { onError: "ask" }, answers: ["a"] });
      expectLeft(aborted);
    },
  },
];

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ndjsonLine, type BuildEvent, type BuildOptions } from "@hclbuild/executor";
import type { GraphNode } from "@hclbuild/graph";
import {
  createFakeClock,
  createFakePlugin,
  fakeComponent,
  fakeGraph,
  fakeMachine,
  fakePost,
  fakeStep,
  runFake,
} from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";

/** A case: nodes in short form, and how the run goes. */
interface RunCase {
  readonly about: string;
  readonly machines: readonly {
    readonly name: string;
    readonly builder?: string;
    readonly config?: Record<string, string>;
    readonly steps?: readonly Record<string, never>[];
    readonly onError?: readonly Record<string, never>[];
    readonly posts?: readonly Record<string, never>[];
  }[];
  readonly build?: Partial<BuildOptions>;
  readonly cancelWhenSaid?: string;
  readonly answers?: readonly string[];
  readonly secrets?: readonly string[];
}

const folder = fileURLToPath(new URL("../../../fixtures/run", import.meta.url));
const update = process.env["UPDATE"] !== undefined && process.env["CI"] === undefined;

function nodesOf(run: RunCase): readonly GraphNode[] {
  return run.machines.flatMap(({ name, builder, config, steps, onError, posts }) => [
    fakeMachine(name, {
      component: fakeComponent("builder", builder ?? "fake"),
      config: config ?? {},
      steps: (steps ?? []).map(({ config: options, ...rest }, index) =>
        fakeStep(`${name}/step.${index}`, options ?? {}, rest),
      ),
      onError: (onError ?? []).map(({ config: options }, index) =>
        fakeStep(`${name}/on-error.${index}`, options ?? {}),
      ),
    }),
    ...(posts ?? []).map((rest, index) => fakePost(`${name}/post.${index}`, name, rest)),
  ]);
}

async function runCase(run: RunCase): Promise<string> {
  const fake = createFakePlugin();
  const controller = new AbortController();
  const answers = [...(run.answers ?? [])];
  const temporary = mkdtempSync(path.join(tmpdir(), "golden-"));
  try {
    const { events } = await runFake({
      graph: fakeGraph(nodesOf(run)),
      plugins: [fake.plugin],
      folder: temporary,
      clock: createFakeClock({ start: 1_800_000_000_000, whenIdle: true }),
      build: run.build ?? {},
      options: {
        signals: { cancel: controller.signal },
        secrets: run.secrets ?? [],
        ...(run.answers === undefined ? {} : { prompt: async () => answers.shift() ?? "" }),
      },
      onEvent: (event: BuildEvent) => {
        if (event.type === "log" && event.text === run.cancelWhenSaid) controller.abort("interrupt");
      },
    });
    return events.map((event) => ndjsonLine(event)).join("");
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

describe("the events of a run", () => {
  for (const name of readdirSync(folder).toSorted()) {
    const file = path.join(folder, name, "case.json");
    if (!existsSync(file)) continue;
    const run = JSON.parse(readFileSync(file, "utf8")) as RunCase;
    it(`${name}: ${run.about}`, async () => {
      const golden = path.join(folder, name, "expect.events.ndjson");
      const shown = await runCase(run);
      if (update) writeFileSync(golden, shown);
      expect(shown).toBe(readFileSync(golden, "utf8"));
    });
  }
});

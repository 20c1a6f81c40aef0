import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { currentOwner, listCheckpoints, pruneCheckpoints, type CheckpointRequest } from "@hclbuild/executor";
import { defineComponent } from "@hclbuild/schema";
import type { Checkpoint } from "@hclbuild/sdk";
import { createFakeClock, createFakeHost, pluginOf } from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeCheckpointRecord, type PendingSave } from "../../src/checkpoints/records.js";

let folder = "";
/** What the builder has: checkpoints by key. */
const kept = new Map<string, Checkpoint>();
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hclbuild-manage-"));
  kept.clear();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = "example.test/thing/thing";
const schema = defineComponent({ kind: "builder", name: "thing", since: "0.1.0", summary: "Things.", body: {} });
const plugin = pluginOf(schema, {
  form: "phased",
  launch: async () => ({ output: {} }),
  capture: async () => undefined,
  checkpoints: {
    open: async () => ({ kind: "refused", reason: "it is not asked" }),
    details: () => null,
    find: async (_context, { key }) => kept.get(key),
    remove: async (_context, { key }) => (kept.delete(key) ? "removed" : "absent"),
  },
});

const clock = createFakeClock();

function request(): CheckpointRequest {
  return {
    directory: folder,
    plugins: [plugin],
    host: createFakeHost({ cwd: folder, temporary: folder }),
    clock,
    signal: new AbortController().signal,
    log: { debug: () => undefined },
  };
}

function note(key: string, step: number, pending?: PendingSave): void {
  const component = { plugin: source, kind: "builder", name: "thing" } as const;
  const record = { v: 1 as const, key, component, details: null, build: "thing.it", step, label: "shell" };
  writeCheckpointRecord(folder, pending === undefined ? record : { ...record, pending });
}

const isNoted = (key: string): boolean => existsSync(path.join(folder, "checkpoints", `${key}.json`));

async function listed(): Promise<readonly string[]> {
  return (await listCheckpoints(request())).map(({ record }) => record.key);
}

describe("the list of checkpoints", () => {
  it("has those that exist, and forgets the others", async () => {
    note("there", 1);
    note("gone", 2);
    kept.set("there", { key: "there", created: clock.now() });
    expect(await listed()).toEqual(["there"]);
    expect([isNoted("there"), isNoted("gone")]).toEqual([true, false]);
  });

  it("does not forget one that a running build is making", async () => {
    note("coming", 1, { owner: currentOwner(), since: clock.now() - 86_400_000 });
    expect(await listed()).toEqual([]);
    expect(isNoted("coming")).toBe(true);
    kept.set("coming", { key: "coming", created: clock.now() });
    expect(await listed()).toEqual(["coming"]);
  });

  it("does not forget at once what a killed build has asked for", async () => {
    const owner = { ...currentOwner(), process: "another one" };
    note("early", 1, { owner, since: clock.now() - 60_000 });
    note("late", 2, { owner, since: clock.now() - 3_600_000 });
    expect(await listed()).toEqual([]);
    expect([isNoted("early"), isNoted("late")]).toEqual([true, false]);
  });
});

it("pruning by age keeps what is younger", async () => {
  for (const [key, step, age] of [
    ["old", 1, 7_200_000],
    ["young", 2, 1000],
  ] as const) {
    note(key, step);
    kept.set(key, { key, created: clock.now() - age });
  }
  const pruned = await pruneCheckpoints({ ...request(), maxAgeMs: 3_600_000 });
  expect(pruned.map(({ record, state }) => [record.key, state])).toEqual([["old", "removed"]]);
  expect([...kept.keys()]).toEqual(["young"]);
  expect([isNoted("old"), isNoted("young")]).toEqual([false, true]);
});

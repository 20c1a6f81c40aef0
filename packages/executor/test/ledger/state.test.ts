import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  cleanUp,
  currentOwner,
  findStateFolder,
  listRuns,
  openRunState,
  openStateFolder,
  readOpenResources,
  type BuildEvent,
  type RunState,
} from "@hclbuild/executor";
import type { Plugin, Reclaim } from "@hclbuild/sdk";
import { defineComponent } from "@hclbuild/schema";
import {
  createFakeClock,
  createFakeHost,
  createFakePlugin,
  fakeGraph,
  fakeMachine,
  fakeStep,
  pluginOf,
  runFake,
} from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const begun = { type: "run.start" } as BuildEvent;

const host = () => createFakeHost({ cwd: folder, temporary: path.join(folder, "cache") });
const component = { plugin: "example.test/thing/thing", kind: "builder", name: "thing" } as const;

function reclaimer(reclaim: Reclaim): Plugin {
  const schema = defineComponent({ kind: "builder", name: "thing", since: "0.1.0", summary: "Things.", body: {} });
  return pluginOf(schema, {
    form: "phased",
    reclaim,
    launch: async () => ({ output: {} }),
    capture: async () => undefined,
  });
}

const clean = (plugins: readonly Plugin[], dryRun = false) =>
  cleanUp({
    directory: path.join(folder, ".hclbuild"),
    plugins,
    host: host(),
    clock: createFakeClock(),
    signal: new AbortController().signal,
    log: { debug: () => undefined },
    dryRun,
  });

describe("the state folder", () => {
  it("is beside the template, and git ignores it", () => {
    expect(openStateFolder({ host: host(), templateDirectory: "." })).toEqual({
      directory: path.join(folder, ".hclbuild"),
      warnings: [],
    });
    expect(readFileSync(path.join(folder, ".hclbuild/.gitignore"), "utf8")).toBe("*\n");
  });

  it("is where HCLBUILD_STATE_DIR says", () => {
    expect(openStateFolder({ host: host(), templateDirectory: ".", configured: "elsewhere" }).directory).toBe(
      path.join(folder, "elsewhere"),
    );
  });

  it("falls back to the cache with a warning, or to nothing", () => {
    writeFileSync(path.join(folder, ".hclbuild"), "in the way");
    const fallback = openStateFolder({ host: host(), templateDirectory: "." });
    expect(fallback.directory).toBe(path.join(folder, "cache/state"));
    expect(fallback.warnings.map((warning) => warning.code)).toEqual(["execute/state-elsewhere"]);
    writeFileSync(path.join(folder, "file"), "");
    const none = openStateFolder({ host: host(), templateDirectory: ".", configured: "file" });
    expect({ ...none, warnings: none.warnings.map((warning) => warning.code) }).toEqual({
      directory: undefined,
      warnings: ["execute/state-unwritable"],
    });
  });

  it("is found again, but not made, by who only looks", () => {
    const choice = { host: host(), templateDirectory: "." };
    const nothing = { directory: undefined, warnings: [] };
    expect(findStateFolder(choice)).toEqual(nothing);
    expect(readdirSync(folder)).toEqual([]);
    expect(findStateFolder({ ...choice, configured: "elsewhere" })).toEqual(nothing);
    const { directory } = openStateFolder(choice);
    expect(findStateFolder(choice)).toEqual({ directory, warnings: [] });
    rmSync(path.join(folder, ".hclbuild"), { recursive: true });
    writeFileSync(path.join(folder, ".hclbuild"), "in the way");
    expect(findStateFolder(choice)).toEqual(nothing);
    expect(openStateFolder(choice).directory).toBe(path.join(folder, "cache/state"));
    expect(findStateFolder(choice)).toEqual({ directory: path.join(folder, "cache/state"), warnings: [] });
  });

  it("says in plain words why it cannot be written", () => {
    writeFileSync(path.join(folder, "file"), "");
    const messageFor = (configured: string) =>
      openStateFolder({ host: host(), templateDirectory: ".", configured }).warnings.map(({ message }) => message);
    const place = path.join(folder, "file");
    expect(messageFor("file")).toEqual([
      `The state folder ${place} cannot be written: a part of the path is not a folder.`,
    ]);
    mkdirSync(path.join(folder, "state"));
    writeFileSync(path.join(folder, "state/runs"), "");
    expect(messageFor("state")).toEqual([
      `The state folder ${path.join(folder, "state")} cannot be written: something else is in its place.`,
    ]);
  });
});

describe("the ledger", () => {
  it("is written before a resource is made, and shows what is open", async () => {
    const fake = createFakePlugin();
    const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
    const state = openRunState(directory, { runId: "run-1", clock: createFakeClock() });
    const seen: unknown[] = [];
    const graph = fakeGraph([fakeMachine("a", { steps: [fakeStep("a/1", { do: "say:now" })] })]);
    const { events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      options: { state },
      onEvent: (event) => {
        if (event.type === "log") seen.push(...readOpenResources(state.directory));
      },
    });
    expect(seen).toEqual([
      {
        entry: 1,
        component: { plugin: "example.test/fake/fake", kind: "builder", name: "fake", schema: "sha256:0" },
        owner: currentOwner(),
        resource: { resource: "machine", name: "machine-a", id: "id-a" },
      },
    ]);
    expect(readOpenResources(state.directory)).toEqual([]);
    expect(events.filter((event) => event.type.startsWith("resource."))).toMatchObject([
      { type: "resource.created", resource: "machine", name: "machine-a", id: "id-a", node: "a" },
      { type: "resource.deleted", resource: "machine", name: "machine-a", id: "id-a" },
    ]);
    const journal = readFileSync(path.join(state.directory, "journal.ndjson"), "utf8").trim().split("\n");
    expect(journal.map((line) => JSON.parse(line).type)).toEqual([
      "journal.start",
      "run.start",
      "build.start",
      "node.start",
      "resource.created",
      "node.start",
      "node.end",
      "resource.deleted",
      "node.end",
      "artifact",
      "build.end",
      "run.end",
    ]);
  });

  it("survives a process that is killed at any moment", () => {
    const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
    const state = openRunState(directory, { runId: "run-1", clock: createFakeClock() });
    const file = path.join(state.directory, "ledger.ndjson");
    const whole =
      JSON.stringify({
        v: 1,
        entry: 1,
        event: "intend",
        at: 1,
        component,
        owner: currentOwner(),
        resource: "thing",
        name: "one",
      }) +
      "\n" +
      JSON.stringify({ v: 1, entry: 1, event: "created", at: 2, id: "id-one" }) +
      "\n" +
      JSON.stringify({ v: 1, entry: 1, event: "released", at: 3 }) +
      "\n";
    const counts = new Set<string>();
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(file, whole.slice(0, length));
      const open = readOpenResources(state.directory);
      counts.add(open.map(({ resource }) => `${resource.name}/${resource.id ?? ""}`).join());
    }
    expect([...counts]).toEqual(["", "one/", "one/id-one"]);
  });
});

describe("cleanUp", () => {
  /** Leaves a resource open as a process that has ended did. */
  function leave(runId: string, name: string, owner = { ...currentOwner(), pid: deadPid(), process: "gone" }): void {
    const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
    const runFolder = path.join(directory, "runs", runId);
    mkdirSync(runFolder, { recursive: true });
    writeFileSync(
      path.join(runFolder, "journal.ndjson"),
      `${JSON.stringify({ v: 1, type: "journal.start", owner })}\n`,
    );
    const line = { v: 1, entry: 1, event: "intend", at: 1, component, owner, resource: "thing", name };
    writeFileSync(path.join(runFolder, "ledger.ndjson"), `${JSON.stringify(line)}\n`);
  }

  function deadPid(): number {
    return spawnSync("true").pid;
  }

  it("removes what dead runs left, once", async () => {
    leave("r1", "one");
    leave("r2", "two");
    mkdirSync(path.join(folder, "cache/hclbuild-r1"), { recursive: true });
    const removed: string[] = [];
    const plugin = reclaimer(async (_context, resource) => {
      removed.push(resource.name);
      return resource.name === "two" ? "absent" : "removed";
    });
    const findings = await clean([plugin]);
    expect(findings.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { runId: "r1", resource: "thing", name: "one", state: "removed" },
      { runId: "r2", resource: "thing", name: "two", state: "absent" },
    ]);
    expect(existsSync(path.join(folder, "cache/hclbuild-r1"))).toBe(false);
    expect(await clean([plugin])).toEqual([]);
    expect(removed.toSorted()).toEqual(["one", "two"]);
  });

  it("leaves what belongs to a live process, and to other hosts", async () => {
    leave("mine", "mine", currentOwner());
    leave("theirs", "theirs", { host: "other.test", pid: 1, process: "x" });
    mkdirSync(path.join(folder, "cache/hclbuild-mine"), { recursive: true });
    const plugin = reclaimer(async () => expect.unreachable());
    const findings = await clean([plugin]);
    expect(findings.map(({ name, state }) => `${name} ${state}`).toSorted()).toEqual([
      "mine in-use",
      "theirs elsewhere",
    ]);
    expect(existsSync(path.join(folder, "cache/hclbuild-mine"))).toBe(true);
  });

  it("takes a reused process number for what it is", async () => {
    leave("r1", "one", { ...currentOwner(), process: "started before" });
    const findings = await clean([reclaimer(async () => "removed")]);
    expect(findings.map(({ state }) => state)).toEqual(["removed"]);
  });

  it("only tells in a dry run, and keeps what could not be removed", async () => {
    leave("r1", "one");
    const plugin = reclaimer(async () => {
      throw new Error("no way");
    });
    expect((await clean([plugin], true)).map(({ state }) => state)).toEqual(["would-remove"]);
    expect(await clean([plugin])).toEqual([
      { runId: "r1", resource: "thing", name: "one", state: "failed", detail: "no way." },
    ]);
    expect((await clean([reclaimer(async () => "removed")])).map(({ state }) => state)).toEqual(["removed"]);
  });

  it("forgets old runs that left nothing, but no others", async () => {
    const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
    leave("open", "one");
    for (let count = 0; count < 30; count += 1) {
      const state = openRunState(directory, { runId: `r${count}`, clock: createFakeClock() });
      state.journal.record(begun);
      writeFileSync(path.join(state.directory, "journal.ndjson"), '{"owner":{"host":"","pid":0,"process":""}}\n');
      rewriteOwner(state.directory);
      await state.close();
    }
    const runs = listRuns(directory).map(({ runId }) => runId);
    expect(runs).toContain("open");
    expect(runs.length).toBeLessThanOrEqual(22);
  });

  it("forgets a run that never began, unless it left something", async () => {
    const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
    const close = async (runId: string, use: (state: RunState) => void): Promise<void> => {
      const state = openRunState(directory, { runId, clock: createFakeClock() });
      use(state);
      await state.close();
      await state.close();
    };
    const told = { ...begun, type: "node.start" } as BuildEvent;
    await close("read", ({ journal }) => journal.record(told));
    await close("begun", ({ journal }) => journal.record(begun));
    leave("left", "one");
    await close("left", () => undefined);
    expect(
      listRuns(directory)
        .map(({ runId }) => runId)
        .toSorted(),
    ).toEqual(["begun", "left"]);
  });

  function rewriteOwner(directory: string): void {
    const owner = { ...currentOwner(), process: "gone" };
    writeFileSync(
      path.join(directory, "journal.ndjson"),
      `${JSON.stringify({ v: 1, type: "journal.start", owner })}\n`,
    );
  }
});

it("a ledger that cannot be written does not end a run, which says so once", async () => {
  const fake = createFakePlugin();
  const { directory = "" } = openStateFolder({ host: host(), templateDirectory: "." });
  const state = openRunState(directory, { runId: "run-1", clock: createFakeClock() });
  mkdirSync(path.join(state.directory, "ledger.ndjson"));
  const graph = fakeGraph([fakeMachine("a"), fakeMachine("b")]);
  const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder, options: { state } });
  expect(result.outcome).toBe("succeeded");
  const diagnostics = events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : []));
  expect(diagnostics.map(({ code }) => code)).toEqual(["execute/state-unwritable"]);
  expect(diagnostics[0]?.message).toMatch(/ cannot be written: it is a folder\.$/);
});

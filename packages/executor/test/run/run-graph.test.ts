import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createFakePlugin,
  fakeEffect,
  fakeGraph,
  fakeMachine,
  fakePost,
  fakeStep,
  fakeValue,
  runFake,
} from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHumanView, type BuildEvent } from "@hclbuild/executor";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "run-graph-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plain = (events: readonly BuildEvent[]): string => {
  const view = createHumanView({ color: false, timestamps: false, formatTime: String });
  return events.map((event) => view(event)).join("");
};

describe("a build", () => {
  it("launches, connects, runs its steps in order, captures and tears down", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeMachine("a", {
        config: { launch: "say:launching" },
        steps: [fakeStep("a/1", { do: "say:one" }), fakeStep("a/2", { do: "say:two wait:1500" })],
      }),
    ]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    expect(result.outcome).toBe("succeeded");
    expect(fake.trace).toEqual(["launch a", "step a", "step a", "capture a", "teardown a"]);
    expect([...fake.alive]).toEqual(["image a"]);
    expect(plain(events)).toBe(
      [
        "==> a: launching",
        "==> a: one",
        "==> a: two",
        "Build 'a' finished after 1 second 500 milliseconds.",
        "",
        "==> Wait completed after 1 second 500 milliseconds",
        "",
        "==> Builds finished. The artifacts of successful builds are:",
        "--> a: A fake image a",
        "",
      ].join("\n"),
    );
  });

  it("fails with the step's error, runs the error-cleanup-provisioner and leaves nothing behind", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeMachine("a", {
        steps: [fakeStep("a/1", { do: "fail:no" }), fakeStep("a/2", { do: "say:never" })],
        onError: [fakeStep("a/error", { text: "rescuing" })],
      }),
    ]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    expect(result.outcome).toBe("failed");
    expect(result.builds[0]).toEqual({ node: "a", name: "a", outcome: "failed", artifacts: [], error: "no" });
    expect([...fake.alive]).toEqual([]);
    expect(plain(events)).toBe(
      [
        "==> a: Provisioning step had errors: Running the cleanup provisioner, if present...",
        "==> a: rescuing",
        "Build 'a' errored after 0 microseconds: no",
        "",
        "==> Wait completed after 0 microseconds",
        "",
        "==> Some builds didn't complete successfully and had errors:",
        "--> a: no",
        "",
        "==> Builds finished but no artifacts were created.",
        "",
      ].join("\n"),
    );
    const [diagnostic] = events.filter((event) => event.type === "diagnostic");
    expect(diagnostic).toMatchObject({ diagnostic: { code: "fake/failed", message: "no.", address: "a/1" } });
  });
});

describe("builds beside each other", () => {
  const intervals = async (parallel: number): Promise<readonly string[]> => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeMachine("a", { steps: [fakeStep("a/1", { do: "wait:10" })] }),
      fakeMachine("b", { steps: [fakeStep("b/1", { do: "wait:10" })] }),
    ]);
    const { events } = await runFake({ graph, plugins: [fake.plugin], folder, build: { parallel } });
    return events.flatMap((event) => (event.type.startsWith("build.") ? [`${event.type} ${event.build}`] : []));
  };

  it("overlap unless they are to run one by one", async () => {
    expect(await intervals(0)).toEqual(["build.start a", "build.start b", "build.end a", "build.end b"]);
    expect(await intervals(2)).toEqual(["build.start a", "build.start b", "build.end a", "build.end b"]);
    expect(await intervals(1)).toEqual(["build.start a", "build.end a", "build.start b", "build.end b"]);
  });

  it("wait for the builds that they come after, and do not run when those failed", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeMachine("a", { config: { launch: "wait:10" } }),
      fakeMachine("b", { after: ["a"] }),
      fakeMachine("c", { config: { launch: "fail" } }),
      fakeMachine("d", { after: ["c"] }),
    ]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    expect(result.builds.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "a succeeded",
      "b succeeded",
      "c failed",
      "d skipped",
    ]);
    expect(fake.trace.indexOf("launch b")).toBeGreaterThan(fake.trace.indexOf("teardown a"));
    expect(plain(events)).toContain("--> d: c failed, which this build needs\n");
  });
});

describe("-on-error=shell", () => {
  const failing = async (openShell?: () => Promise<void>) => {
    const fake = createFakePlugin();
    const graph = fakeGraph([fakeMachine("a", { steps: [fakeStep("a/1", { do: "fail:bad" })] })]);
    const options = openShell === undefined ? {} : { openShell };
    const { result, events } = await runFake({
      graph,
      plugins: [fake.plugin],
      folder,
      build: { onError: "shell" },
      options,
    });
    const lines = events.flatMap((event) => (event.type === "log" ? [event.text] : []));
    return { lines, outcome: result.outcome, alive: [...fake.alive] };
  };

  it("opens a shell on the machine and cleans up when it ends", async () => {
    let opened = 0;
    const { lines, outcome, alive } = await failing(async () => void (opened += 1));
    expect([opened, outcome, alive]).toEqual([1, "failed", []]);
    expect(lines.slice(0, 2)).toEqual([
      "bad",
      'Step "fake" failed. Opening a shell on the machine; the build cleans up when it ends.',
    ]);
  });

  it("cleans up at once without a terminal", async () => {
    const { lines, alive } = await failing();
    expect([lines[1], alive]).toEqual(["There is no terminal to open a shell in; cleaning up.", []]);
  });
});

describe("wrappers of a step", () => {
  const say = async (rest: object, words: string): Promise<{ lines: string[]; outcome: string }> => {
    const fake = createFakePlugin();
    const graph = fakeGraph([fakeMachine("a", { steps: [fakeStep("a/1", { do: words }, rest)] })]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    const lines = events.flatMap((event) => (event.type === "log" ? [event.text] : []));
    return { lines, outcome: result.outcome };
  };

  it("retries with the first error's text, as Packer does", async () => {
    expect(await say({ retry: 2 }, "fail:bad")).toEqual({
      lines: [
        'Provisioner failed with "bad", retrying with 2 trie(s) left',
        'Provisioner failed with "bad", retrying with 1 trie(s) left',
        "retry limit reached.",
        "Provisioning step had errors: Running the cleanup provisioner, if present...",
      ],
      outcome: "failed",
    });
  });

  it("stops retrying after a success", async () => {
    expect(await say({ retry: 3, pauseMs: 100 }, "fail-once say:done")).toEqual({
      lines: [
        "Pausing 100ms before the next provisioner...",
        'Provisioner failed with "step a failed", retrying with 3 trie(s) left',
        "Pausing 100ms before the next provisioner...",
        "done",
      ],
      outcome: "succeeded",
    });
  });

  it("cancels after a timeout, which counts as a failure", async () => {
    expect(await say({ timeoutMs: 300_000 }, "hang")).toEqual({
      lines: [
        "Setting a 5m0s timeout for the next provisioner...",
        "Cancelling provisioner after a timeout...",
        "Provisioning step had errors: Running the cleanup provisioner, if present...",
      ],
      outcome: "failed",
    });
  });

  it("ignores the timeout of a step that pauses", async () => {
    expect(await say({ timeoutMs: 10, pauseMs: 10_000 }, "wait:5000 say:late")).toEqual({
      lines: ["Pausing 10s before the next provisioner...", "late"],
      outcome: "succeeded",
    });
  });

  it("goes on after continue_on_error", async () => {
    expect(await say({ continueOnError: true, retry: 1 }, "fail:x")).toEqual({
      lines: [
        'Provisioner failed with "x", retrying with 1 trie(s) left',
        "retry limit reached.",
        'Warning: Provisioner failed with "x", but continue_on_error is set; continuing the build.',
      ],
      outcome: "succeeded",
    });
  });
});

describe("values that come up while running", () => {
  it("reach steps through outputs of the machine, data sources and value nodes", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeEffect("data.fake.x", { input: "from-data" }),
      fakeValue("local.y", { $tmpl: [{ $out: "data.fake.x", path: ["output"] }, "-local"] }),
      fakeMachine("a", {
        steps: [
          fakeStep("a/1", { text: { $tmpl: ["id=", { $out: "a", path: ["ID"] }] } }),
          fakeStep("a/2", { text: { $out: "local.y" } }),
          fakeStep("a/3", { text: "{{ build `Serial` }} {{build_name}} {{build_type}} {{ .ID }} {{packer_version}}" }),
        ],
      }),
    ]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    expect(result.outcome).toBe("succeeded");
    const lines = events.flatMap((event) => (event.type === "log" ? [event.text] : []));
    expect(lines).toEqual(["id=id-a", "from-data-local", "serial-a a fake id-a 1.16.0"]);
  });

  it("are masked when they are sensitive, also in errors", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([
      fakeEffect("data.fake.x", { input: "deep" }),
      fakeMachine("a", {
        config: { password: "hunter2-hunter2" },
        steps: [
          fakeStep("a/1", { text: { $out: "data.fake.x", path: ["secret"] } }),
          fakeStep("a/2", { text: { $out: "a", path: ["Password"] }, do: "fail:cannot-use-hunter2-hunter2" }),
        ],
      }),
    ]);
    const { events } = await runFake({ graph, plugins: [fake.plugin], folder });
    const text = JSON.stringify(events);
    expect(text).not.toContain("hunter2-hunter2");
    expect(text).not.toContain("secret-of-deep");
    expect(text).toContain("cannot-use-<sensitive>");
  });
});

describe("post-processors", () => {
  const after = async (posts: Parameters<typeof fakePost>[2][]) => {
    const fake = createFakePlugin();
    const nodes = posts.map((post, index) => fakePost(`a/post.${index}`, "a", post));
    const { result, events } = await runFake({
      graph: fakeGraph([fakeMachine("a"), ...nodes]),
      plugins: [fake.plugin],
      folder,
    });
    const artifacts = result.builds[0]?.artifacts.map((artifact) => artifact?.describe().id);
    const lines = events.flatMap((event) => (event.type === "log" ? [event.text] : []));
    return { outcome: result.outcome, error: result.builds[0]?.error, artifacts, alive: [...fake.alive], lines };
  };

  it("name themselves as Packer does", async () => {
    const { lines } = await after([{}, { name: "fake" }, { name: "mine" }]);
    expect(lines).toEqual([
      "Running post-processor:  (type fake)",
      "Running post-processor: fake",
      "Running post-processor: mine (type fake)",
    ]);
  });

  it("destroy what they replaced unless it is kept", async () => {
    expect(await after([{}])).toMatchObject({ artifacts: ["image a+"], alive: ["image a+"] });
    expect(await after([{ config: { keep: true } }])).toMatchObject({ artifacts: ["image a", "image a+"] });
    expect(await after([{ keepInput: true }])).toMatchObject({ artifacts: ["image a", "image a+"] });
    expect(await after([{ config: { keep: true }, keepInput: false }])).toMatchObject({ artifacts: ["image a+"] });
    const forced = { config: { keep: true, forced: true }, keepInput: false };
    expect(await after([forced])).toMatchObject({ artifacts: ["image a", "image a+"] });
  });

  it("list an artifact twice that they only passed on, as Packer does", async () => {
    const passed = { config: { result: "same", keep: true, forced: true } };
    expect(await after([passed])).toMatchObject({ artifacts: ["image a", "image a"], alive: ["image a"] });
  });

  it("end a chain silently when there is no artifact", async () => {
    expect(await after([{ config: { result: "none", keep: true } }, { config: { do: "say:never" } }])).toMatchObject({
      outcome: "succeeded",
      artifacts: ["image a"],
    });
  });

  it("keep what was built when one of them fails, unlike Packer, and let other chains run", async () => {
    const result = await after([{ config: { do: "fail:broken" } }, { chain: 1, config: { do: "say:other" } }]);
    expect(result).toEqual({
      outcome: "failed",
      error: "1 error(s) occurred:\n\n* Post-processor failed: broken",
      artifacts: [],
      alive: ["image a", "image a+"],
      lines: [
        "Running post-processor:  (type fake)",
        "Running post-processor:  (type fake)",
        "other",
        "Keeping what was built, because a post-processor failed: A fake image a",
      ],
    });
  });

  it("keep what was built when a later one fails, which no list names, as the build has failed", async () => {
    const passed = { config: { result: "same", keep: true } };
    const result = await after([passed, { config: { do: "fail:broken" } }]);
    expect(result).toMatchObject({ outcome: "failed", artifacts: [], alive: ["image a"] });
    expect(result.lines.at(-1)).toBe("Keeping what was built, because a post-processor failed: A fake image a");
  });

  it("do not run for a build without an artifact", async () => {
    const fake = createFakePlugin();
    const graph = fakeGraph([fakeMachine("a", { config: { artifact: false } }), fakePost("a/post", "a")]);
    const { result, events } = await runFake({ graph, plugins: [fake.plugin], folder });
    expect(result.builds[0]?.artifacts).toEqual([undefined]);
    expect(plain(events)).toContain("--> a: <nothing>\n");
  });
});

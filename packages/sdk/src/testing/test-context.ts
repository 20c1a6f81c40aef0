import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { createReport, type Diagnostic } from "@hclbuild/diagnostics";
import type { Communicator } from "../communicator.js";
import type { BuildInfo, StepContext } from "../context.js";
import { createClock, createRandom, type Host } from "../host.js";
import type { Json } from "../json.js";
import type { LedgerIntent } from "../ledger.js";
import { createLocalCommunicator } from "../local-communicator.js";
import { renderGoTemplate } from "../render.js";
import { Scope } from "../scope.js";

/** What a test may choose. */
export interface TestContextOptions {
  /** A folder of the test's own: working directory, home and temporary files are in it. */
  readonly folder: string;
  /** Environment variables; only `PATH` of the usual system folders when absent. */
  readonly env?: Host["env"];
  /** The machine; this very one, working in `folder`, when absent. */
  readonly communicator?: Communicator;
  /** Overrides facts about the build. */
  readonly build?: Partial<BuildInfo>;
  /** Cancels the work; never when absent. */
  readonly signal?: AbortSignal;
  /** Answers to questions, in order. When there are none left, asking fails. */
  readonly answers?: readonly string[];
}

/** A thing that a component announced in the ledger. */
export interface TestResource {
  readonly intent: LedgerIntent;
  readonly state: "intended" | "created" | "released";
}

/** Surroundings for one component under test, and what it did with them. */
export interface TestContext {
  /** What the component gets; it fits provisioners, builders, post-processors and data sources. */
  readonly context: StepContext & { readonly failed: () => boolean };
  /** Lines that were said, in order; output of commands is in it too. */
  readonly said: readonly string[];
  /** Lines that were reported as errors, and what commands wrote to their standard error. */
  readonly errors: readonly string[];
  /** Diagnostics that were reported, such as warnings. */
  readonly reported: readonly Diagnostic[];
  readonly resources: readonly TestResource[];
  /** Ends the component's part of the build: runs what it deferred, and throws the first clean-up that failed. */
  close(): Promise<void>;
}

/** Makes surroundings for running a component in a test: real files, commands and time, and no build around it. */
export function createTestContext(options: TestContextOptions): TestContext {
  const { folder } = options;
  const said: string[] = [];
  const errors: string[] = [];
  const reported: Diagnostic[] = [];
  const resources: { intent: LedgerIntent; state: TestResource["state"] }[] = [];
  const answers = [...(options.answers ?? [])];
  const clock = createClock({
    now: () => performance.timeOrigin + performance.now(),
    monotonic: () => performance.now(),
  });
  const random = createRandom((length) => randomBytes(length));
  const host = createHost(folder, options.env ?? { PATH: "/usr/local/bin:/usr/bin:/bin" });
  const scope = new Scope();
  const build = createBuild(options.build ?? {});
  const lines = (text: string): readonly string[] => text.replace(/\n$/, "").split("\n");
  const context: TestContext["context"] = {
    signal: options.signal ?? new AbortController().signal,
    scope,
    ui: {
      say: (text) => void said.push(...lines(text)),
      error: (text) => void errors.push(...lines(text)),
      async ask(question) {
        const answer = answers.shift();
        if (answer === undefined) throw new Error(`Nobody answers: ${question}`);
        return answer;
      },
      progress: () => ({ update: () => undefined, end: () => undefined }),
      output: () => ({ stdout: createLineSink(said), stderr: createLineSink(errors) }),
    },
    report: createReport((diagnostic) => void reported.push(diagnostic)),
    log: { debug: () => undefined },
    clock,
    random,
    host,
    workDir: folder,
    ledger: {
      async intend(intent) {
        const resource = { intent, state: "intended" as TestResource["state"] };
        resources.push(resource);
        return {
          created: async () => void (resource.state = "created"),
          released: async () => void (resource.state = "released"),
          intent,
        };
      },
    },
    build,
    render: (template, fields = {}, { isStrict = false } = {}) =>
      renderGoTemplate(template, { fields, build, startTime: clock.now(), workingDirectory: folder, random, isStrict }),
    communicator: options.communicator ?? createLocalCommunicator({ host, clock, root: folder }),
    failed: () => false,
  };
  return {
    context,
    said,
    errors,
    reported,
    resources,
    async close() {
      const [failure] = await scope.close();
      if (failure !== undefined) throw failure.error;
    },
  };
}

function createHost(folder: string, env: Host["env"]): Host {
  return {
    platform: "linux",
    hostname: "test.invalid",
    pid: 1,
    processStartTime: 0,
    env,
    cwd: folder,
    homeDirectory: folder,
    temporaryDirectory: folder,
    cacheDirectory: folder,
  };
}

function createBuild(overrides: Partial<BuildInfo>): BuildInfo {
  const data: Readonly<Record<string, Json>> = { ID: "test", Host: "127.0.0.1" };
  return {
    name: "null.test",
    sourceName: "test",
    builderType: "null",
    coreVersion: "1.16.0",
    runId: "00000000-0000-4000-8000-000000000000",
    debug: false,
    force: false,
    onError: "cleanup",
    data,
    ...overrides,
  };
}

function createLineSink(lines: string[]): Writable {
  let rest = "";
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      const parts = (rest + chunk.toString()).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      done();
    },
    final(done) {
      if (rest !== "") lines.push(rest);
      done();
    },
  });
}

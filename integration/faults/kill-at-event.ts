import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The program as users run it. */
export const binary = fileURLToPath(new URL("../../packages/cli/bin/hclbuild.cjs", import.meta.url));

export const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
export type KillSignal = (typeof signals)[number];

/** A template whose builds are killed. */
export interface FaultTemplate {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What is left on the machine that the build works on, once everything should be over. */
  readonly left?: () => readonly string[];
}

/** A line of `-format=ndjson`. */
export interface SeenEvent {
  readonly type: string;
  readonly outcome?: string;
  readonly text?: string;
  readonly diagnostic?: { readonly code: string };
}

/** How a run that was killed ended. */
export interface KilledRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly events: readonly SeenEvent[];
  readonly stdout: string;
  readonly stderr: string;
  /** Whether there was an n-th event to kill at. */
  readonly reached: boolean;
}

/** A folder for one run: the template, and temporary files of its own, so that what is left can be told. */
export function prepareFolder(template: FaultTemplate): string {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-fault-"));
  mkdirSync(join(folder, "tmp"));
  for (const [name, text] of Object.entries(template.files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The environment of a run; `HCLBUILD_FAULT` marks every process that descends from it. */
export function environmentOf(folder: string, template: Pick<FaultTemplate, "env">): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    HCLBUILD_FAULT: folder,
    ...template.env,
  };
}

/** Starts a build whose standard output is events. */
export function startBuild(
  folder: string,
  template: Pick<FaultTemplate, "env">,
  flags: readonly string[] = [],
): ChildProcess {
  return spawn(process.execPath, [binary, "build", "-format=ndjson", ...flags, "."], {
    cwd: folder,
    env: environmentOf(folder, template),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a build and sends the signal after its n-th event; 0 for never. */
export async function runAndKill(
  folder: string,
  template: FaultTemplate,
  kill: { n: number; signal: KillSignal },
): Promise<KilledRun> {
  const child = startBuild(folder, template);
  const events: SeenEvent[] = [];
  let stdout = "";
  let stderr = "";
  let reached = false;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal })),
  );
  if (child.stdout === null) throw new Error("no output");
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      stdout += `${line}\n`;
      const event = parseEvent(line);
      if (event !== undefined) events.push(event);
      if (events.length === kill.n && !reached) reached = child.kill(kill.signal);
    }
  })();
  const end = await ended;
  // A process that outlives the build may hold the output open.
  await Promise.race([read, new Promise((resolve) => setTimeout(resolve, 3000))]);
  return { ...end, events, stdout, stderr, reached };
}

function parseEvent(line: string): SeenEvent | undefined {
  try {
    return JSON.parse(line) as SeenEvent;
  } catch {
    return undefined;
  }
}

/** Everything that is wrong after a run was killed; empty when all is as documented. Removes the folder's leavings. */
export async function findProblems(
  folder: string,
  template: FaultTemplate,
  run: KilledRun,
  signal: KillSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const expectThat = (holds: boolean, problem: string): void => void (holds || problems.push(problem));
  const end = run.events.findLast((event) => event.type === "run.end");
  if (signal === "SIGKILL") {
    expectThat(!run.reached || run.signal === "SIGKILL" || run.code !== null, `ended with ${run.code} ${run.signal}`);
  } else {
    const expected = end?.outcome === "succeeded" ? 0 : 1;
    expectThat(run.code === expected, `exit code ${run.code} (${run.signal}) after the outcome ${end?.outcome}`);
    expectThat(end !== undefined, "there is no run.end");
    const cancelled = run.events.some((event) => event.type === "run.cancel");
    expectThat(cancelled === (end?.outcome === "cancelled"), `outcome ${end?.outcome}, cancelled: ${cancelled}`);
    const failed = run.events.some((event) => event.type === "diagnostic");
    expectThat(end?.outcome !== "failed" || failed, "it failed without a diagnostic");
  }
  expectThat(run.stderr === "", `standard error: ${run.stderr}`);
  expectThat(!/Internal error|bug report/.test(run.stdout), `an internal error: ${run.stdout.slice(-2000)}`);
  const checkLiving = async (): Promise<void> => {
    const living = await untilEmpty(() => livingProcesses(folder), 10_000);
    expectThat(living.length === 0, `still running: ${living.join("; ")}`);
  };
  // What a killed run leaves running is ended by cleanup.
  if (signal !== "SIGKILL") await checkLiving();
  problems.push(...checkLedgers(folder));
  const left = (): readonly string[] => readdirSync(join(folder, "tmp"));
  if (signal !== "SIGKILL") expectThat(left().length === 0, `temporary files: ${left().join(", ")}`);
  const cleanup = cleanUpAfter(folder, template);
  expectThat(cleanup.code === 0, `cleanup ended with ${cleanup.code}: ${cleanup.output}`);
  await checkLiving();
  expectThat(left().length === 0, `temporary files after cleanup: ${left().join(", ")}`);
  const again = cleanUpAfter(folder, template);
  expectThat(again.output === "Nothing was left behind.\n", `a second cleanup says: ${again.output}`);
  const remote = await untilEmpty(() => template.left?.() ?? [], 20_000);
  expectThat(remote.length === 0, `left on the machine: ${remote.join("; ")}`);
  return problems;
}

/** Runs `hclbuild cleanup` as a user would afterwards. */
export function cleanUpAfter(
  folder: string,
  template: Pick<FaultTemplate, "env">,
): { readonly code: number | null; readonly output: string } {
  const env = { ...environmentOf(folder, template), HCLBUILD_FAULT: "" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, "cleanup", "."], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { code: status, output: stdout + stderr };
}

/** Every complete line of every ledger and journal is JSON, and no entry is released before it was written down. */
function checkLedgers(folder: string): readonly string[] {
  const runs = join(folder, ".hclbuild/runs");
  if (!existsSync(runs)) return [];
  const problems: string[] = [];
  for (const run of readdirSync(runs)) {
    for (const file of ["journal.ndjson", "ledger.ndjson"]) {
      const path = join(runs, run, file);
      if (!existsSync(path)) continue;
      const known = new Set<number>();
      const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
      for (const line of lines) {
        const entry = parseEvent(line) as { entry?: number; event?: string } | undefined;
        if (entry === undefined) problems.push(`${file} holds ${JSON.stringify(line)}`);
        else if (entry.event === "intend") known.add(entry.entry ?? -1);
        else if (entry.event !== undefined && !known.has(entry.entry ?? -1)) problems.push(`${file}: ${line}`);
      }
    }
  }
  return problems;
}

/** Command lines of the processes that descend from a run, by the mark in their environment. */
export function livingProcesses(folder: string): readonly string[] {
  const mark = `HCLBUILD_FAULT=${folder}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!`${readFileSync(`/proc/${pid}/environ`, "utf8")}\0`.includes(mark)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`];
      } catch {
        return [];
      }
    });
}

/** What is left of them once those that have just been told to end had the time for it. */
export function remainingProcesses(folder: string): readonly string[] {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let left = 200; left > 0; left--) {
    if (livingProcesses(folder).length === 0) return [];
    Atomics.wait(pause, 0, 0, 50);
  }
  return livingProcesses(folder);
}

async function untilEmpty(look: () => readonly string[], milliseconds: number): Promise<readonly string[]> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const found = look();
    if (found.length === 0 || performance.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One case: a fresh folder, a run that is killed, and what is wrong afterwards. */
export async function tryKill(
  template: FaultTemplate,
  kill: { readonly n: number; readonly signal: KillSignal },
): Promise<{ readonly reached: boolean; readonly problems: readonly string[] }> {
  const folder = prepareFolder(template);
  try {
    const run = await runAndKill(folder, template, kill);
    return { reached: run.reached, problems: await findProblems(folder, template, run, kill.signal) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many events a run of the template has when nothing happens to it. */
export async function countEvents(template: FaultTemplate): Promise<number> {
  const folder = prepareFolder(template);
  try {
    const { code, events, stdout } = await runAndKill(folder, template, { n: 0, signal: "SIGTERM" });
    if (code !== 0) throw new Error(`the run fails by itself: ${stdout.slice(-2000)}`);
    return events.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

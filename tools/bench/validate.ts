import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, timeInterleaved, type Contender, type Timing } from "./paired.js";

interface Workload {
  readonly name: string;
  /** Each ten times the one before. */
  readonly sizes: readonly number[];
  template(size: number): string;
}

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

const nullSource = (n: number): string => `source "null" "s${n}" {\n  communicator = "none"\n}\n`;

/** What people write: some variables, a source, a few provisioners and a chain of post-processors. */
const typical = `
variable "region" {
  type    = string
  default = "eu-west-1"
}
variable "tags" {
  type    = map(string)
  default = { team = "images", stage = "test" }
}
variable "password" {
  type      = string
  default   = "not a real one"
  sensitive = true
}
locals {
  name   = "app-\${var.region}"
  labels = merge(var.tags, { name = local.name })
}
source "null" "app" {
  communicator = "none"
}
build {
  name    = "app"
  sources = ["source.null.app"]
  provisioner "shell-local" {
    environment_vars = ["NAME=\${local.name}", "PASSWORD=\${var.password}"]
    inline           = ["echo $NAME", "echo \${join(",", keys(local.labels))}"]
  }
  provisioner "shell-local" {
    only   = ["null.app"]
    inline = [for key, value in local.labels : "echo \${key}=\${value}"]
  }
  post-processor "shell-local" {
    inline = ["echo done"]
  }
  post-processor "manifest" {
    output = "manifest.json"
  }
}
`;

const workloads: readonly Workload[] = [
  { name: "typical", sizes: [1], template: () => typical },
  {
    name: "sources, one build",
    sizes: [1, 10, 100, 1_000],
    template: (size) =>
      `${repeat(size, nullSource)}build {\n  sources = [\n${repeat(size, (n) => `    "null.s${n}",\n`)}  ]\n}\n`,
  },
  {
    name: "builds, own source",
    sizes: [1, 10, 100, 1_000],
    template: (size) =>
      repeat(
        size,
        (n) =>
          `${nullSource(n)}build {\n  name    = "b${n}"\n  sources = ["null.s${n}"]\n  provisioner "shell-local" {\n    inline = ["echo ${n}"]\n  }\n}\n`,
      ),
  },
  {
    name: "variables",
    sizes: [1, 10, 100, 1_000],
    template: (size) =>
      `${repeat(size, (n) => `variable "v${n}" {\n  type    = string\n  default = "value ${n}"\n}\n`)}${nullSource(0)}build {\n  sources = ["null.s0"]\n  provisioner "shell-local" {\n    inline = [\n${repeat(size, (n) => `      "echo \${var.v${n}}",\n`)}    ]\n  }\n}\n`,
  },
];

/** What Packer 1.6.6 takes longer for than anybody wants to wait in every round; it is timed once. */
const patience = 5_000;

/**
 * `validate` on templates of growing size, beside Debian's Packer 1.6.6: a new process each time, and loading,
 * compiling and preparing in one process that is warm. Arguments: rounds (5), and part of a workload's name.
 */
export async function run(args: readonly string[]): Promise<number> {
  const rounds = Number(args[0] ?? 5);
  if (!existsSync(join(repositoryRoot, "packages/cli/dist/cli.cjs"))) {
    console.error("Build the program first: npm run build");
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  mkdirSync(join(folder, "home"));
  try {
    console.log(
      `medians of ${rounds} rounds, ms; "again": in a process that is warm; growth: best rounds, start taken off`,
    );
    console.log("workload                size  hclbuild    packer  / packer   growth     again   growth");
    const validate = await createValidator();
    let broken = false;
    for (const workload of workloads.filter(({ name }) => name.includes(args[1] ?? ""))) {
      broken = (await measure(workload, { rounds, folder, validate })) || broken;
    }
    return broken ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly rounds: number;
  readonly folder: string;
  /** Validates in this process. */
  readonly validate: (file: string) => Promise<void>;
}

interface Row {
  readonly size: number;
  /** Times of each round, in milliseconds. */
  readonly cold: readonly number[];
  readonly warm: readonly number[];
  readonly peer?: number | undefined;
  readonly ratio?: number | undefined;
}

/** Prints the rows of a workload. Returns whether a limit that must hold does not. */
async function measure(workload: Workload, setting: Setting): Promise<boolean> {
  const rows: Row[] = [];
  let peerIsSlow = false;
  for (const size of workload.sizes) {
    const file = join(setting.folder, `${workload.name.replaceAll(/\W+/g, "-")}-${size}.pkr.hcl`);
    writeFileSync(file, workload.template(size));
    const ours = contender("hclbuild", file, setting.folder);
    const packer = contender("packer", file, setting.folder);
    const once: number | undefined = peerIsSlow ? undefined : timePeer(packer);
    peerIsSlow = once === undefined || once > patience;
    const contenders = peerIsSlow ? [ours] : [ours, packer];
    const [cold, peer] = timeInterleaved(contenders, setting.rounds) as [Timing, Timing?];
    rows.push({
      size,
      cold: cold.times,
      warm: await timeAgain(file, setting),
      peer: peer === undefined ? once : median(peer.times),
      ratio:
        peer === undefined ? (once === undefined ? undefined : median(cold.times) / once) : pairedRatio(cold, peer),
    });
  }
  for (const [index, row] of rows.entries()) print(workload, row, index < 2 ? undefined : growths(rows, index));
  return judge(workload, rows);
}

function contender(name: "hclbuild" | "packer", file: string, folder: string): Contender {
  const env = { CHECKPOINT_DISABLE: "1", HOME: join(folder, "home"), PACKER_CONFIG_DIR: join(folder, "home") };
  const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
  return name === "packer"
    ? { name, command: "packer", args: ["validate", file], cwd: folder, env }
    : { name, command: process.execPath, args: [program, "validate", file], cwd: folder, env };
}

/** Time of one run in milliseconds; `undefined` when Packer is not there or refuses the template. */
function timePeer({ command, args, cwd, env }: Contender): number | undefined {
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd, env: { ...process.env, ...env } });
  return status === 0 ? performance.now() - started : undefined;
}

/** The same work without the start of a process: read, compiled, prepared and printed to nobody. */
async function timeAgain(file: string, { validate, rounds }: Setting): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const started = performance.now();
    await validate(file);
    if (round >= 0) times.push(performance.now() - started);
  }
  return times;
}

async function createValidator(): Promise<Setting["validate"]> {
  const { dispatch } = await import("../../packages/cli/src/dispatch.js");
  const { createProcessHost } = await import("../../packages/cli/src/host/host.js");
  const stream = { write: () => undefined, isTerminal: false, columns: undefined };
  const host = { ...createProcessHost((url) => import(url)), stdout: stream, stderr: stream };
  return async (file) => {
    const code = await dispatch(["validate", file], host);
    if (code !== 0) throw new Error(`validate ${file} ended with ${code}`);
  };
}

interface Growths {
  readonly cold: number;
  readonly warm: number;
}

/** Ratios to the row before. What the smallest template takes is the start, which does not grow. */
function growths(rows: readonly Row[], index: number): Growths {
  const [smallest, before, row] = [rows[0], rows[index - 1], rows[index]] as [Row, Row, Row];
  // The best rounds are those that other load on the machine disturbed least. A difference below these many
  // milliseconds is noise.
  const ratio = (timesOf: (row: Row) => readonly number[], noise: number): number => {
    const [first, smaller, larger] = [smallest, before, row].map((each) => Math.min(...timesOf(each)));
    const added = Math.max((larger as number) - (first as number), 0);
    return added / Math.max((smaller as number) - (first as number), noise);
  };
  return { cold: ratio(({ cold }) => cold, 30), warm: ratio(({ warm }) => warm, 5) };
}

function print({ name }: Workload, row: Row, growth: Growths | undefined): void {
  const cells = [
    String(row.size).padStart(6),
    median(row.cold).toFixed(0).padStart(9),
    (row.peer?.toFixed(0) ?? "-").padStart(9),
    (row.ratio?.toFixed(2) ?? "").padStart(9),
    (growth?.cold.toFixed(1) ?? "").padStart(8),
    median(row.warm).toFixed(1).padStart(9),
    (growth?.warm.toFixed(1) ?? "").padStart(8),
  ];
  console.log(`${name.padEnd(21)} ${cells.join(" ")}`);
}

/** Says which limits do not hold. Returns whether one of them must. */
function judge({ name }: Workload, rows: readonly Row[]): boolean {
  const missed: string[] = [];
  for (let index = 2; index < rows.length; index++) {
    const { cold, warm } = growths(rows, index);
    if (Math.max(cold, warm) > 12) missed.push("ten times the work must take at most twelve times the time");
  }
  const largest = rows.at(-1);
  if (name.startsWith("sources") && largest !== undefined && Math.min(...largest.cold) >= 2_000) {
    missed.push("1 000 sources and one build over them must validate in less than 2 s");
  }
  for (const text of missed) console.log(`  MISSED: ${text}`);
  if (name === "typical" && largest?.ratio !== undefined) {
    console.log(`  target ≤ 0.8 × packer: ${largest.ratio <= 0.8 ? "holds" : "MISSED"}`);
  }
  return missed.length > 0;
}

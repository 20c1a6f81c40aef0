import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, timeInterleaved, type Contender, type Timing } from "./paired.js";

/** A template of a given size, and the largest time growth that ten times the size may bring. */
interface Workload {
  readonly name: string;
  readonly sizes: readonly [number, number];
  template(size: number): string;
}

const frame = `
source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"]
}
`;

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** `n` elements as nested ranges, because one range has 1024 at most. */
function grid(size: number): readonly [number, number] {
  const rows = Math.ceil(size / 1000);
  return [rows, Math.ceil(size / rows)];
}

function locals(lines: readonly string[]): string {
  return `locals {\n${lines.map((line) => `  ${line}\n`).join("")}}\n${frame}`;
}

const workloads: readonly Workload[] = [
  {
    name: "locals, independent",
    sizes: [200, 2_000],
    template: (size) => locals(numbers(size).map((n) => `l${n} = "value ${n}"`)),
  },
  {
    name: "locals, star",
    sizes: [1_000, 10_000],
    template: (size) => locals(['base = "b"', ...numbers(size).map((n) => `l${n} = "\${local.base}-${n}"`)]),
  },
  {
    name: "locals, chain",
    sizes: [1_000, 10_000],
    template: (size) => locals(["l0 = 1", ...numbers(size - 1).map((n) => `l${n + 1} = local.l${n}`)]),
  },
  {
    name: "interpolations",
    sizes: [10_000, 100_000],
    template: (size) => {
      const [rows, columns] = grid(size);
      return locals([`all = [for a in range(${rows}) : [for b in range(${columns}) : "item-\${a}-\${b}"]]`]);
    },
  },
  {
    name: "for, object",
    sizes: [1_000, 10_000],
    template: (size) => {
      const [rows, columns] = grid(size);
      return locals([
        `all = [for a in range(${rows}) : { for b in range(${columns}) : "k\${a}-\${b}" => b if b != 7 }]`,
      ]);
    },
  },
  {
    name: "merge",
    sizes: [1_000, 10_000],
    template: (size) => {
      const [rows, columns] = grid(size);
      return locals([
        `all = merge([for a in range(${rows}) : { for b in range(${columns}) : "k\${a}-\${b}" => b }]...)`,
      ]);
    },
  },
  {
    name: "flatten",
    sizes: [1_000, 10_000],
    template: (size) => {
      const [rows, columns] = grid(size);
      return locals([`all = flatten([for a in range(${rows}) : [for b in range(${columns}) : [a, [b]]]])`]);
    },
  },
];

/**
 * `validate` on templates that are all evaluation, at two sizes, beside Debian's Packer 1.6.6. Growth is the time for
 * ten times the work, start-up taken off. Arguments: rounds (5), and part of a workload's name.
 */
export function run(args: readonly string[]): number {
  const rounds = Number(args[0] ?? 5);
  const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
  if (!existsSync(join(repositoryRoot, "packages/cli/dist/cli.cjs"))) {
    console.error("Build the program first: npm run build");
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  const env = { CHECKPOINT_DISABLE: "1", HOME: join(folder, "home"), PACKER_CONFIG_DIR: join(folder, "home") };
  mkdirSync(env.HOME);
  const contender = (name: string, file: string): Contender =>
    name === "packer"
      ? { name, command: "packer", args: ["validate", file], cwd: folder, env }
      : { name, command: process.execPath, args: [program, "validate", file], cwd: folder, env };
  try {
    writeFileSync(join(folder, "empty.pkr.hcl"), frame);
    console.log(
      `medians of ${rounds} rounds, ms\nworkload                  size  hclbuild    packer  / packer   growth`,
    );
    let broken = false;
    for (const workload of workloads.filter(({ name }) => name.includes(args[1] ?? ""))) {
      const files = workload.sizes.map((size) => {
        const file = `${workload.name.replaceAll(/\W+/g, "-")}-${size}.pkr.hcl`;
        writeFileSync(join(folder, file), workload.template(size));
        return file;
      }) as [string, string];
      broken = measure(workload, files, { rounds, contender }) || broken;
    }
    return broken ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly rounds: number;
  contender(name: string, file: string): Contender;
}

/** Prints two rows. Returns whether a limit that must hold does not. */
function measure(workload: Workload, files: readonly [string, string], { rounds, contender }: Setting): boolean {
  const ours = [...files, "empty.pkr.hcl"].map((file) => contender("hclbuild", file));
  const peers = files.map((file) => contender("packer", file)).filter(succeeds);
  const timings = timeInterleaved([...ours, ...peers], rounds);
  const [small, large, empty] = timings as [Timing, Timing, Timing];
  const growth = growthOf(median(large.times), median(small.times), median(empty.times));
  for (const [index, timing] of [small, large].entries()) {
    const peerIndex = peers.findIndex((peer) => peer.args.at(-1) === files[index]);
    const peer = peerIndex === -1 ? undefined : timings[ours.length + peerIndex];
    const cells = [
      String(workload.sizes[index]).padStart(7),
      median(timing.times).toFixed(0).padStart(9),
      (peer === undefined ? "fails" : median(peer.times).toFixed(0)).padStart(9),
      (peer === undefined ? "" : pairedRatio(timing, peer).toFixed(2)).padStart(9),
      (index === 1 ? growth.toFixed(1) : "").padStart(8),
    ];
    console.log(`${workload.name.padEnd(22)} ${cells.join(" ")}`);
  }
  const isTooSlow = workload.name === "locals, independent" && median(large.times) >= 500;
  if (isTooSlow) console.log("  MISSED: 2 000 independent locals must validate in less than 500 ms");
  if (growth > 12) console.log("  MISSED: ten times the work must take at most twelve times the time");
  return isTooSlow || growth > 12;
}

/**
 * Ratio of two times with the start-up taken off. A difference of less than 30 ms drowns in the noise of starting a
 * process, so it counts as that much.
 */
function growthOf(large: number, small: number, empty: number): number {
  return (large - empty) / Math.max(small - empty, 30);
}

function succeeds({ command, args, cwd, env }: Contender): boolean {
  return spawnSync(command, args, { cwd, env: { ...process.env, ...env } }).status === 0;
}

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, timeInterleaved, type Contender, type Timing } from "./paired.js";

const template = `variable "greeting" {
  type    = string
  default = "hello"
}

source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"]

  provisioner "shell-local" {
    inline = ["echo \${var.greeting}"]
  }
}
`;

interface Goal {
  readonly level: "must" | "target";
  readonly against: "script" | "packer";
  readonly ratio: number;
}

const goals: Readonly<Record<string, Goal>> = {
  version: { level: "must", against: "script", ratio: 1.15 },
  validate: { level: "target", against: "packer", ratio: 0.8 },
  build: { level: "target", against: "packer", ratio: 0.7 },
};

const commandLines: Readonly<Record<string, readonly string[]>> = {
  version: ["version"],
  "fmt -check": ["fmt", "-check", "null.pkr.hcl"],
  validate: ["validate", "null.pkr.hcl"],
  build: ["build", "-color=false", "null.pkr.hcl"],
};

/**
 * Start-up time of the program beside Debian's Packer 1.6.6 and an empty Node script: every round runs all three, and
 * what is reported is the median of each round's ratio.
 */
export function run(args: readonly string[]): number {
  const rounds = Number(args[0] ?? 21);
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  try {
    writeFileSync(join(folder, "null.pkr.hcl"), template);
    writeFileSync(join(folder, "empty.cjs"), "");
    mkdirSync(join(folder, "home"));
    const hasPacker =
      spawnSync("packer", ["version"], { env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).status === 0;
    if (!hasPacker) console.log("packer is not installed; its column stays empty");
    console.log(`medians of ${rounds} interleaved rounds`);
    console.log("command        hclbuild ms  packer ms  empty script ms  / packer  / empty script");
    let broken = false;
    for (const [name, argv] of Object.entries(commandLines)) {
      const timings = timeInterleaved(contenders(folder, argv, hasPacker), rounds);
      broken = report(name, timings) || broken;
    }
    return broken ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders(folder: string, argv: readonly string[], hasPacker: boolean): readonly Contender[] {
  const env = { CHECKPOINT_DISABLE: "1", HOME: join(folder, "home"), PACKER_CONFIG_DIR: join(folder, "home") };
  const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
  const all: Contender[] = [
    { name: "hclbuild", command: process.execPath, args: [program, ...argv], cwd: folder, env },
    { name: "empty script", command: process.execPath, args: [join(folder, "empty.cjs")], cwd: folder, env },
  ];
  if (hasPacker) all.push({ name: "packer", command: "packer", args: argv, cwd: folder, env });
  return all;
}

/** Prints one row. Returns whether a goal that must hold does not. */
function report(name: string, timings: readonly Timing[]): boolean {
  const [ours, script, packer] = timings;
  if (ours === undefined || script === undefined) throw new Error("no timings");
  const toScript = pairedRatio(ours, script);
  const toPacker = packer === undefined ? undefined : pairedRatio(ours, packer);
  const cells = [
    median(ours.times).toFixed(1).padStart(11),
    (packer === undefined ? "" : median(packer.times).toFixed(1)).padStart(10),
    median(script.times).toFixed(1).padStart(16),
    (toPacker?.toFixed(2) ?? "").padStart(9),
    toScript.toFixed(2).padStart(15),
  ];
  const goal = goals[name];
  const reached = goal?.against === "packer" ? toPacker : toScript;
  let verdict = "";
  if (goal !== undefined && reached !== undefined) {
    verdict = `  ${goal.level} ≤ ${goal.ratio} × ${goal.against}: ${reached <= goal.ratio ? "holds" : "MISSED"}`;
  }
  console.log(`${name.padEnd(13)} ${cells.join(" ")}${verdict}`);
  return goal?.level === "must" && reached !== undefined && reached > goal.ratio;
}

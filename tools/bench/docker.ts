import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBaseImage } from "../../integration/setup/base-image.js";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, timeInterleaved, type Contender, type Timing } from "./paired.js";

interface Scenario {
  readonly letter: string;
  readonly title: string;
  readonly steps: number;
  readonly megabytes: number;
  readonly builds: number;
  /** Checkpoints are there, and the last step differs each time. */
  readonly warm?: true;
  readonly must?: number;
  readonly target: number;
}

const scenarios: readonly Scenario[] = [
  {
    letter: "a",
    title: "20 MB upload, 2 shell steps, commit",
    steps: 2,
    megabytes: 20,
    builds: 1,
    must: 0.8,
    target: 0.6,
  },
  {
    letter: "b",
    title: "10 shell steps, 200 MB upload, commit",
    steps: 10,
    megabytes: 200,
    builds: 1,
    must: 0.8,
    target: 0.6,
  },
  {
    letter: "c",
    title: "b, checkpoints, last step edited",
    steps: 10,
    megabytes: 200,
    builds: 1,
    warm: true,
    must: 0.25,
    target: 0.15,
  },
  { letter: "d", title: "four builds of b in parallel", steps: 10, megabytes: 200, builds: 4, target: 0.6 },
];

/**
 * Builds of Docker images beside Debian's Packer 1.6.6: every round runs both, and what is reported is the median of
 * the rounds' ratios. Arguments: the number of rounds (5), then the letters of the scenarios (all).
 */
export function run(args: readonly string[]): number {
  const rounds = Number(args[0] ?? 5);
  const wanted = scenarios.filter(({ letter }) => args.length < 2 || args.includes(letter));
  if (spawnSync("packer", ["version"], { env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).status !== 0) {
    console.error("packer is not installed: there is nothing to compare with");
    return 1;
  }
  ensureBaseImage();
  console.log(`medians of ${rounds} interleaved rounds`);
  console.log("scenario                                   hclbuild ms   packer ms   ratio");
  let broken = false;
  for (const scenario of wanted) broken = measure(scenario, rounds) || broken;
  return broken ? 1 : 0;
}

function measure(scenario: Scenario, rounds: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  try {
    writeFileSync(join(folder, "it.pkr.hcl"), templateOf(scenario));
    writeFileSync(join(folder, "blob"), randomFillSync(Buffer.alloc(scenario.megabytes * 1_000_000)));
    mkdirSync(join(folder, "home"));
    return report(scenario, timeInterleaved(contenders(scenario, folder), rounds));
  } finally {
    if (scenario.warm) spawnSync(process.execPath, [program, "cache", "prune", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function templateOf({ steps, builds }: Scenario): string {
  const names = Array.from({ length: builds }, (_, index) => `it${index}`);
  const sources = names.map(
    (name) => `source "docker" "${name}" {\n  image  = "busybox:test"\n  pull   = false\n  commit = true\n}\n`,
  );
  const shells = Array.from(
    { length: steps },
    (_, index) =>
      `  provisioner "shell" {\n    inline = ["echo ${index} ${index === steps - 1 ? "${var.edit}" : ""} > /step${index}"]\n  }\n`,
  );
  const upload = `  provisioner "file" {\n    source      = "blob"\n    destination = "/tmp/blob"\n  }\n`;
  const list = names.map((name) => `"source.docker.${name}"`).join(", ");
  return `variable "edit" {\n  type    = string\n  default = ""\n}\n\n${sources.join("\n")}\nbuild {\n  sources = [${list}]\n${upload}${shells.join("")}}\n`;
}

const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");

function contenders({ warm }: Scenario, folder: string): readonly Contender[] {
  const home = join(folder, "home");
  const env = { CHECKPOINT_DISABLE: "1", HOME: home, PACKER_CONFIG_DIR: home };
  const both = { command: "sh", cwd: folder, env, after: removeImages };
  const line = (words: string): readonly string[] => [
    "-c",
    `exec ${words} -color=false ${warm ? '-var "edit=$(date +%N)"' : ""} it.pkr.hcl`,
  ];
  return [
    { ...both, name: "hclbuild", args: line(`'${process.execPath}' '${program}' build${warm ? " -cache" : ""}`) },
    { ...both, name: "packer", args: line("packer build") },
  ];
}

/** What a run built must not fill the disk, nor make the next run faster. */
function removeImages(stdout: string): void {
  const ids = new Set(
    Array.from(stdout.matchAll(/Imported Docker image: (sha256:[0-9a-f]{64})/g), ([, id = ""]) => id),
  );
  for (const id of ids) spawnSync("docker", ["image", "rm", id]);
}

/** Prints one row. Returns whether a goal that must hold does not. */
function report({ letter, title, must, target }: Scenario, [ours, theirs]: readonly Timing[]): boolean {
  if (ours === undefined || theirs === undefined) throw new Error("no timings");
  const ratio = pairedRatio(ours, theirs);
  const cells = [
    `${letter}  ${title}`.padEnd(42),
    median(ours.times).toFixed(0).padStart(11),
    median(theirs.times).toFixed(0).padStart(11),
    ratio.toFixed(2).padStart(7),
  ];
  const verdict = (level: string, limit: number): string =>
    `${level} ≤ ${limit}: ${ratio <= limit ? "holds" : "MISSED"}`;
  const verdicts = [...(must === undefined ? [] : [verdict("must", must)]), verdict("target", target)];
  console.log(`${cells.join(" ")}  ${verdicts.join(", ")}`);
  return must !== undefined && ratio > must;
}

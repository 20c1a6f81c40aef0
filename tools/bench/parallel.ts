import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, type Timing } from "./paired.js";
import { watchTree } from "./process-tree.js";

const builds = 100;
/** What our time and memory may be of Packer's. */
const must = { wall: 0.4, memory: 0.05 };

/** Many parallel builds beside Packer, interleaved. The first argument is the number of rounds. */
export async function run(args: readonly string[]): Promise<number> {
  const rounds = Number(args[0] ?? 3);
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  try {
    writeFileSync(join(folder, "many.pkr.hcl"), templateOf());
    const env = { CHECKPOINT_DISABLE: "1", HOME: folder, PACKER_CONFIG_DIR: folder };
    const ways = [
      { name: "hclbuild", command: [process.execPath, join(repositoryRoot, "packages/cli/bin/hclbuild.cjs")] },
      { name: "packer", command: ["packer"] },
    ].map((way) => ({ ...way, times: [] as number[], memory: [] as number[] }));
    for (let round = -1; round < rounds; round++) {
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
        const { milliseconds, peakMemory } = await runOnce(way.command, folder, env);
        if (round < 0) continue;
        way.times.push(milliseconds);
        way.memory.push(peakMemory);
      }
    }
    const [ours, theirs] = ways as unknown as readonly [(typeof ways)[0], (typeof ways)[0]];
    for (const { name, times, memory } of ways) {
      console.log(
        `${name.padEnd(10)}${(median(times) / 1000).toFixed(2).padStart(8)} s${String(Math.round(median(memory) / 1e6)).padStart(8)} MB`,
      );
    }
    const wall = pairedRatio(ours as Timing, theirs as Timing);
    const memory = median(ours.memory) / median(theirs.memory);
    const verdict = (ratio: number, limit: number): string =>
      `${ratio.toFixed(3)} (must <= ${limit}: ${ratio <= limit ? "met" : "MISSED"})`;
    console.log(`${builds} parallel builds: wall ${verdict(wall, must.wall)}, memory ${verdict(memory, must.memory)}`);
    return wall <= must.wall && memory <= must.memory ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function templateOf(): string {
  const sources = Array.from(
    { length: builds },
    (_unused, n) => `source "null" "b${n}" {\n  communicator = "none"\n}\n`,
  );
  const names = Array.from({ length: builds }, (_unused, n) => `"source.null.b${n}"`).join(", ");
  return `${sources.join("")}build {\n  sources = [${names}]\n  provisioner "shell-local" {\n    inline = ["echo hello"]\n  }\n}\n`;
}

async function runOnce(
  command: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ milliseconds: number; peakMemory: number }> {
  const [program = "", ...args] = command;
  const started = performance.now();
  const child = spawn(program, [...args, "build", "many.pkr.hcl"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const tree = watchTree(child.pid ?? 0);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const milliseconds = performance.now() - started;
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${output.slice(-3000)}`);
  return { milliseconds, peakMemory: tree.stop() };
}

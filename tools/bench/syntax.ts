import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { acceptedFiles } from "../../packages/syntax/test/support/corpus-files.js";
import { repositoryRoot } from "../run-tool.js";
import { median, pairedRatio, timeInterleaved, type Contender } from "./paired.js";

const operations = ["lex", "parse", "format"] as const;
type Times = Partial<Record<(typeof operations)[number], number[]>> & { readonly problems?: number };

/** What `fmt -check` of many files should need at most of Packer's time. */
const formatTarget = 1;

/** hashicorp/hcl's scanner, parser and formatter on the same text; prints milliseconds as the other side does. */
const goProgram = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	runs, _ := strconv.Atoi(os.Args[2])
	measure := func(run func()) []float64 {
		var times []float64
		for i := 0; i < runs; i++ {
			before := time.Now()
			run()
			times = append(times, float64(time.Since(before).Microseconds())/1000)
		}
		return times
	}
	result := map[string][]float64{
		"parse":  measure(func() { hclsyntax.ParseConfig(text, "bench.hcl", hcl.InitialPos) }),
		"lex":    measure(func() { hclsyntax.LexConfig(text, "bench.hcl", hcl.InitialPos) }),
		"format": measure(func() { hclwrite.Format(text) }),
	}
	out, _ := json.Marshal(result)
	fmt.Println(string(out))
}
`;

/**
 * Speed of lexing, parsing and formatting on the corpus' files in a row, at 0.1, 1 and 10 MB, beside hcl2json and, when
 * Go is there, hashicorp/hcl v2.24.0; and of whole `fmt -check` commands. Rounds alternate between the contenders, and
 * the median counts. Fails when parsing is less than three times as fast as hcl2json or not linear.
 * Arguments: `--rounds=5`.
 */
export async function run(args: readonly string[]): Promise<number> {
  const rounds = Number(args.find((item) => item.startsWith("--rounds="))?.slice("--rounds=".length) ?? 5);
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-bench-"));
  try {
    const build = spawnSync(join(repositoryRoot, "node_modules/.bin/tsc"), ["-b", "packages/syntax"], {
      cwd: repositoryRoot,
      encoding: "utf8",
    });
    if (build.status !== 0) throw new Error(`the package does not compile:\n${build.stdout}`);
    const go = buildGo(folder);
    if (go === undefined) console.log("Go or its module is not available; its columns stay empty");
    const corpus = resolve(process.env["HCLBUILD_CORPUS"] ?? join(repositoryRoot, "../shared/corpus"));
    const speeds = new Map<number, ReadonlyMap<string, number>>();
    console.log("MB/s                  0.1 MB     1 MB    10 MB");
    for (const megabytes of [0.1, 1, 10]) {
      const file = join(folder, `corpus-${megabytes}.hcl`);
      const bytes = writeCorpus(corpus, file, megabytes * 1e6);
      speeds.set(megabytes, measureSize({ file, bytes, rounds, go, megabytes }));
    }
    const names = [...(speeds.get(1)?.keys() ?? [])];
    for (const name of names)
      console.log(
        `${name.padEnd(20)}${[0.1, 1, 10].map((size) => (speeds.get(size)?.get(name)?.toFixed(1) ?? "-").padStart(8)).join(" ")}`,
      );
    compareCommands(corpus, folder, rounds);
    return judge(speeds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The corpus' files in a row, each in a block of its own so that no attribute is set twice. */
function writeCorpus(corpus: string, file: string, size: number): number {
  const texts = [...acceptedFiles(corpus)].map((source) => source.text.replace(/^\ufeff/, ""));
  const parts: string[] = [];
  let length = 0;
  for (let index = 0; length < size; index++) {
    // A stride that is coprime to the number of files mixes the repositories.
    const text = texts[(index * 37) % texts.length] ?? "";
    const part = `b${index} {\n${text}${text.endsWith("\n") ? "" : "\n"}}\n`;
    parts.push(part);
    length += part.length;
  }
  const joined = parts.join("");
  writeFileSync(file, joined);
  return Buffer.byteLength(joined);
}

function buildGo(folder: string): string | undefined {
  const directory = join(folder, "go");
  mkdirSync(directory);
  writeFileSync(join(directory, "main.go"), goProgram);
  const commands = [
    ["mod", "init", "bench"],
    ["get", "github.com/hashicorp/hcl/v2@v2.24.0"],
    ["mod", "tidy"],
    ["build", "-o", "bench", "."],
  ];
  for (const command of commands) {
    if (spawnSync("go", command, { cwd: directory, encoding: "utf8" }).status !== 0) return undefined;
  }
  return join(directory, "bench");
}

interface Size {
  readonly file: string;
  readonly bytes: number;
  readonly rounds: number;
  readonly go: string | undefined;
  readonly megabytes: number;
}

function measureSize({ file, bytes, rounds, go, megabytes }: Size): ReadonlyMap<string, number> {
  const script = join(repositoryRoot, "tools/syntax-measure.mjs");
  const inner = String(megabytes < 1 ? 30 : megabytes === 1 ? 10 : 3);
  const best = new Map<string, number[]>();
  const record = (prefix: string, times: Times): void => {
    for (const operation of operations) {
      const values = times[operation];
      if (values === undefined) continue;
      const name = `${prefix} ${operation}`;
      best.set(name, [...(best.get(name) ?? []), median(values)]);
    }
  };
  for (let round = 0; round < rounds; round++) {
    const ours = runJson(process.execPath, [script, file, inner]);
    if (ours.problems !== 0) throw new Error("the text of the benchmark does not parse");
    record("hclbuild", ours);
    if (go !== undefined) record("hashicorp/hcl", runJson(go, [file, inner]));
    if (round < 2) record("hcl2json", runJson(process.execPath, [script, file, "1", "hcl2json"]));
  }
  return new Map([...best].map(([name, values]) => [name, bytes / 1000 / median(values)]));
}

function runJson(command: string, args: readonly string[]): Times {
  const result = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1e8, cwd: repositoryRoot });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${result.stderr}`);
  return JSON.parse(result.stdout) as Times;
}

/**
 * Whole commands over a flat copy of the corpus: Packer 1.6.6 reads no folders below the given one. What it cannot parse
 * is left out for both, since it ends with an error and formats nothing else of such a file.
 */
function compareCommands(corpus: string, folder: string, rounds: number): void {
  const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
  if (!existsSync(join(repositoryRoot, "packages/cli/dist/cli.cjs"))) {
    console.log("fmt -check: the program is not built (npm run build)");
    return;
  }
  const flat = join(folder, "flat");
  mkdirSync(flat);
  let count = 0;
  for (const source of acceptedFiles(corpus)) {
    if (count >= 3000) break;
    writeFileSync(join(flat, `${count++}.pkr.hcl`), source.text);
  }
  const env = { CHECKPOINT_DISABLE: "1", HOME: folder };
  const args = ["fmt", "-check", flat];
  const environment = { ...process.env, ...env };
  count -= removeRefused(flat, environment);
  // 3 says that a file would change, and some of these would.
  const contenders: Contender[] = [
    { name: "hclbuild", command: process.execPath, args: [program, ...args], env, statuses: [0, 3] },
  ];
  const hasPacker = spawnSync("packer", ["version"], { env: environment }).status === 0;
  if (hasPacker) contenders.push({ name: "packer", command: "packer", args, env, statuses: [0, 3] });
  const [ours, theirs] = timeInterleaved(contenders, rounds);
  if (ours === undefined) throw new Error("no timings");
  const time = `fmt -check, ${count} files: hclbuild ${median(ours.times).toFixed(0)} ms`;
  if (theirs === undefined) {
    console.log(`${time}; packer is not installed`);
    return;
  }
  const ratio = pairedRatio(ours, theirs);
  const verdict = `target ≤ ${formatTarget} × packer: ${ratio <= formatTarget ? "holds" : "MISSED"}`;
  console.log(`${time}, packer ${median(theirs.times).toFixed(0)} ms, ratio ${ratio.toFixed(2)}  ${verdict}`);
}

/** Removes the files that Packer names as those it cannot parse, until there are none. Returns how many those were. */
function removeRefused(flat: string, environment: NodeJS.ProcessEnv): number {
  let removed = 0;
  for (;;) {
    const { status, stdout, stderr } = spawnSync("packer", ["fmt", "-check", flat], {
      env: environment,
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    if (status !== 1) return removed;
    const refused = new Set(
      [...`${stdout}${stderr}`.matchAll(/failed to parse HCL (.+)/g)].map(([, file]) => file ?? ""),
    );
    if (refused.size === 0) throw new Error(`packer fmt ended with 1 and names no file:\n${stdout}${stderr}`);
    for (const file of refused) rmSync(file);
    removed += refused.size;
  }
}

function judge(speeds: ReadonlyMap<number, ReadonlyMap<string, number>>): number {
  const at = (size: number, name: string): number => speeds.get(size)?.get(name) ?? Number.NaN;
  const wasm = at(1, "hclbuild parse") / at(1, "hcl2json parse");
  const linear = at(10, "hclbuild parse") / at(1, "hclbuild parse");
  const goRatio = at(1, "hclbuild parse") / at(1, "hashicorp/hcl parse");
  console.log(
    `parse / hcl2json ${wasm.toFixed(1)} (must be 3), 10 MB / 1 MB ${linear.toFixed(2)} (must be 0.8), parse / hashicorp/hcl ${goRatio.toFixed(2)} (target 1)`,
  );
  return wasm >= 3 && linear >= 0.8 ? 0 : 1;
}

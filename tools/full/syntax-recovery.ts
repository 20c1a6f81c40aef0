import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SourceText } from "@hclbuild/diagnostics";
import { mutationKinds, type MutationKind } from "../../packages/syntax/test/support/mutations.js";
import { recoverFrom } from "../../packages/syntax/test/support/recovery.js";

interface Sum {
  runs: number;
  survival: number;
  measured: number;
  diagnostics: number;
  most: number;
}

/**
 * Recovery on the whole corpus: 200 seeded mutations of every native HCL file that the reference accepts. Prints the
 * survival of untouched top-level blocks per kind and the largest step ratio; fails when a limit is missed.
 * Arguments: `--share=0.02` (part of the mutations), `--seed=1`, `--worst=10` (files to list).
 */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: number): number => {
    const found = args.find((item) => item.startsWith(`--${name}=`));
    return found === undefined ? fallback : Number(found.slice(name.length + 3));
  };
  const perKind = (200 * option("share", 1)) / mutationKinds.length;
  const root = resolve(process.env["HCLBUILD_CORPUS"] ?? "../shared/corpus");
  const sums = new Map<MutationKind, Sum>();
  const bad: { path: string; kind: MutationKind; survival: number; at: number; text: string }[] = [];
  let files = 0;
  let worstRatio = 0;
  for (const path of nativeFiles(root)) {
    const seed = option("seed", 1) * 1_000_003 + files++;
    const source = new SourceText(path, readFileSync(resolve(root, path), "utf8"));
    // A share of less than one mutation per kind takes every n-th file.
    const count = (kind: MutationKind): number =>
      perKind >= 1 ? Math.round(perKind) : (seed + mutationKinds.indexOf(kind)) % Math.round(1 / perKind) === 0 ? 1 : 0;
    for (const result of recoverFrom(source, { seed, count })) {
      const { kind, start } = result.mutation;
      const sum = sums.get(kind) ?? { runs: 0, survival: 0, measured: 0, diagnostics: 0, most: 0 };
      sums.set(kind, sum);
      sum.runs++;
      sum.diagnostics += result.diagnostics.length;
      sum.most = Math.max(sum.most, result.diagnostics.length);
      if (process.env["DBG"] && result.stepRatio>6) console.log(result.stepRatio.toFixed(1),kind,path,JSON.stringify(result.mutation.text.slice(Math.max(0,start-30),start+30)));
      worstRatio = Math.max(worstRatio, result.stepRatio);
      if (result.survival === undefined) continue;
      sum.measured++;
      sum.survival += result.survival;
      if (result.survival < 1) bad.push({ path, kind, survival: result.survival, at: start, text: result.mutation.text });
    }
  }
  return summarise({ sums, bad, files, worstRatio, list: option("worst", 10) });
}

interface Outcome {
  readonly sums: ReadonlyMap<MutationKind, Sum>;
  readonly bad: readonly { path: string; kind: MutationKind; survival: number; at: number; text: string }[];
  readonly files: number;
  readonly worstRatio: number;
  readonly list: number;
}

function summarise({ sums, bad, files, worstRatio, list }: Outcome): number {
  let survival = 0;
  let measured = 0;
  let lowest = 1;
  for (const [kind, sum] of sums) {
    const average = sum.survival / Math.max(sum.measured, 1);
    survival += sum.survival;
    measured += sum.measured;
    lowest = Math.min(lowest, average);
    console.log(
      `${kind}: ${sum.runs} runs, survival ${(average * 100).toFixed(2)} %, ` +
        `${(sum.diagnostics / sum.runs).toFixed(2)} diagnostics on average, at most ${sum.most}`,
    );
  }
  const average = survival / Math.max(measured, 1);
  console.log(`${files} files, survival ${(average * 100).toFixed(2)} %, largest step ratio ${worstRatio.toFixed(2)}`);
  for (const item of bad.toSorted((a, b) => a.survival - b.survival).slice(0, list)) {
    const line = item.text.slice(0, item.at).split("\n").length;
    console.log(`  ${item.survival.toFixed(2)} ${item.kind} ${item.path}:${line} ${JSON.stringify(item.text.slice(Math.max(0, item.at - 25), item.at + 25))}`);
  }
  return average >= 0.95 && lowest >= 0.85 && worstRatio <= 6 ? 0 : 1;
}

function* nativeFiles(root: string): Generator<string> {
  for (const half of ["dev", "packer"]) {
    const rows = readFileSync(resolve(root, half, "ORACLE_FMT.tsv"), "utf8").split("\n").slice(1);
    for (const row of rows) {
      const [path = "", , , parseOk] = row.split("\t");
      if (path !== "" && parseOk === "1") yield path;
    }
  }
}

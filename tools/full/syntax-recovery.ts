import { resolve } from "node:path";
import { acceptedFiles } from "../../packages/syntax/test/support/corpus-files.js";
import { averageSurvival, measureRecovery } from "../../packages/syntax/test/support/recovery.js";

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
  const root = resolve(process.env["HCLBUILD_CORPUS"] ?? "../shared/corpus");
  const metrics = measureRecovery(acceptedFiles(root), { share: option("share", 1), seed: option("seed", 1) });
  let lowest = 1;
  for (const [kind, sum] of metrics.kinds) {
    const average = averageSurvival([sum]);
    lowest = Math.min(lowest, average);
    console.log(
      `${kind}: ${sum.runs} runs, survival ${(average * 100).toFixed(2)} %, ` +
        `${(sum.diagnostics / sum.runs).toFixed(2)} diagnostics on average, at most ${sum.mostDiagnostics}`,
    );
  }
  const average = averageSurvival(metrics.kinds.values());
  const { files, largestStepRatio } = metrics;
  console.log(
    `${files} files, survival ${(average * 100).toFixed(2)} %, largest step ratio ${largestStepRatio.toFixed(2)}`,
  );
  for (const { path, mutation, survival } of metrics.losses
    .toSorted((a, b) => a.survival - b.survival)
    .slice(0, option("worst", 10))) {
    const { kind, text, start } = mutation;
    const line = text.slice(0, start).split("\n").length;
    console.log(
      `  ${survival.toFixed(2)} ${kind} ${path}:${line} ${JSON.stringify(text.slice(Math.max(0, start - 25), start + 25))}`,
    );
  }
  return average >= 0.95 && lowest >= 0.85 && largestStepRatio <= 6 ? 0 : 1;
}

import fc from "fast-check";
import { partialEvaluation, sensitivity, unknownSoundness } from "../../packages/eval/test/support/laws.js";

const laws = [
  ["an unknown turns out to be something in the range that was known", unknownSoundness],
  ["sensitive inputs change nothing that can be seen", sensitivity],
  ["evaluating what is left gives the whole", partialEvaluation],
] as const;

/** The laws of evaluation on many random expressions. Arguments: `--runs=20000`, `--seed=1`. */
export async function run(args: readonly string[]): Promise<number> {
  const option = (name: string, fallback: number): number => {
    const found = args.find((item) => item.startsWith(`--${name}=`));
    return found === undefined ? fallback : Number(found.slice(name.length + 3));
  };
  let failed = 0;
  for (const [name, property] of laws) {
    const result = await fc.check(property as fc.IRawProperty<unknown>, {
      numRuns: option("runs", 20_000),
      seed: option("seed", 1),
    });
    if (result.failed) {
      failed++;
      console.error(`FAILED after ${String(result.numRuns)} cases: ${name}\n${fc.defaultReportMessage(result) ?? ""}`);
    } else console.log(`${String(result.numRuns)} cases: ${name}`);
  }
  return failed === 0 ? 0 : 1;
}

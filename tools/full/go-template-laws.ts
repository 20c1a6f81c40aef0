import fc from "fast-check";
import { printedReadsBack } from "../../packages/go-template/test/support/laws.js";

/** Printing and parsing of random Go templates. Arguments: `--runs=20000`, `--seed=1`. */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: number): number => {
    const found = args.find((item) => item.startsWith(`--${name}=`));
    return found === undefined ? fallback : Number(found.slice(name.length + 3));
  };
  const result = fc.check(printedReadsBack, { numRuns: option("runs", 20_000), seed: option("seed", 1) });
  if (result.failed) {
    console.error(`FAILED after ${String(result.numRuns)} cases\n${fc.defaultReportMessage(result) ?? ""}`);
    return 1;
  }
  console.log(`${String(result.numRuns)} cases: a printed template reads back as the same tree`);
  return 0;
}

import fc from "fast-check";
import { valueLaws } from "../../packages/value/test/support/laws.js";

/**
 * The laws of values, each against many random inputs. Arguments: `--count=10000` per law, `--seed=1`, `--only=text`
 * to choose laws by a part of their names. Prints counterexamples and fails for them.
 */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: string): string =>
    args.find((item) => item.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
  const count = Number(option("count", "10000"));
  const seed = Number(option("seed", "1"));
  const laws = valueLaws().filter(({ name }) => name.includes(option("only", "")));
  let broken = 0;
  for (const { name, property } of laws) {
    const started = performance.now();
    const details = fc.check(property, { numRuns: count, seed });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${details.failed ? "BROKEN" : "holds "} ${name} (${details.numRuns} cases, ${seconds} s)`);
    if (!details.failed) continue;
    broken++;
    console.log(fc.defaultReportMessage(details));
  }
  console.log(`${laws.length} laws, ${broken} broken`);
  return broken === 0 ? 0 : 1;
}

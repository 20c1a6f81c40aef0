import { createRandom } from "../../packages/syntax/test/support/mutations.js";
import { faultOf, randomText } from "../../packages/syntax/test/support/fuzz.js";

/**
 * Random texts against lexer and parser: one million by default. Prints what does not hold and fails for it.
 * Arguments: `--count=1000000`, `--seed=1`, `--longest=40` (tokens or characters).
 */
export function run(args: readonly string[]): number {
  const option = (name: string, fallback: number): number => {
    const found = args.find((item) => item.startsWith(`--${name}=`));
    return found === undefined ? fallback : Number(found.slice(name.length + 3));
  };
  const count = option("count", 1_000_000);
  const random = createRandom(option("seed", 1));
  const started = performance.now();
  let faults = 0;
  let slowest = { milliseconds: 0, text: "" };
  for (let index = 0; index < count && faults < 20; index++) {
    const text = randomText(random, option("longest", 40));
    const before = performance.now();
    let fault: string | undefined;
    try {
      fault = faultOf(text);
    } catch (error) {
      fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const milliseconds = performance.now() - before;
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, text };
    if (fault !== undefined) {
      faults++;
      console.log(`${JSON.stringify(text)}\n  ${fault}`);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${count} texts in ${seconds.toFixed(0)} s, ${faults} faults, slowest ${slowest.milliseconds.toFixed(1)} ms: ${JSON.stringify(slowest.text)}`,
  );
  return faults === 0 ? 0 : 1;
}

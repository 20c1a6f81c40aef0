import { checkEdits, checkKills } from "../../integration/docker/checkpoint-cases.js";
import { ensureBaseImage } from "../../integration/setup/base-image.js";

/**
 * Random edits of random builds: what is built with checkpoints must equal what is built without. Needs a Docker engine.
 * Arguments: `--count=300`, `--seed=1`, `--length=30` (edits of one build before the next one is made).
 */
export async function run(args: readonly string[]): Promise<number> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((item) => item.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback);
  ensureBaseImage();
  const count = option("count", 300);
  const length = option("length", 30);
  const failures: string[] = [];
  let restored = 0;
  for (let done = 0, seed = option("seed", 1); done < count; done += length, seed += 1) {
    const report = await checkEdits({ seed, count: Math.min(length, count - done) }, (text) =>
      console.log(`seed ${seed}: ${text}`),
    );
    failures.push(...report.failures);
    restored += report.restored;
  }
  failures.push(...(await checkKills(option("seed", 1))));
  for (const failure of failures) console.log(failure);
  console.log(`${count} edits, ${restored} builds went on from a checkpoint, ${failures.length} differences`);
  return failures.length === 0 ? 0 : 1;
}

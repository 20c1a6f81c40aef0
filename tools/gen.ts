import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "./run-tool.js";

/** What a `tools/gen-*.ts` exports: the generated files by path relative to the repository. */
interface Generator {
  generate(): Promise<ReadonlyMap<string, string>>;
}

async function generateAll(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const names = readdirSync(`${repositoryRoot}tools`).filter((name) => /^gen-.*\.ts$/.test(name));
  for (const name of names.toSorted()) {
    const { generate } = (await import(new URL(name, import.meta.url).href)) as Generator;
    for (const [path, content] of await generate()) {
      if (files.has(path)) throw new Error(`${path} is generated twice, the second time by tools/${name}`);
      files.set(path, content);
    }
  }
  return files;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Whether every generated file in the tree is what its generator makes now. */
export async function checkGenerated(): Promise<boolean> {
  const stale = [...(await generateAll())].filter(([path, text]) => readIfPresent(repositoryRoot + path) !== text);
  for (const [path] of stale) console.error(`${path} is out of date; run: npm run gen`);
  return stale.length === 0;
}

async function writeGenerated(): Promise<void> {
  for (const [path, content] of await generateAll()) {
    if (readIfPresent(repositoryRoot + path) === content) continue;
    mkdirSync(dirname(repositoryRoot + path), { recursive: true });
    writeFileSync(repositoryRoot + path, content);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) process.exitCode = (await checkGenerated()) ? 0 : 1;
  else await writeGenerated();
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chunkGraphFile, type ChunkRecord } from "./bundle.js";

/** The most bytes that may load before a command is chosen. */
const entryBudget = 100_000;

/** Code that must never load before a command asks for it. */
const heavyModules =
  /node_modules\/(chevrotain|@chevrotain|@aws-sdk|@smithy|dockerode|docker-modem|ssh2|execa|ajv|vscode-|@hclbuild\/language-server)|packages\/language-server/;

/** Everything that loads together with a chunk. */
export function staticClosure(chunks: readonly ChunkRecord[], start: ChunkRecord): readonly ChunkRecord[] {
  const byFile = new Map(chunks.map((chunk) => [chunk.file, chunk]));
  const closure = new Set<ChunkRecord>([start]);
  // A set may grow while it is iterated; the new members are visited too.
  for (const chunk of closure) {
    for (const file of chunk.imports) {
      const imported = byFile.get(file);
      if (imported !== undefined) closure.add(imported);
    }
  }
  return [...closure];
}

/** What is wrong with a chunk graph, one sentence each. */
export function findBudgetFaults(chunks: readonly ChunkRecord[]): readonly string[] {
  const entry = chunks.find((chunk) => chunk.isEntry);
  if (entry === undefined) return ["The bundle has no entry."];
  const faults: string[] = [];
  const closure = staticClosure(chunks, entry);
  const bytes = closure.reduce((sum, chunk) => sum + chunk.bytes, 0);
  if (bytes > entryBudget) faults.push(`The entry loads ${bytes} bytes; the budget is ${entryBudget}.`);
  for (const chunk of closure) {
    const heavy = chunk.modules.find((module) => heavyModules.test(module));
    if (heavy !== undefined) faults.push(`The entry loads ${heavy} through ${chunk.file}.`);
  }
  return faults;
}

/** Checks the last bundle and prints its numbers. */
export function checkSizeBudget(): boolean {
  const chunks = JSON.parse(readFileSync(chunkGraphFile, "utf8")) as readonly ChunkRecord[];
  const faults = findBudgetFaults(chunks);
  for (const fault of faults) console.error(fault);
  const entry = chunks.find((chunk) => chunk.isEntry);
  const closure = entry === undefined ? [] : staticClosure(chunks, entry);
  const size = (records: readonly ChunkRecord[]): string =>
    `${(records.reduce((sum, chunk) => sum + chunk.bytes, 0) / 1000).toFixed(1)} kB`;
  console.log(`entry ${size(closure)} in ${closure.length} files, whole bundle ${size(chunks)} in ${chunks.length}`);
  return faults.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = checkSizeBudget() ? 0 : 1;

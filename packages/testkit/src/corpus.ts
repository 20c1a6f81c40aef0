import { existsSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The folder with third-party test data, which is no part of this repository: `HCLBUILD_CORPUS`, or `shared/corpus`
 * beside the repository. `undefined` when it is absent; tests then skip and say so.
 */
export function findCorpus(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const root = resolve(import.meta.dirname, "../../..");
  const folder = resolve(root, environment["HCLBUILD_CORPUS"] ?? "../shared/corpus");
  return existsSync(folder) ? folder : undefined;
}

/** What a skipped corpus test is called. */
export const corpusAbsent = "corpus absent: set HCLBUILD_CORPUS to its folder";

import { rm } from "node:fs/promises";

/** Removes files; missing ones are no error. */
export async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) await rm(file, { force: true, recursive: true });
}

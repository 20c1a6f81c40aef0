import { mkdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Makes a folder and the folders above it that are missing; does nothing when it is there. Throws what the system says.
 * Where nothing can be made, as below `/proc`, it ends, which Node's own recursive way does not.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    try {
      mkdirSync(place, { mode });
      break;
    } catch (error) {
      if (isFolder(place)) break;
      const above = path.dirname(place);
      // Worth another try only once the folder above it has been made.
      if (!isMissing(error) || above === place || isFolder(above)) throw error;
      missing.push(place);
    }
  }
  for (const place of missing.toReversed()) makeOne(place, mode);
}

function makeOne(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/**
 * Expands a pattern as Go's `filepath.Glob` does: `*`, `?`, `[…]` and `\` within one path element, sorted, without
 * matching anything below. A name without a pattern is kept when it exists.
 */
export async function expandPattern(pattern: string, directory: string): Promise<readonly string[]> {
  if (!/[*?[\\]/.test(pattern)) {
    return (await stat(path.resolve(directory, pattern)).catch(() => undefined)) === undefined ? [] : [pattern];
  }
  const parent = path.posix.dirname(pattern);
  const parents = pattern.includes("/") ? await expandPattern(parent === "/" ? "/" : parent, directory) : ["."];
  const matcher = elementMatcher(path.posix.basename(pattern));
  const found: string[] = [];
  for (const folder of parents) {
    const names = await readdir(path.resolve(directory, folder)).catch((): string[] => []);
    for (const name of names.toSorted()) {
      if (matcher.test(name)) found.push(pattern.includes("/") ? path.posix.join(folder, name) : name);
    }
  }
  return found;
}

function elementMatcher(pattern: string): RegExp {
  let source = "";
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index);
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "\\") source += escape(pattern.charAt((index += 1)));
    else if (char === "[" && pattern.indexOf("]", index + 2) > 0) {
      const end = pattern.indexOf("]", index + 2);
      const body = pattern.slice(index + 1, end);
      source += `[${body.replaceAll(/[[\]]/g, String.raw`\$&`)}]`;
      index = end;
    } else source += escape(char);
  }
  return new RegExp(`^${source}$`, "s");
}

function escape(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

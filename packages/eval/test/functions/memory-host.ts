import type { FileStatus, FunctionHost } from "../../src/index.js";

/** A host of files in memory, with a clock and randomness that never change. */
export function createMemoryHost(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: Partial<FunctionHost> = {},
): FunctionHost {
  const kindOf = (path: string): FileStatus["kind"] | undefined => {
    if (Object.hasOwn(files, path)) return "file";
    return Object.keys(files).some((name) => name.startsWith(path === "/" ? "/" : `${path}/`))
      ? "directory"
      : undefined;
  };
  return {
    readFile(path) {
      const content = files[path];
      if (content === undefined) return { kind: "host-error", code: "ENOENT", message: "no such file" };
      return typeof content === "string" ? Buffer.from(content) : content;
    },
    statFile(path) {
      const kind = kindOf(path);
      return kind === undefined ? undefined : { kind, size: Buffer.byteLength(files[path] ?? "") };
    },
    listFiles(path) {
      const prefix = path === "/" ? "/" : `${path}/`;
      const inside = Object.keys(files).filter((name) => name.startsWith(prefix));
      const names = new Set(inside.map((name) => name.slice(prefix.length).split("/")[0] as string));
      return [...names].map((name) => ({ name, kind: kindOf(prefix + name) ?? ("other" as const) }));
    },
    now: () => 1_577_979_245_000,
    startTime: 1_577_979_000_000,
    randomUuid: () => "b5ee72a3-54dd-c4b8-551c-4bdc0204cedb",
    randomBytes: (length) => new Uint8Array(length).fill(7),
    env: (name) => (name === "HOME" ? "/home/user" : undefined),
    cwd: "/current",
    rootDir: "/template",
    homeDir: "/home/user",
    ...options,
  };
}

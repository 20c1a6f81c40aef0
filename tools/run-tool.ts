import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's folder, ending with a slash. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url));

/** Path of a program that a dependency installs. */
export function toolPath(name: string): string {
  return `${repositoryRoot}node_modules/.bin/${name}${process.platform === "win32" ? ".cmd" : ""}`;
}

/** Runs an installed program in the repository with our own streams. Returns its exit code. */
export function runTool(name: string, args: readonly string[]): number {
  const { status, error } = spawnSync(toolPath(name), args, {
    cwd: repositoryRoot,
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
  if (error !== undefined) console.error(`${name} could not be started: ${error.message}`);
  return status ?? 1;
}

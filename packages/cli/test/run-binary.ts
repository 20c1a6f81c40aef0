import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** The program as users run it. */
export const binary = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let checked = false;

function requireFreshBundle(): void {
  if (checked) return;
  const { status } = spawnSync(process.execPath, ["tools/bootstrap.mjs", "is-bundled"], { cwd: repositoryRoot });
  if (status !== 0) throw new Error("The bundle is out of date. Run: npm run build");
  checked = true;
}

// Nothing of the developer's own surroundings may change what a test sees.
const cleanEnvironment = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", TZ: "UTC" };

/** Runs the program to its end. */
export function hclbuild(args: readonly string[], options: RunOptions = {}): RunResult {
  requireFreshBundle();
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...cleanEnvironment, ...options.env },
    encoding: "utf8",
    input: options.input ?? "",
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** Starts the program and leaves it running. */
export function startHclbuild(args: readonly string[], options: RunOptions = {}): ChildProcess {
  requireFreshBundle();
  return spawn(process.execPath, [binary, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...cleanEnvironment, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Makes a folder with the given files; it is removed when the test ends. */
export function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

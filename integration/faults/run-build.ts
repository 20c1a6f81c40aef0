import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { SshServer } from "../ssh/server.js";
import { binary, environmentOf, type SeenEvent } from "./kill-at-event.js";

/** How a build ended. */
export interface FinishedBuild {
  readonly code: number | null;
  /** Without output lines when the test looks at them itself. */
  readonly events: readonly SeenEvent[];
  /** Codes of the errors, without repetition. */
  readonly errors: readonly string[];
  readonly outcome: string | undefined;
  /** Output of commands. */
  readonly lines: readonly string[];
  readonly stderr: string;
  readonly milliseconds: number;
  /** Largest resident set of the process, in bytes. */
  readonly peakMemory: number;
  readonly folder: string;
}

export interface BuildRequest {
  readonly files: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called with every event as it comes. */
  readonly onEvent?: (event: SeenEvent, child: ChildProcess) => void;
  /** Keep the lines of commands out of the result. */
  readonly dropLines?: boolean;
  /** Run before the build starts. */
  readonly before?: (folder: string) => void;
}

/** A folder with files, and a folder `tmp` for temporary files; removed when the test ends. */
export function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-fault-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "tmp"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs a build to its end. */
export async function runBuild(request: BuildRequest): Promise<FinishedBuild> {
  const folder = makeFolder(request.files);
  request.before?.(folder);
  const started = performance.now();
  const child = spawn(process.execPath, [binary, "build", "-format=ndjson", ...(request.flags ?? []), "."], {
    cwd: folder,
    env: { ...environmentOf(folder, {}), ...request.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // One that hangs must not outlive the test.
  onTestFinished(() => void child.kill("SIGKILL"));
  let peakMemory = 0;
  const watch = setInterval(() => (peakMemory = Math.max(peakMemory, memoryPeak(child.pid ?? 0))), 50);
  const events: SeenEvent[] = [];
  const lines: string[] = [];
  let stderr = "";
  let rest = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const event = JSON.parse(part) as SeenEvent & { stream?: string; partial?: boolean };
      request.onEvent?.(event, child);
      if (event.stream !== "stdout" && event.stream !== "stderr") events.push(event);
      else if (request.dropLines !== true && event.partial !== true) lines.push(event.text ?? "");
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(watch);
  const codes = events.flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic.code]));
  return {
    code,
    events,
    errors: [...new Set(codes)],
    outcome: events.findLast((event) => event.type === "run.end")?.outcome,
    lines,
    stderr,
    milliseconds: performance.now() - started,
    peakMemory,
    folder,
  };
}

function memoryPeak(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Prints what a build took, for the long forms of tests. */
export function printCost(what: string, { peakMemory, milliseconds }: FinishedBuild): void {
  process.stdout.write(`${what}: ${(milliseconds / 1000).toFixed(1)} s, ${(peakMemory / 1e6).toFixed(0)} MB at most\n`);
}

/** A template with a `null` source that logs in to the server, and the given provisioners. */
export function sshBuild(server: Pick<SshServer, "port" | "keyFile">, provisioners: string, options = ""): string {
  return `
source "null" "x" {
  ssh_host             = "127.0.0.1"
  ssh_port             = ${server.port}
  ssh_username         = "root"
  ssh_private_key_file = "${server.keyFile}"
  ${options}
}
build {
  sources = ["source.null.x"]
  ${provisioners}
}
`;
}

/** A template without a machine, with the given provisioners. */
export function localBuild(provisioners: string): string {
  return `
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]
  ${provisioners}
}
`;
}

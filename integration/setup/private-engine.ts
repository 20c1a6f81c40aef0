import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Everything that a build can leave on an engine, images without a name included. */
export interface EngineResources {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
}

/**
 * An engine of a test's own, with busybox:test on it. It has a network and mounts of its own, so that it neither sees
 * nor disturbs the machine's engine, and can be stopped, killed and started again.
 */
export interface PrivateEngine {
  /** Value of DOCKER_HOST. */
  readonly address: string;
  /** Process whose network the engine is in. */
  readonly namespace: number;
  /** Runs the docker program on this engine. */
  docker(...args: readonly string[]): string;
  resources(): EngineResources;
  /** Ends the engine's process with a signal; resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Ends the engine and removes all it has. */
  remove(): Promise<void>;
}

/** Starts an engine, with a disk of its own if a size in megabytes is given. Nothing of it is left if that fails. */
export async function createPrivateEngine(options: { readonly disk?: number } = {}): Promise<PrivateEngine> {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-engine-"));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    const namespace = await startNamespace();
    if (options.disk !== undefined) mountDisk(namespace, `${folder}/data`, options.disk);
    const engine = createEngine(folder, namespace);
    const remove = async (signal: NodeJS.Signals): Promise<void> => {
      await engine.kill(signal);
      for (const entry of processesOf(namespace)) killProcess(entry);
      removeFolder();
    };
    try {
      await engine.start();
      const image = execFileSync("docker", ["image", "save", "busybox:test"], { maxBuffer: 1 << 28 });
      const load = ["--host", engine.address, "image", "load"];
      execFileSync("docker", load, { input: image, stdio: ["pipe", "ignore", "inherit"] });
    } catch (error) {
      await remove("SIGKILL");
      throw error;
    }
    return { ...engine, remove: async () => remove("SIGTERM") };
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Starts a process with a network and mounts of its own, which others can join, and returns its id. */
async function startNamespace(): Promise<number> {
  const script = "busybox ip link set lo up; echo up; exec sleep 2147483647";
  const holder = spawn("unshare", ["--net", "--mount", "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  const isUp = await Promise.race([
    once(holder.stdout, "data").then(() => true),
    once(holder, "exit").then(() => false),
  ]);
  if (!isUp) throw new Error("unshare made no network");
  return holder.pid as number;
}

/** Mounts a file system that only processes of the namespace see; it goes away with them. */
function mountDisk(namespace: number, folder: string, megabytes: number): void {
  mkdirSync(folder);
  const mount = ["mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
  execFileSync("nsenter", ["--target", String(namespace), "--mount", ...mount]);
}

function createEngine(folder: string, namespace: number): Omit<PrivateEngine, "remove"> {
  const address = `unix://${folder}/engine.sock`;
  const docker = (...args: readonly string[]): string =>
    execFileSync("docker", ["--host", address, ...args], { encoding: "utf8", stdio: "pipe" }).trimEnd();
  let engine: ChildProcess | undefined;
  return {
    address,
    namespace,
    docker,
    async kill(signal) {
      if (engine === undefined || engine.exitCode !== null || engine.signalCode !== null) return;
      const ended = once(engine, "exit");
      engine.kill(signal);
      await ended;
      // What crashes takes its containerd along, which the engine would otherwise end first.
      if (signal === "SIGKILL") killContainerd(folder);
    },
    async start() {
      engine = startProcess(folder, namespace, address);
      await answers(engine, folder, address);
    },
    resources: () => ({
      containers: linesOf(docker("container", "ls", "--all", "--format", "{{.Names}}")),
      images: linesOf(docker("image", "ls", "--all", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}")),
      volumes: linesOf(docker("volume", "ls", "--format", "{{.Name}}")),
    }),
  };
}

function startProcess(folder: string, namespace: number, address: string): ChildProcess {
  const place = ["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`, "--pidfile", `${folder}/pid`];
  const enter = ["--target", String(namespace), "--net", "--mount", "dockerd", "--host", address];
  // Not through a pipe: tests wait for programs without reading it, and an engine that cannot log stands still.
  const log = openSync(join(folder, "log"), "a");
  try {
    return spawn("nsenter", [...enter, ...place], { stdio: ["ignore", log, log] });
  } finally {
    closeSync(log);
  }
}

async function answers(engine: ChildProcess, folder: string, address: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (engine.exitCode !== null) break;
    if (spawnSync("docker", ["--host", address, "info"], { stdio: "ignore" }).status === 0) return;
    await sleep(100);
  }
  const log = readFileSync(join(folder, "log"), "utf8").trimEnd().split("\n");
  throw new Error(`the engine did not start:\n${log.slice(-10).join("\n")}`);
}

function killContainerd(folder: string): void {
  const file = join(folder, "exec/containerd/containerd.pid");
  if (existsSync(file)) killProcess(Number(readFileSync(file, "utf8")));
  // Where nobody collects what has ended, the next engine would take it for a containerd that still runs.
  rmSync(file, { force: true });
}

/** The processes in a network, and the containers that they keep; of these an engine that crashed may have left some. */
function processesOf(namespace: number): readonly number[] {
  const { network } = processFacts(String(namespace));
  // A process that has ended has none, and never may everything in this process's own network be taken for the engine's.
  if (network === "" || network === readlinkSync("/proc/self/ns/net")) return [];
  const facts = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ id: Number(name), ...processFacts(name) }));
  const inside = facts.filter((entry) => entry.network === network).map(({ id }) => id);
  return facts.filter(({ id, parent }) => inside.includes(id) || inside.includes(parent)).map(({ id }) => id);
}

function processFacts(id: string): { readonly network: string; readonly parent: number } {
  try {
    const [, parent = ""] = /\) \S (\d+)/.exec(readFileSync(`/proc/${id}/stat`, "latin1")) ?? [];
    return { network: readlinkSync(`/proc/${id}/ns/net`), parent: Number(parent) };
  } catch {
    return { network: "", parent: 0 };
  }
}

function killProcess(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n").toSorted();
}

/** Whether this machine lets a test start an engine: as root, with the programs for it. */
export function canStartEngine(): boolean {
  if (process.getuid?.() !== 0) return false;
  const programs = [
    ["unshare", "--net", "--mount", "busybox", "ip", "link"],
    ["dockerd", "--version"],
  ] as const;
  return programs.every(([program, ...args]) => spawnSync(program, args, { stdio: "ignore" }).status === 0);
}

import type { Readable } from "node:stream";
import { extract } from "tar-stream";
import {
  type BuildContext,
  type CheckpointOutcome,
  type CheckpointPlace,
  type CheckpointRefusal,
  type Checkpoints,
  type CheckpointStore,
  type Json,
  type LaunchStart,
  type Random,
  type ReclaimContext,
} from "@hclbuild/sdk";
import { connectEngine, engineFailure, type Engine } from "../engine/client.js";
import { getBaseImage, platformOf, type BaseImage, type DockerConfig } from "./base.js";
import { uploadOwner } from "./inputs.js";
import { commitCheckpoint, findCheckpoint, refused, removeCheckpoint } from "./checkpoint-images.js";

const bases = new WeakMap<CheckpointStore | CheckpointRefusal, BaseImage>();

/** The image that `open` got ready. */
export function openedBase(start: LaunchStart | undefined): BaseImage | undefined {
  return start === undefined ? undefined : bases.get(start.opened);
}

/** Keeps the state of a container after each step as an image. */
export const checkpoints: Checkpoints<DockerConfig> = {
  async open(context, config) {
    const base = await getBaseImage(context, config);
    const reason = refusal(config, base);
    const opened: CheckpointStore | CheckpointRefusal =
      reason === undefined
        ? {
            kind: "open",
            base: baseOf(context, config, base),
            find: (key, signal) => findCheckpoint(base.engine, key, signal),
          }
        : { kind: "refused", reason };
    bases.set(opened, base);
    return opened;
  },
  details: (_context, config) => ({ dockerPath: config.docker_path ?? null }),
  find: async (context, place) => findCheckpoint(engineOf(context, place), place.key, context.signal),
  remove: async (context, place) => removeCheckpoint(engineOf(context, place), place.key, context.signal),
};

/** Why the state of a container would not be whole in an image. */
function refusal(config: DockerConfig, { image, facts, run }: BaseImage): string | undefined {
  if (config.windows_container) return "the container runs Windows";
  if (run.image !== image) return "run_command names an image of its own";
  if (Object.keys(config.volumes ?? {}).length > 0 || run.binds.length > 0 || run.anonymousVolumes.length > 0)
    return "the container has volumes";
  if (facts.volumes.length > 0) return `the image declares a volume at ${facts.volumes.join(" and ")}`;
  if ((config.tmpfs ?? []).length > 0 || run.tmpfs.length > 0) return "the container has a tmpfs";
  return undefined;
}

/** What decides how the container is before the first step, and how steps run in it. */
function baseOf(context: BuildContext, config: DockerConfig, { engine, facts, run }: BaseImage): Json {
  const { image: _name, name: _container, ...options } = run;
  const { cap_add, cap_drop, communicator, container_dir, device, exec_user } = config;
  const { fix_upload_owner, privileged, pty, runtime } = config;
  const platform = platformOf(engine, config);
  const own = { cap_add, cap_drop, communicator, container_dir, device, exec_user };
  const more = { fix_upload_owner, platform, privileged, pty, runtime };
  const owner = uploadOwner();
  return JSON.parse(
    JSON.stringify({ image: facts.id, run: options, ...own, ...more, owner, os: context.host.platform }),
  ) as Json;
}

function engineOf(context: Pick<ReclaimContext, "host" | "log">, { details }: CheckpointPlace): Engine {
  const path = (details as Readonly<Record<string, Json>> | null)?.["dockerPath"];
  return connectEngine({
    env: context.host.env,
    homeDirectory: context.host.homeDirectory,
    platform: context.host.platform,
    log: context.log,
    dockerPath: typeof path === "string" ? path : undefined,
  });
}

/** Files that the engine mounts into every container, so that no image holds what a step writes to them. */
const mountedFiles = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

/** Shells that wait for input, as the default run_command starts one. */
const idleShells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash"]);

/** Makes what saves a running container's state. Call it before the first step: it looks at how the container is. */
export async function createCheckpointer(
  engine: Engine,
  machine: { readonly id: string; readonly sharedFolder: string; readonly random: Random },
  signal: AbortSignal,
): Promise<(key: string, signal: AbortSignal) => Promise<CheckpointOutcome>> {
  const { id, sharedFolder, random } = machine;
  const look = async (current: AbortSignal): Promise<ContainerLook> => {
    const [processes, shared, ...stamps] = await Promise.all([
      processesOf(engine, id, current),
      stampOf(engine, id, sharedFolder, current),
      ...mountedFiles.map((file) => stampOf(engine, id, file, current)),
    ]);
    return { processes, shared: shared ?? "", stamps };
  };
  const before = await look(signal);
  return async (key, current) => {
    const now = await look(current);
    // Files that come and go change the time of their folder.
    const hasShared = now.shared !== before.shared && (await holdsFiles(engine, id, sharedFolder, current));
    const reason = whyIncomplete(before, now, hasShared ? sharedFolder : undefined);
    if (reason !== undefined) return { kind: "refused", reason };
    // What runs in the container runs by itself and may write: only an idle shell need not be stopped meanwhile.
    const isIdle = now.processes?.size === 1 && [...now.processes.values()].every((name) => idleShells.has(name));
    const unique = Buffer.from(random.bytes(4)).toString("hex");
    await commitCheckpoint(engine, { container: id, key, unique, pause: !isIdle }, current);
    return { kind: "saved" };
  };
}

interface ContainerLook {
  /** Name by process id; `undefined` when the engine cannot list them. */
  readonly processes: ReadonlyMap<string, string> | undefined;
  /** Of the shared folder. */
  readonly shared: string;
  /** Of each of the mounted files. */
  readonly stamps: readonly string[];
}

function whyIncomplete(before: ContainerLook, now: ContainerLook, shared: string | undefined): string | undefined {
  if (before.processes === undefined || now.processes === undefined)
    return "the engine cannot list the container's processes";
  const known = before.processes;
  const left = [...now.processes].filter(([id]) => !known.has(id)).map(([, name]) => name);
  if (left.length > 0) return `a process was left running in the background (${left[0] ?? ""})`;
  if ([...known.keys()].some((id) => !now.processes?.has(id))) return "a process of the container ended";
  const changed = mountedFiles.filter((_file, index) => before.stamps[index] !== now.stamps[index]);
  if (changed.length > 0) return `${changed.join(" and ")} changed, which no image holds`;
  if (shared !== undefined) return `there are files in ${shared}, which no image holds`;
  return undefined;
}

async function processesOf(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const list = (await engine.docker
      .getContainer(id)
      .top({ ps_args: "-eo pid,stat,comm", abortSignal: signal } as object)) as {
      readonly Processes: readonly (readonly string[])[];
    };
    // What has ended and waits to be collected does nothing any more.
    const alive = list.Processes.filter(([, state = ""]) => !state.startsWith("Z"));
    return new Map(alive.map(([process = "", , name = ""]) => [process, name]));
  } catch (error) {
    if (engineFailure(error) === undefined) throw refused(engine, error, { action: "list processes", signal });
    return undefined;
  }
}

/** Changes when the file is written; "" when it does not exist. */
async function stampOf(engine: Engine, id: string, file: string, signal: AbortSignal): Promise<string> {
  try {
    const answer = (await engine.docker
      .getContainer(id)
      .infoArchive({ path: file, abortSignal: signal })) as unknown as Readable & {
      readonly headers: Readonly<Record<string, string>>;
    };
    answer.resume();
    return answer.headers["x-docker-container-path-stat"] ?? "";
  } catch (error) {
    if (engineFailure(error)?.status === 404) return "";
    throw refused(engine, error, { action: "look at a file of the container", signal });
  }
}

/** Whether there is anything in a folder of the container. */
async function holdsFiles(engine: Engine, id: string, folder: string, signal: AbortSignal): Promise<boolean> {
  let archive: Readable;
  try {
    archive = (await engine.docker
      .getContainer(id)
      .getArchive({ path: folder, abortSignal: signal })) as unknown as Readable;
  } catch (error) {
    if (engineFailure(error)?.status === 404) return false;
    throw refused(engine, error, { action: "look at a folder of the container", signal });
  }
  const entries = extract();
  archive.pipe(entries as unknown as NodeJS.WritableStream);
  archive.on("error", (error) => entries.destroy(error));
  let count = 0;
  try {
    for await (const entry of entries) {
      entry.resume();
      count += 1;
      if (count > 1) return true;
    }
    return false;
  } finally {
    archive.destroy();
  }
}

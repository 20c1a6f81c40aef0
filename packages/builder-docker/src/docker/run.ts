import {
  buildError,
  type ArtifactHandle,
  type BuildContext,
  type BuildError,
  type Communicator,
  type ConnectTarget,
  type Json,
  type LaunchStart,
  type Machine,
  type PhasedBuilder,
} from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { createDockerCommunicator } from "../communicator/communicator.js";
import { connectEngine, type Engine } from "../engine/client.js";
import { deathOf, removeContainer, startContainer } from "../engine/container.js";
import type { RunOptions } from "../engine/run-command.js";
import { readDevice, type DeviceMapping } from "../engine/run-values.js";
import { artifactExists } from "./artifact.js";
import {
  getBaseImage,
  platformOf,
  sharedFolder,
  shownCommand,
  type BaseImage,
  type DockerConfig,
  type ImageFacts,
} from "./base.js";
import { captureContainer } from "./capture.js";
import { restoredImage } from "./checkpoint-images.js";
import { checkpoints, createCheckpointer, openedBase } from "./checkpoints.js";
import { readInputs } from "./inputs.js";
import { prepare } from "./prepare.js";
import { resourceNames, runLabel, type ResourceNames } from "./naming.js";

/** What a running container makes known as `build.NAME`. */
export interface DockerOutput {
  readonly [name: string]: Json;
  readonly ID: string;
}

/** What `launch` leaves for `capture`. */
export interface LaunchedContainer {
  readonly engine: Engine;
  readonly id: string;
  readonly names: ResourceNames;
  readonly base: { readonly entrypoint: readonly string[]; readonly command: readonly string[] };
  readonly output: DockerOutput;
}

const launched = new WeakMap<Machine<DockerOutput>, LaunchedContainer>();

async function launch(
  context: BuildContext,
  config: DockerConfig,
  start?: LaunchStart,
): Promise<Machine<DockerOutput>> {
  const base = openedBase(start) ?? (await getBaseImage(context, config));
  const key = start?.restore?.key;
  const restored = key === undefined ? undefined : await restoredImage(base.engine, key, context.signal);
  const container = await runContainer(base, context, { config, image: restored ?? base.image });
  const machine = await describeMachine(context, config, { ...base, ...container });
  if (start?.opened.kind !== "open") return machine;
  const kept = { id: container.id, sharedFolder: sharedFolder(config), random: context.random };
  const checkpoint = await createCheckpointer(base.engine, kept, context.signal);
  const full = { ...machine, checkpoint };
  const facts = launched.get(machine);
  if (facts !== undefined) launched.set(full, facts);
  return full;
}

interface StartedContainer {
  readonly id: string;
  readonly names: ResourceNames;
}

async function runContainer(
  base: BaseImage,
  context: BuildContext,
  request: { readonly config: DockerConfig; readonly image: string },
): Promise<StartedContainer> {
  const { config, image } = request;
  const { engine } = base;
  const { signal, ui } = context;
  const run = image === base.image ? base.run : { ...base.run, image };
  const names = namesFor(context, run);
  ui.say("Starting docker container...");
  const target = sharedFolder(config);
  ui.say(`Run command: docker run ${shownCommand(context, config, { image, names })}`);
  // The intent is on the disk before the container can exist, so that a killed run can be cleaned up by name.
  const entry = await context.ledger.intend({
    resource: "container",
    name: names.container,
    details: { volume: names.volume, dockerPath: config.docker_path, engine: engine.address.display },
  });
  context.scope.defer(`remove container ${names.container}`, async (cleanupSignal) => {
    await removeContainer(engine, names, cleanupSignal);
    await entry.released();
  });
  const id = await startContainer(
    engine,
    {
      run,
      name: names.container,
      sharedVolume: { name: names.volume, target, labels: names.labels },
      volumes: config.volumes ?? {},
      tmpfs: config.tmpfs ?? [],
      devices: (config.device ?? []).map(deviceOf),
      capAdd: config.cap_add ?? [],
      capDrop: config.cap_drop ?? [],
      privileged: config.privileged,
      runtime: config.runtime,
      platform: platformOf(engine, config),
      homeDirectory: context.host.homeDirectory,
      cwd: context.host.cwd,
    },
    signal,
  );
  await entry.created(id);
  ui.say(`Container ID: ${id}`);
  context.scope.defer(`announce the end of ${names.container}`, () => ui.say(`Killing the container: ${id}`));
  return { id, names };
}

/** What is no device is left to the engine, which says so. */
function deviceOf(text: string): DeviceMapping {
  const read = readDevice(text);
  return "value" in read ? read.value : { PathOnHost: text, PathInContainer: text, CgroupPermissions: "rwm" };
}

function namesFor(context: BuildContext, run: RunOptions): ResourceNames {
  const names = resourceNames(context.build.runId, context.build.name);
  return run.name === undefined ? names : { ...names, container: run.name };
}

async function describeMachine(
  context: BuildContext,
  config: DockerConfig,
  started: StartedContainer & { readonly engine: Engine; readonly facts: ImageFacts },
): Promise<Machine<DockerOutput>> {
  const { engine, id, names, facts } = started;
  const address = async (signal: AbortSignal): Promise<string> => addressOf(engine, id, signal);
  const output: DockerOutput = {
    ID: id,
    ImageSha256: facts.id,
    SourceImageDigest: facts.digest,
    SourceImageSha256: facts.id,
  };
  const kind = config.communicator ?? (config.windows_container ? "dockerWindowsContainer" : "docker");
  let connect: Communicator | ConnectTarget | undefined;
  if (kind === "docker" || kind === "dockerWindowsContainer") {
    context.ui.say(`Using docker communicator to connect: ${await address(context.signal)}`);
    connect = createDockerCommunicator(engine, {
      containerId: id,
      execUser: config.exec_user,
      pty: config.pty,
      windows: kind === "dockerWindowsContainer",
      fixUploadOwner: config.fix_upload_owner,
      owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      random: context.random,
      workDir: context.workDir,
      death: (signal) => deathOf(engine, id, names.container, signal),
      lost: (reason) => lostError(names, reason),
    });
  } else if (kind !== "none") {
    connect = { communicator: kind, host: address };
  }
  const machine: Machine<DockerOutput> = { output, ...(connect === undefined ? {} : { connect }) };
  launched.set(machine, { engine, id, names, base: { entrypoint: facts.entrypoint, command: facts.command }, output });
  return machine;
}

function lostError(names: ResourceNames, reason: string): BuildError {
  return buildError(catalog["engine-lost"], {
    container: names.container,
    volume: names.volume,
    label: `${runLabel}=${names.labels[runLabel] ?? ""}`,
    reason,
  });
}

async function addressOf(engine: Engine, id: string, signal: AbortSignal): Promise<string> {
  const facts = await engine.docker.getContainer(id).inspect({ abortSignal: signal });
  return Object.values(facts.NetworkSettings.Networks).find((network) => network.IPAddress)?.IPAddress ?? "";
}

async function capture(
  context: BuildContext,
  machine: Machine<DockerOutput>,
  config: DockerConfig,
): Promise<ArtifactHandle | undefined> {
  const container = launched.get(machine);
  if (container === undefined) return undefined;
  return captureContainer(context, container, config);
}

/** The builder `docker`. */
export const runtime: PhasedBuilder<DockerConfig, DockerOutput> = {
  form: "phased",
  prepare,
  checkpoints,
  inputs: readInputs,
  artifactExists,
  launch,
  capture,
  async reclaim(context, resource) {
    const dockerPath = resource.details?.["dockerPath"];
    const engine = connectEngine({
      env: context.host.env,
      homeDirectory: context.host.homeDirectory,
      platform: context.host.platform,
      log: context.log,
      dockerPath: typeof dockerPath === "string" ? dockerPath : undefined,
    });
    const volume = resource.details?.["volume"];
    return removeContainer(
      engine,
      { container: resource.name, volume: typeof volume === "string" ? volume : resource.name },
      context.signal,
    );
  },
};

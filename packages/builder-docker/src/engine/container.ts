import type Docker from "dockerode";
import { buildError, type BuildError } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { engineFailure, oneLine, translateFailure, type Engine } from "./client.js";
import { explainImage } from "./pull.js";
import { absoluteBind, type RunOptions } from "./run-command.js";
import type { DeviceMapping, PublishedPort } from "./run-values.js";

/** What a container gets besides its `run_command`. */
export interface ContainerRequest {
  readonly run: RunOptions;
  readonly name: string;
  /** Volume that backs the shared folder; its label leads from the run to the container. */
  readonly sharedVolume: {
    readonly name: string;
    readonly target: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly volumes: Readonly<Record<string, string>>;
  readonly tmpfs: readonly string[];
  readonly devices: readonly DeviceMapping[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly runtime?: string | undefined;
  readonly platform?: string | undefined;
  readonly homeDirectory: string;
  readonly cwd: string;
}

/**
 * Makes and starts a container and returns its id.
 *
 * The run's label stands on the shared volume, not on the container: labels of a container become labels of every
 * image that is committed from it.
 */
export async function startContainer(engine: Engine, request: ContainerRequest, signal: AbortSignal): Promise<string> {
  const { docker } = engine;
  let container: Docker.Container;
  try {
    container = await docker.createContainer({ ...createOptions(request), abortSignal: signal });
  } catch (error) {
    throw translateFailure(
      engine,
      error,
      signal,
      ({ status, reason }) =>
        explainImage(request.run.image, { status, reason }) ??
        buildError(catalog["engine-refused"], { action: "create the container", status, reason }),
    );
  }
  try {
    await container.start({ abortSignal: signal });
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) =>
      buildError(catalog["engine-refused"], {
        action: "start the container",
        status: failure.status,
        reason: failure.reason,
      }),
    );
  }
  return container.id;
}

function createOptions(request: ContainerRequest): Docker.ContainerCreateOptions {
  const { run } = request;
  const platform = run.platform || request.platform;
  return {
    name: run.name ?? request.name,
    Image: run.image,
    ...processOf(run),
    Tty: run.tty,
    OpenStdin: run.interactive,
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    ...(run.user === undefined ? {} : { User: run.user }),
    ...(run.workingDirectory === undefined ? {} : { WorkingDir: run.workingDirectory }),
    ...(run.hostname === undefined ? {} : { Hostname: run.hostname }),
    ...(run.env.length > 0 ? { Env: [...run.env] } : {}),
    ...(run.labels.length > 0 ? { Labels: labelsOf(run.labels) } : {}),
    ...declarations(run),
    ...(platform === undefined || platform === "" ? {} : { platform }),
    HostConfig: hostConfig(request),
  };
}

/**
 * The process to run. An entry point of `run_command` is put in front of the command instead: a commit copies the
 * container's entry point into the image wherever the image would have none, and no change can take it out again.
 */
function processOf(run: RunOptions): Pick<Docker.ContainerCreateOptions, "Cmd" | "Entrypoint"> {
  const command = [...run.command];
  if (run.entrypoint === undefined) return command.length > 0 ? { Cmd: command } : {};
  // One empty string is the engine's way to say that the image's own entry point does not count.
  return { Entrypoint: [""], Cmd: [...run.entrypoint, ...command] };
}

function hostConfig(request: ContainerRequest): Docker.HostConfig {
  const { run, sharedVolume, homeDirectory } = request;
  const binds = [
    ...Object.entries(request.volumes).map(([host, guest]) =>
      absoluteBind(`${host.replace(/^~(?=\/)/, homeDirectory)}:${guest}`, request.cwd),
    ),
    ...run.binds,
  ];
  const config: Docker.HostConfig = {
    Mounts: [
      {
        Type: "volume",
        Source: sharedVolume.name,
        Target: sharedVolume.target,
        VolumeOptions: {
          NoCopy: true,
          Labels: { ...sharedVolume.labels },
          DriverConfig: { Name: "local", Options: {} },
        },
      } as Docker.MountSettings,
    ],
    ...(binds.length > 0 ? { Binds: binds } : {}),
    AutoRemove: run.autoRemove,
    Privileged: request.privileged || run.privileged,
    CapAdd: [...request.capAdd, ...run.capAdd],
    CapDrop: [...request.capDrop, ...run.capDrop],
    Devices: [...request.devices, ...run.devices],
    Tmpfs: Object.fromEntries([...request.tmpfs, ...run.tmpfs].map(tmpfsOf)),
    SecurityOpt: [...run.securityOpt],
    ...(run.hasOpenSystemPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    Ulimits: run.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    PortBindings: portBindings(run.publish),
    ...(run.init ? { Init: true } : {}),
    ...(request.runtime ? { Runtime: request.runtime } : {}),
    ...(run.network === undefined ? {} : { NetworkMode: run.network }),
    ...(run.cgroupNamespace === undefined ? {} : { CgroupnsMode: run.cgroupNamespace as "host" | "private" }),
    ...(run.shmSize === undefined ? {} : { ShmSize: run.shmSize }),
    ...(run.memory === undefined ? {} : { Memory: run.memory }),
    ...(run.nanoCpus === undefined ? {} : { NanoCpus: run.nanoCpus }),
  };
  return config;
}

function labelsOf(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label) => splitOnce(label, "=")));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function tmpfsOf(text: string): [string, string] {
  return splitOnce(text, ":");
}

function portBindings(publish: readonly PublishedPort[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { container, hostIp, hostPort } of publish) {
    (bindings[container] ??= []).push({ HostIp: hostIp, HostPort: hostPort });
  }
  return bindings;
}

/** Ports and volumes that become part of the container's configuration, and of the images that are made from it. */
function declarations({
  publish,
  anonymousVolumes,
}: RunOptions): Pick<Docker.ContainerCreateOptions, "ExposedPorts" | "Volumes"> {
  const setOf = (names: readonly string[]): Record<string, Record<string, never>> =>
    Object.fromEntries(names.map((name) => [name, {}]));
  return {
    ...(publish.length === 0 ? {} : { ExposedPorts: setOf(publish.map(({ container }) => container)) }),
    ...(anonymousVolumes.length === 0 ? {} : { Volumes: setOf(anonymousVolumes) }),
  };
}

/** Kills and removes a container and its volumes. What is gone already is not an error. */
export async function removeContainer(
  engine: Engine,
  names: { readonly container: string; readonly volume: string },
  signal: AbortSignal,
): Promise<"removed" | "absent"> {
  let outcome: "removed" | "absent" = "removed";
  try {
    await engine.docker.getContainer(names.container).remove({ force: true, v: true, abortSignal: signal });
  } catch (error) {
    const failure = engineFailure(error);
    if (failure?.status === 409 && /already in progress/i.test(failure.reason)) {
      await untilGone(engine, names.container, signal);
    } else if (failure?.status !== 404) throw removalError(engine, error, names.container, signal);
    outcome = "absent";
  }
  try {
    await engine.docker.getVolume(names.volume).remove({ abortSignal: signal });
    outcome = "removed";
  } catch (error) {
    if (engineFailure(error)?.status !== 404) throw removalError(engine, error, names.container, signal);
  }
  return outcome;
}

/** Waits for a container that somebody else is removing. */
async function untilGone(engine: Engine, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await engine.docker.getContainer(name).inspect({ abortSignal: signal });
    } catch (error) {
      if (engineFailure(error)?.status === 404) return;
      throw removalError(engine, error, name, signal);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function removalError(engine: Engine, error: unknown, name: string, signal: AbortSignal): unknown {
  return translateFailure(engine, error, signal, (failure) =>
    buildError(catalog["engine-refused"], {
      action: `remove the container ${name}`,
      status: failure.status,
      reason: failure.reason,
    }),
  );
}

/**
 * The error for a container that is not running although it should be; `undefined` while it runs. Rejects when the engine
 * does not answer.
 */
export async function deathOf(
  engine: Engine,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<BuildError | undefined> {
  try {
    const facts = await engine.docker.getContainer(id).inspect({ abortSignal: signal });
    if (facts.State.Running) return undefined;
    return buildError(catalog["container-died"], {
      container: name,
      state: facts.State.Status,
      code: facts.State.ExitCode,
    });
  } catch (error) {
    const failure = engineFailure(error);
    if (failure?.status === 404)
      return buildError(catalog["container-died"], { container: name, state: "removed", code: "unknown" });
    if (failure !== undefined) return buildError(catalog["exec-failed"], { reason: oneLine(failure.reason) });
    throw error;
  }
}

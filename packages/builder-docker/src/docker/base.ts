import { stat } from "node:fs/promises";
import type { Infer } from "@hclbuild/schema";
import { buildError, type BuildContext } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { defaultPlatform, proxyVariables } from "../engine/client-config.js";
import { connectEngine, engineFailure, lookAtImage, translateFailure, type Engine } from "../engine/client.js";
import { explainImage, pullImage } from "../engine/pull.js";
import { knownRunFlags, parseRunCommand, type RunOptions } from "../engine/run-command.js";
import { checkedAuth, registryAuth } from "../login.js";
import type { dockerBuilder } from "../schema/index.js";
import { buildBaseImage } from "./base-image.js";
import { refused } from "./checkpoint-images.js";
import type { ResourceNames } from "./naming.js";

export type DockerConfig = Infer<typeof dockerBuilder>;

const defaultRunCommand = ["-d", "-i", "-t", "--entrypoint=/bin/sh", "--", "{{.Image}}"];
const defaultWindowsRunCommand = ["-d", "-i", "-t", "--entrypoint=powershell", "--", "{{.Image}}"];

/** What a container is started from. */
export interface BaseImage {
  readonly engine: Engine;
  /** As the template names it. */
  readonly image: string;
  readonly facts: ImageFacts;
  /** The options of `run_command`. */
  readonly run: RunOptions;
}

/** Pulls or builds the image to start from. */
export async function getBaseImage(context: BuildContext, config: DockerConfig): Promise<BaseImage> {
  const { signal, ui } = context;
  if (config.export_path) await refuseDirectory(config.export_path);
  const engine = connectEngine({
    env: context.host.env,
    homeDirectory: context.host.homeDirectory,
    platform: context.host.platform,
    log: context.log,
    dockerPath: config.docker_path,
  });
  const image = await imageName(engine, context, config);
  if (!config.build && config.pull !== false) {
    ui.say(`Pulling Docker image: ${image}`);
    const auth = await registryAuth(engine, config, image, context);
    await pullImage(engine, { image, platform: platformOf(engine, config), auth, ui }, signal);
  }
  const facts = await inspectImage(engine, image, signal);
  return { engine, image, facts, run: readRunCommand(engine, context, { config, image }) };
}

/** The image that the template names or, with a `build` block, the id of the one that is built now. */
async function imageName(engine: Engine, context: BuildContext, config: DockerConfig): Promise<string> {
  if (!config.build) return config.image ?? "";
  const auth = await checkedAuth(engine, config, context.signal);
  const before = config.discard ? await imageIds(engine, context.signal) : undefined;
  const id = await buildBaseImage(engine, context, { config: config.build, auth });
  // A Dockerfile whose every instruction is in the engine's cache gives an image that somebody made before.
  if (before !== undefined && !before.has(id))
    context.scope.defer(`remove image ${id}`, (signal) => removeBuiltImage(engine, id, signal));
  return id;
}

/** Ids of all images, those without a name included. */
async function imageIds(engine: Engine, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    const images = await engine.docker.listImages({ all: true, abortSignal: signal });
    return new Set(images.map((image) => image.Id));
  } catch (error) {
    throw refused(engine, error, { action: "list its images", signal });
  }
}

/** Somebody may have named it meanwhile, made other images from it, or run containers from it; then it stays. */
async function removeBuiltImage(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  try {
    const { RepoTags: names } = await lookAtImage(engine, id, signal);
    if ((names ?? []).length > 0) return;
    await engine.docker.getImage(id).remove({ abortSignal: signal } as object);
  } catch (error) {
    if (engineFailure(error) === undefined) throw error;
  }
}

/** Where the shared folder is in the container. */
export function sharedFolder(config: DockerConfig): string {
  return config.container_dir ?? (config.windows_container ? "c:/packer-files" : "/packer-files");
}

/** The arguments of `docker run` that make the same container, as a person would type them. */
export function shownCommand(
  context: BuildContext,
  config: DockerConfig,
  made: { readonly image: string; readonly names: ResourceNames },
): string {
  const repeat = (flag: string, values: readonly string[] | undefined): readonly string[] =>
    (values ?? []).flatMap((value) => [flag, value]);
  const { container, volume } = made.names;
  const volumes = Object.entries(config.volumes ?? {}).map(([host, guest]) => `${host}:${guest}`);
  const words = [
    "--name",
    container,
    ...repeat("--device", config.device),
    ...repeat("--cap-add", config.cap_add),
    ...repeat("--cap-drop", config.cap_drop),
    ...(config.privileged ? ["--privileged"] : []),
    ...(config.runtime ? ["--runtime", config.runtime] : []),
    ...(config.platform ? ["--platform", config.platform] : []),
    ...repeat("--tmpfs", config.tmpfs),
    ...repeat("-v", [`${volume}:${sharedFolder(config)}`, ...volumes]),
  ];
  return [...words, ...renderRunCommand(context, config, made.image)]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
}

function renderRunCommand(context: BuildContext, config: DockerConfig, image: string): readonly string[] {
  const { run_command: own = [], windows_container: isWindows } = config;
  const words = own.length > 0 ? own : isWindows ? defaultWindowsRunCommand : defaultRunCommand;
  return words.map((word) => context.render(word, { Image: image }, { isStrict: true }));
}

function readRunCommand(
  { environment, address }: Engine,
  context: BuildContext,
  { config, image }: { readonly config: DockerConfig; readonly image: string },
): RunOptions {
  const { env, readText } = environment;
  const words = renderRunCommand(context, config, image);
  const result = parseRunCommand(words, { env, readText, cwd: context.host.cwd });
  switch (result.kind) {
    case "options":
      return withProxies(result.options, proxyVariables(environment, address.display));
    case "unsupported-flag":
      throw buildError(catalog["unsupported-run-flag"], { flag: result.flag, known: knownRunFlags.join(" ") });
    case "invalid":
      throw buildError(catalog["invalid-run-command"], { reason: result.reason });
  }
}

/** Adds the variables that the run's own flags do not set. */
function withProxies(run: RunOptions, proxies: Readonly<Record<string, string>>): RunOptions {
  const given = new Set(run.env.map((text) => text.split("=", 1)[0]));
  const more = Object.entries(proxies).filter(([name]) => !given.has(name));
  return more.length === 0 ? run : { ...run, env: [...run.env, ...more.map(([name, value]) => `${name}=${value}`)] };
}

/** The platform to pull and run; `undefined` for the engine's own. */
export function platformOf(
  { environment }: Pick<Engine, "environment">,
  config: Pick<DockerConfig, "platform">,
): string | undefined {
  return config.platform || defaultPlatform(environment);
}

/** What is known of an image before a container is made from it. */
export interface ImageFacts {
  readonly id: string;
  readonly digest: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** Paths that the image declares as volumes. */
  readonly volumes: readonly string[];
}

async function inspectImage(engine: Engine, image: string, signal: AbortSignal): Promise<ImageFacts> {
  try {
    const facts = await lookAtImage(engine, image, signal);
    const entrypoint = facts.Config?.Entrypoint;
    return {
      id: facts.Id,
      digest: facts.RepoDigests?.[0] ?? "",
      entrypoint: typeof entrypoint === "string" ? [entrypoint] : (entrypoint ?? []),
      command: facts.Config?.Cmd ?? [],
      volumes: Object.keys(facts.Config?.Volumes ?? {}),
    };
  } catch (error) {
    throw translateFailure(
      engine,
      error,
      signal,
      ({ status, reason }) =>
        explainImage(image, { status, reason }) ??
        buildError(catalog["engine-refused"], { action: "inspect the image", status, reason }),
    );
  }
}

async function refuseDirectory(path: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) throw buildError(catalog["export-path-is-directory"], { path });
}

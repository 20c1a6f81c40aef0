import { resolve } from "node:path";
import {
  parseByteSize,
  parseSwitch,
  readCpus,
  readDevice,
  readPublished,
  readUlimit,
  type DeviceMapping,
  type PublishedPort,
  type ReadValue,
  type Ulimit,
} from "./run-values.js";

/**
 * `run_command` as the engine's API understands it. Packer hands the list to `docker run`; we talk to the API, so the
 * flags that matter are mapped one by one and every other flag is refused by name rather than ignored.
 */
export interface RunOptions {
  readonly image: string;
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly autoRemove: boolean;
  readonly init: boolean;
  readonly privileged: boolean;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly name?: string;
  readonly hostname?: string;
  readonly network?: string;
  readonly platform?: string;
  readonly cgroupNamespace?: string;
  readonly shmSize?: number;
  readonly memory?: number;
  readonly nanoCpus?: number;
  /** `NAME=VALUE`, or a name alone for a variable of the image that is taken away. */
  readonly env: readonly string[];
  readonly binds: readonly string[];
  /** Folders of the container for volumes without a name. */
  readonly anonymousVolumes: readonly string[];
  readonly publish: readonly PublishedPort[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly devices: readonly DeviceMapping[];
  readonly tmpfs: readonly string[];
  readonly securityOpt: readonly string[];
  /** Whether the container sees all of `/proc` and `/sys`. */
  readonly hasOpenSystemPaths: boolean;
  readonly ulimits: readonly Ulimit[];
  readonly labels: readonly string[];
}

/** What flags may refer to on this machine. */
export interface RunSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** Text of a file, `undefined` when it cannot be read. */
  readText(path: string): string | undefined;
}

export type RunCommandProblem =
  | { readonly kind: "unsupported-flag"; readonly flag: string }
  | { readonly kind: "invalid"; readonly reason: string };

export type RunCommandResult = { readonly kind: "options"; readonly options: RunOptions } | RunCommandProblem;

const switches: Readonly<Record<string, string>> = {
  "-d": "detach",
  "--detach": "detach",
  "-i": "interactive",
  "--interactive": "interactive",
  "-t": "tty",
  "--tty": "tty",
  "--privileged": "privileged",
  "--init": "init",
  "--rm": "autoRemove",
};

const valued: Readonly<Record<string, string>> = {
  "-u": "user",
  "--user": "user",
  "-e": "env",
  "--env": "env",
  "-v": "binds",
  "--volume": "binds",
  "-w": "workingDirectory",
  "--workdir": "workingDirectory",
  "-p": "publish",
  "--publish": "publish",
  "--name": "name",
  "-h": "hostname",
  "--hostname": "hostname",
  "--network": "network",
  "--net": "network",
  "--entrypoint": "entrypoint",
  "--cap-add": "capAdd",
  "--cap-drop": "capDrop",
  "--device": "devices",
  "--tmpfs": "tmpfs",
  "--security-opt": "securityOpt",
  "--cgroupns": "cgroupNamespace",
  "--ulimit": "ulimits",
  "--shm-size": "shmSize",
  "-m": "memory",
  "--memory": "memory",
  "--cpus": "nanoCpus",
  "-l": "labels",
  "--label": "labels",
  "--platform": "platform",
};

const repeated = new Set([
  "env",
  "binds",
  "publish",
  "capAdd",
  "capDrop",
  "devices",
  "tmpfs",
  "securityOpt",
  "ulimits",
  "labels",
  "network",
]);

/** The flags that are mapped, in their long form, for messages. */
export const knownRunFlags: readonly string[] = [...Object.keys(switches), ...Object.keys(valued)];

/** Parses a rendered `run_command`: flags, image, command. */
export function parseRunCommand(words: readonly string[], surroundings: RunSurroundings): RunCommandResult {
  const flags = new Map<string, string[]>();
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] as string;
    if (word === "--") {
      index++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const outcome = readFlag(word, words[index + 1], flags);
    if (outcome.kind !== "read") return outcome;
    index += outcome.consumed;
  }
  const image = words[index];
  if (image === undefined || image === "") return { kind: "invalid", reason: "it names no image" };
  try {
    return { kind: "options", options: buildOptions(flags, [image, ...words.slice(index + 1)], surroundings) };
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

type FlagOutcome = { readonly kind: "read"; readonly consumed: number } | RunCommandProblem;

function readFlag(word: string, next: string | undefined, flags: Map<string, string[]>): FlagOutcome {
  const equals = word.indexOf("=");
  const name = equals === -1 ? word : word.slice(0, equals);
  // An equals sign that ends a short flag is its value, oddly.
  const empty = name.startsWith("--") ? "" : "=";
  const inline = equals === -1 ? undefined : word.slice(equals + 1) || empty;
  const toggle = switches[name];
  if (toggle !== undefined) return readSwitch(flags, toggle, { name, text: inline ?? "true" });
  const option = valued[name];
  if (option !== undefined) {
    const value = inline ?? next;
    if (value === undefined) return { kind: "invalid", reason: `${name} needs a value` };
    addFlag(flags, option, value);
    return { kind: "read", consumed: inline === undefined ? 1 : 0 };
  }
  return readShortFlags(word, next, flags);
}

function readSwitch(
  flags: Map<string, string[]>,
  option: string,
  { name, text }: { readonly name: string; readonly text: string },
): FlagOutcome {
  const isOn = parseSwitch(text);
  if (isOn === undefined) return { kind: "invalid", reason: `${name} takes no value other than true or false` };
  flags.set(option, [String(isOn)]);
  return { kind: "read", consumed: 0 };
}

/** `-it`, `-it=false` and `-uroot`: short flags may be joined, and the last one may carry its value. */
function readShortFlags(word: string, next: string | undefined, flags: Map<string, string[]>): FlagOutcome {
  const unknown: RunCommandProblem = { kind: "unsupported-flag", flag: word.replace(/=.*$/s, "") };
  if (word.startsWith("--")) return unknown;
  for (let position = 1; position < word.length; position++) {
    const short = `-${word.charAt(position)}`;
    const rest = word.slice(position + 1);
    const toggle = switches[short];
    if (toggle !== undefined) {
      if (rest.startsWith("=")) return readSwitch(flags, toggle, { name: short, text: rest.slice(1) });
      flags.set(toggle, ["true"]);
      continue;
    }
    const option = valued[short];
    if (option === undefined) return word.length === 2 ? unknown : { kind: "unsupported-flag", flag: short };
    const value = rest === "" ? next : rest.replace(/^=(?=.)/s, "");
    if (value === undefined) return { kind: "invalid", reason: `${short} needs a value` };
    addFlag(flags, option, value);
    return { kind: "read", consumed: rest === "" ? 1 : 0 };
  }
  return { kind: "read", consumed: 0 };
}

function addFlag(flags: Map<string, string[]>, option: string, value: string): void {
  if (repeated.has(option)) flags.set(option, [...(flags.get(option) ?? []), value]);
  else flags.set(option, [value]);
}

/** Ends the reading of flags; what it says is the reason. */
class InvalidValue extends Error {
  override readonly name = "InvalidValue";
}

function valueOf<T>(read: ReadValue<T>): T {
  if ("reason" in read) throw new InvalidValue(read.reason);
  return read.value;
}

function buildOptions(
  flags: Map<string, string[]>,
  [image = "", ...command]: readonly string[],
  surroundings: RunSurroundings,
): RunOptions {
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  const many = (name: string): readonly string[] => flags.get(name) ?? [];
  const on = (name: string): boolean => one(name) === "true";
  const entrypoint = one("entrypoint");
  const texts = {
    user: one("user"),
    workingDirectory: one("workingDirectory"),
    // The docker program makes up a name when it is empty.
    name: one("name") || undefined,
    hostname: one("hostname"),
    network: networkOf(many("network")),
    platform: one("platform"),
    cgroupNamespace: cgroupNamespaceOf(one("cgroupNamespace")),
  };
  const sizes = { shmSize: sizeOf(one("shmSize")), memory: sizeOf(one("memory")), nanoCpus: cpusOf(one("nanoCpus")) };
  const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined;
  const opensSystemPaths = (option: string): boolean => option === "systempaths=unconfined";
  const ulimits = many("ulimits").map((text) => valueOf(readUlimit(text)));
  return {
    image,
    command,
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint === "" ? [] : [entrypoint] }),
    interactive: on("interactive"),
    tty: on("tty"),
    autoRemove: on("autoRemove"),
    init: on("init"),
    privileged: on("privileged"),
    ...(Object.fromEntries(Object.entries({ ...texts, ...sizes }).filter(isGiven)) as Partial<RunOptions>),
    env: environmentOf(many("env"), surroundings.env),
    ...volumesOf(many("binds"), surroundings.cwd),
    publish: many("publish").flatMap((text) => valueOf(readPublished(text))),
    capAdd: many("capAdd"),
    capDrop: many("capDrop"),
    devices: many("devices").map((text) => valueOf(readDevice(text))),
    tmpfs: many("tmpfs"),
    securityOpt: many("securityOpt")
      .filter((option) => !opensSystemPaths(option))
      .map((option) => securityOptionOf(option, surroundings)),
    hasOpenSystemPaths: many("securityOpt").some(opensSystemPaths),
    ulimits: [...new Map(ulimits.map((limit) => [limit.name, limit])).values()],
    labels: many("labels").map((label) => named(label, "label")),
  };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = parseByteSize(text);
  if (bytes === undefined) throw new InvalidValue(`"${text}" is not a size such as 512m`);
  return bytes;
}

function cpusOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : valueOf(readCpus(text));
}

function networkOf(names: readonly string[]): string | undefined {
  if (names.length > 1) throw new InvalidValue("--network is given more than once");
  const [name] = names;
  if (name === undefined) return undefined;
  const [, alone = name] = /^name=([^,=]*)$/.exec(name) ?? [];
  if (alone === "") throw new InvalidValue("--network names no network");
  if (alone.includes("=")) throw new InvalidValue(`"${name}" holds more than the name of a network`);
  return alone;
}

function cgroupNamespaceOf(text: string | undefined): string | undefined {
  if (text !== undefined && !/^(host|private)?$/.test(text)) throw new InvalidValue(`"${text}" is not host or private`);
  return text;
}

/** `NAME[=VALUE]` with a name. */
function named(text: string, what: string): string {
  if (/^(=|$)/.test(text)) throw new InvalidValue(`the ${what} "${text}" has no name`);
  return text;
}

/** A name alone stands for the variable of this machine, if there is one. The last value of a name counts. */
function environmentOf(texts: readonly string[], env: RunSurroundings["env"]): readonly string[] {
  const variables = new Map<string, string>();
  for (const text of texts) {
    const [name = ""] = named(text, "variable").split("=", 1);
    const inherited = text === name ? env[name] : undefined;
    variables.set(name, inherited === undefined ? text : `${name}=${inherited}`);
  }
  return [...variables.values()];
}

/** A path alone is a volume without a name. */
function volumesOf(texts: readonly string[], cwd: string): Pick<RunOptions, "binds" | "anonymousVolumes"> {
  if (texts.includes("")) throw new InvalidValue("a volume has no path");
  const isAnonymous = (text: string): boolean => !text.includes(":");
  return {
    binds: texts.filter((text) => !isAnonymous(text)).map((text) => absoluteBind(text, cwd)),
    anonymousVolumes: texts.filter(isAnonymous),
  };
}

/** A bind whose folder of this machine is written as `.` or begins so is relative to the working directory. */
export function absoluteBind(text: string, cwd: string): string {
  const colon = text.indexOf(":");
  return text.startsWith(".") && colon !== -1 ? resolve(cwd, text.slice(0, colon)) + text.slice(colon) : text;
}

/** The engine wants the profile where the docker program takes the name of its file. */
function securityOptionOf(option: string, { cwd, readText }: RunSurroundings): string {
  const [, profile] = /^seccomp[=:](.*)$/s.exec(option) ?? [];
  if (profile === undefined || profile === "unconfined" || profile === "builtin") return option;
  const text = readText(resolve(cwd, profile));
  if (text === undefined) throw new InvalidValue(`the seccomp profile "${profile}" cannot be read`);
  try {
    return `seccomp=${JSON.stringify(JSON.parse(text))}`;
  } catch {
    throw new InvalidValue(`the seccomp profile "${profile}" is not JSON`);
  }
}

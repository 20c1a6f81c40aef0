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
  readonly env: readonly string[];
  readonly binds: readonly string[];
  readonly publish: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly devices: readonly string[];
  readonly tmpfs: readonly string[];
  readonly securityOpt: readonly string[];
  readonly ulimits: readonly string[];
  readonly labels: readonly string[];
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
]);

/** The flags that are mapped, in their long form, for messages. */
export const knownRunFlags: readonly string[] = [...Object.keys(switches), ...Object.keys(valued)];

/** Parses a rendered `run_command`: flags, image, command. */
export function parseRunCommand(words: readonly string[]): RunCommandResult {
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
  return buildOptions(flags, image, words.slice(index + 1));
}

type FlagOutcome = { readonly kind: "read"; readonly consumed: number } | RunCommandProblem;

function readFlag(word: string, next: string | undefined, flags: Map<string, string[]>): FlagOutcome {
  const equals = word.indexOf("=");
  const name = equals === -1 ? word : word.slice(0, equals);
  const inline = equals === -1 ? undefined : word.slice(equals + 1);
  const toggle = switches[name];
  if (toggle !== undefined) {
    if (inline !== undefined && inline !== "true" && inline !== "false") {
      return { kind: "invalid", reason: `${name} takes no value other than true or false` };
    }
    flags.set(toggle, [inline ?? "true"]);
    return { kind: "read", consumed: 0 };
  }
  const option = valued[name];
  if (option !== undefined) {
    const value = inline ?? next;
    if (value === undefined) return { kind: "invalid", reason: `${name} needs a value` };
    addFlag(flags, option, value);
    return { kind: "read", consumed: inline === undefined ? 1 : 0 };
  }
  return readShortFlags(word, next, flags);
}

/** `-it` and `-uroot`: short flags may be joined, and the last one may carry its value. */
function readShortFlags(word: string, next: string | undefined, flags: Map<string, string[]>): FlagOutcome {
  const unknown: RunCommandProblem = { kind: "unsupported-flag", flag: word.replace(/=.*$/s, "") };
  if (word.startsWith("--")) return unknown;
  for (let position = 1; position < word.length; position++) {
    const short = `-${word.charAt(position)}`;
    const toggle = switches[short];
    if (toggle !== undefined) {
      flags.set(toggle, ["true"]);
      continue;
    }
    const option = valued[short];
    if (option === undefined) return word.length === 2 ? unknown : { kind: "unsupported-flag", flag: short };
    const rest = word.slice(position + 1).replace(/^=/, "");
    const value = rest === "" ? next : rest;
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

function buildOptions(flags: Map<string, string[]>, image: string, command: readonly string[]): RunCommandResult {
  const one = (name: string): string | undefined => flags.get(name)?.[0];
  const many = (name: string): readonly string[] => flags.get(name) ?? [];
  const on = (name: string): boolean => one(name) === "true";
  const sizes: { shmSize?: number; memory?: number; nanoCpus?: number } = {};
  for (const name of ["shmSize", "memory"] as const) {
    const text = one(name);
    if (text === undefined) continue;
    const bytes = parseByteSize(text);
    if (bytes === undefined) return { kind: "invalid", reason: `"${text}" is not a size such as 512m` };
    sizes[name] = bytes;
  }
  const cpus = one("nanoCpus");
  if (cpus !== undefined) {
    if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(cpus))
      return { kind: "invalid", reason: `"${cpus}" is not a number of CPUs` };
    sizes.nanoCpus = Math.round(Number(cpus) * 1e9);
  }
  const entrypoint = one("entrypoint");
  const texts = {
    user: one("user"),
    workingDirectory: one("workingDirectory"),
    name: one("name"),
    hostname: one("hostname"),
    network: one("network"),
    platform: one("platform"),
    cgroupNamespace: one("cgroupNamespace"),
  };
  const options: RunOptions = {
    image,
    command,
    ...(entrypoint === undefined ? {} : { entrypoint: entrypoint === "" ? [] : [entrypoint] }),
    interactive: on("interactive"),
    tty: on("tty"),
    autoRemove: on("autoRemove"),
    init: on("init"),
    privileged: on("privileged"),
    ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as Partial<RunOptions>),
    ...sizes,
    env: many("env"),
    binds: many("binds"),
    publish: many("publish"),
    capAdd: many("capAdd"),
    capDrop: many("capDrop"),
    devices: many("devices"),
    tmpfs: many("tmpfs"),
    securityOpt: many("securityOpt"),
    ulimits: many("ulimits"),
    labels: many("labels"),
  };
  return { kind: "options", options };
}

const units: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `512`, `512m`, `1.5g`, `64mb`; `undefined` for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt])?i?b?$/i.exec(text.trim());
  if (!match) return undefined;
  return Math.floor(Number(match[1]) * (units[(match[2] ?? "b").toLowerCase()] as number));
}

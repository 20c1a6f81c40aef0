import { goFailure, type GoFailure, type GoFunction, type GoFunctionTable } from "./render/functions.js";
import type { GoValue } from "./render/values.js";
import { toGoLower, toGoUpper } from "./text/case-mapping.js";
import { formatGoTime, rfc3339Layout } from "./time/go-layout.js";
import { instantFromMilliseconds } from "./time/civil.js";
import { formatStrftime } from "./time/strftime.js";

/** What Packer's template functions draw on. A part that is absent makes its functions fail with a reason. */
export interface EngineContext {
  /** When the process started, in milliseconds; `timestamp`, `isotime` and `strftime` are constant in a run. */
  readonly startTime: number;
  /** A time-ordered UUID, new at each call. */
  readonly uuid: () => string;
  readonly workingDirectory: string;
  readonly packerVersion: string;
  readonly templateDirectory?: string | undefined;
  readonly buildName?: string | undefined;
  readonly buildType?: string | undefined;
  /** Values of user variables (legacy templates); an unknown name gives the empty text. */
  readonly user?: ((name: string) => string | undefined) | undefined;
  /** The environment, where it may be read. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** A value about the running build such as `ID`. */
  readonly build?: ((key: string) => string | GoFailure) | undefined;
  /** The builder's own cleaning of names. */
  readonly cleanResourceName?: ((name: string) => string) | undefined;
  /** Services that were asked before rendering. Absent where they may not be used. */
  readonly consulKey?: ((key: string) => string | GoFailure) | undefined;
  readonly vault?: ((path: string, key: string) => string | GoFailure) | undefined;
  readonly secretsManager?: ((name: string, key: string | undefined) => string | GoFailure) | undefined;
  readonly secretsManagerRaw?: ((name: string) => string | GoFailure) | undefined;
}

const onlyInVariables = 'It works only in the defaults of "variables" in JSON templates.';

function textFunction(compute: (...texts: string[]) => GoValue | GoFailure, count: number, optional = 0): GoFunction {
  return {
    params: Array.from({ length: count }, () => "string" as const),
    optional,
    call: (args) => compute(...(args as string[])),
  };
}

function provided<Args extends unknown[], Result extends GoValue | GoFailure>(
  compute: ((...args: Args) => Result) | undefined,
  reason: string,
): (...args: Args) => Result | GoFailure {
  return compute ?? (() => goFailure(reason));
}

/** Packer's template functions for one context. All names exist in every context, so that messages can say why. */
export function createEngineFunctions(context: EngineContext): GoFunctionTable {
  const start = instantFromMilliseconds(context.startTime);
  const constant = (value: string | undefined, reason: string): GoFunction =>
    textFunction(() => value ?? goFailure(reason), 0);
  const { env, user } = context;
  return {
    timestamp: textFunction(() => String(start.epochSeconds), 0),
    isotime: textFunction((layout = rfc3339Layout) => formatGoTime(layout, start), 1, 1),
    strftime: textFunction((format) => formatStrftime(format ?? "", start), 1),
    uuid: textFunction(() => context.uuid(), 0),
    pwd: constant(context.workingDirectory, ""),
    packer_version: constant(context.packerVersion, ""),
    template_dir: constant(context.templateDirectory, "The template has no directory here."),
    build_name: constant(context.buildName, "The name of the build is not known here."),
    build_type: constant(context.buildType, "The type of the build is not known here."),
    user: textFunction(
      user === undefined
        ? () => goFailure('User variables exist only in JSON templates; in HCL write "${var.name}".')
        : (name) => user(name as string) ?? "",
      1,
    ),
    env: textFunction(
      env === undefined
        ? () => goFailure("The environment can be read only in the defaults of variables.")
        : (name) => env(name as string) ?? "",
      1,
    ),
    build: textFunction(
      provided(context.build, "Values of the running build are not known here.") as (name: string) => GoValue,
      1,
    ),
    clean_resource_name: textFunction(
      provided(context.cleanResourceName, "This component does not clean names.") as (name: string) => GoValue,
      1,
    ),
    consul_key: textFunction(provided(context.consulKey, onlyInVariables) as (key: string) => GoValue, 1),
    vault: textFunction(provided(context.vault, onlyInVariables) as (path: string, key: string) => GoValue, 2),
    aws_secretsmanager: textFunction(
      provided(context.secretsManager, onlyInVariables) as (name: string, key?: string) => GoValue,
      2,
      1,
    ),
    aws_secretsmanager_raw: textFunction(
      provided(context.secretsManagerRaw, onlyInVariables) as (name: string) => GoValue,
      1,
    ),
    ...textFunctions,
  };
}

/** Functions that need no context. */
const textFunctions: GoFunctionTable = {
  lower: textFunction((text) => toGoLower(text as string), 1),
  upper: textFunction((text) => toGoUpper(text as string), 1),
  split: {
    params: ["string", "string", "int"],
    call: ([text, separator, index]) => {
      const parts = separator === "" ? [...(text as string)] : (text as string).split(separator as string);
      const at = Number(index);
      return parts[at] ?? goFailure(`There are ${parts.length} parts, so index ${at} does not exist.`);
    },
  },
  replace: {
    params: ["string", "string", "int", "string"],
    call: ([old, replacement, count, text]) =>
      replaceFirst(text as string, old as string, replacement as string, Number(count)),
  },
  replace_all: {
    params: ["string", "string", "string"],
    call: ([old, replacement, text]) => replaceFirst(text as string, old as string, replacement as string, -1),
  },
  sed: {
    params: [],
    rest: "any",
    call: () => goFailure('It was removed; use "replace_all" or shape the value before.'),
  },
};

/** Go's `strings.Replace`: the first `count` places, all when it is negative; an empty `old` is between characters. */
function replaceFirst(text: string, old: string, replacement: string, count: number): string {
  if (old === replacement || count === 0) return text;
  const limit = count < 0 ? Number.POSITIVE_INFINITY : count;
  if (old === "") {
    const characters = [...text];
    let result = "";
    for (let index = 0; index <= characters.length; index++) {
      result += (index < limit ? replacement : "") + (characters[index] ?? "");
    }
    return result;
  }
  const parts = text.split(old);
  return parts.map((part, index) => (index === 0 ? part : (index <= limit ? replacement : old) + part)).join("");
}

/** Amazon's cleaning of names: anything that image names may not hold becomes a hyphen. */
export function cleanAmazonResourceName(name: string): string {
  return [...name].map((character) => (/[A-Za-z0-9()[\] ./\-'@_]/.test(character) ? character : "-")).join("");
}

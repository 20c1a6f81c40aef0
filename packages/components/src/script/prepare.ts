import { stat } from "node:fs/promises";
import type { Report } from "@hclbuild/diagnostics";
import {
  isKnownOption,
  resolveLocal,
  systemErrorCode,
  messageOf,
  type MaybeUnknown,
  type PrepareContext,
} from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";
import { isVariableFormat } from "./environment.js";

/** The options that every component of the shell family has. */
export interface ScriptOptions {
  readonly inline?: readonly string[];
  readonly script?: string;
  readonly scripts?: readonly string[];
  readonly env_var_format?: string;
}

/** Checks what the schema cannot: that the scripts exist and that the variable format has its two places. */
export async function prepareScripts(
  config: MaybeUnknown<ScriptOptions>,
  report: Report,
  context: PrepareContext,
): Promise<void> {
  if (!isKnownOption(config)) return;
  for (const { option, path: script } of pathsIn({ script: config.script, scripts: config.scripts })) {
    const reason = await whyMissing(resolveLocal(script, context));
    if (reason !== undefined)
      report(scriptCatalog["not-found"], { path: script, reason, span: context.spanOf(option) });
  }
  const format = config.env_var_format;
  if (typeof format === "string" && format !== "" && !isVariableFormat(format)) {
    const span = context.spanOf("env_var_format");
    report(scriptCatalog["bad-env-format"], { format: JSON.stringify(format), span });
  }
}

type PathOption = MaybeUnknown<string | readonly string[] | undefined>;

/** The paths that options give, each with the name of its option, as far as they are known. */
export function pathsIn(
  options: Readonly<Record<string, PathOption>>,
): readonly { readonly option: string; readonly path: string }[] {
  return Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || !isKnownOption(value)) return [];
    const paths: readonly unknown[] = typeof value === "string" ? [value] : value;
    return paths.flatMap((given) => (typeof given === "string" && given !== "" ? [{ option, path: given }] : []));
  });
}

/** Why a file cannot be looked at; `undefined` when it is there. */
export async function whyMissing(file: string): Promise<string | undefined> {
  try {
    await stat(file);
    return undefined;
  } catch (error) {
    return describeFileError(error);
  }
}

/** A system error in the words that people know from the command line. */
export function describeFileError(error: unknown): string {
  switch (systemErrorCode(error)) {
    case "ENOENT":
      return "no such file or directory";
    case "EACCES":
      return "permission denied";
    case "EEXIST":
      return "file exists";
    case "ENOTDIR":
      return "not a directory";
    case "EISDIR":
      return "is a directory";
    case "ENOSPC":
      return "no space left on device";
    case "EROFS":
      return "read-only file system";
    default:
      return messageOf(error);
  }
}

import { resolve } from "node:path";
import { diagnose, type Diagnostic } from "@hclbuild/diagnostics";
import type * as executorModule from "@hclbuild/executor";
import type { BuildOptions, Resumable } from "@hclbuild/executor";
import type * as sdkModule from "@hclbuild/sdk";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { templateDirectory } from "../commands/cleanup.js";
import { createComponentSurroundings } from "../host/sdk-host.js";
import { readSetting } from "../settings.js";

/** What of earlier runs a build may use again. */
export type ReuseOptions = Pick<BuildOptions, "checkpoints" | "skipUnchanged" | "finished">;

type ParseDuration = (text: string) => number | undefined;

/** The template's path, by which later runs know that they are of the same template. */
export function templatePath({ host, args }: Invocation): string {
  return resolve(host.cwd, args[0] ?? ".");
}

/** Looks for the run that `-resume` is to go on with. */
export function findEarlierRun(
  invocation: Invocation,
  executor: typeof executorModule,
  sdk: typeof sdkModule,
): Resumable {
  const { host, args } = invocation;
  const { directory } = executor.openStateFolder({
    host: createComponentSurroundings(host, sdk).host,
    templateDirectory: templateDirectory(host, args[0] ?? "."),
    configured: readSetting(host.env, "STATE_DIR"),
  });
  if (directory === undefined) return { kind: "nothing", reason: "There is no state folder" };
  return executor.findResumable(directory, templatePath(invocation));
}

/** The command as if it had been started when the earlier run was: `timestamp` gives the same again. */
export function continuing(invocation: Invocation, earlier: Resumable | undefined): Invocation {
  if (earlier?.kind !== "resumable") return invocation;
  return { ...invocation, host: { ...invocation.host, processStartTime: earlier.startTime } };
}

/** What the flags say about earlier runs, or what is wrong with them. */
export function readReuse(
  invocation: Invocation,
  earlier: Resumable | undefined,
  parse: ParseDuration,
): ReuseOptions | Diagnostic {
  const { flags, args } = invocation;
  if (earlier?.kind === "nothing") {
    return diagnose(cliCatalog["nothing-to-resume"], { reason: earlier.reason, template: args[0] ?? "." });
  }
  const maxAgeMs = readDuration(invocation, "cache-max-age", parse);
  if (isDiagnostic(maxAgeMs)) return maxAgeMs;
  const fromStep = flags.int("cache-from-step");
  if (fromStep !== undefined && fromStep < 1) {
    const expected = "the number of a step, counted from 1";
    return diagnose(cliCatalog["invalid-flag-value"], { flag: "cache-from-step", value: String(fromStep), expected });
  }
  const uses = flags.bool("cache") || earlier !== undefined || fromStep !== undefined || maxAgeMs !== undefined;
  return {
    ...(uses ? { checkpoints: { fromStep, maxAgeMs } } : {}),
    ...(flags.bool("skip-unchanged") ? { skipUnchanged: true } : {}),
    ...(earlier === undefined ? {} : { finished: earlier.finished }),
  };
}

/** The value of a flag in milliseconds, or what is wrong with it. */
export function readDuration(
  { flags }: Invocation,
  flag: string,
  parse: ParseDuration,
): number | Diagnostic | undefined {
  const value = flags.text(flag);
  if (value === undefined) return undefined;
  const milliseconds = parse(value);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  const expected = "a positive duration such as 90s or 1h30m";
  return diagnose(cliCatalog["invalid-flag-value"], { flag, value, expected });
}

/** Tells a diagnostic from what it stands in for. */
export function isDiagnostic(value: number | ReuseOptions | Diagnostic | undefined): value is Diagnostic {
  return typeof value === "object" && "severity" in value;
}

import type { CompileResult, EffectCallSite } from "@hclbuild/compiler";
import { diagnose, DiagnosticBag, type Diagnostic } from "@hclbuild/diagnostics";
import { effectCatalog, runEffectCall, type EffectEnvironment } from "@hclbuild/eval/functions";
import type { Effects } from "./compile-template.js";
import type { CliHost } from "../command.js";

/** How long a service may take to answer, in milliseconds. */
const answerTimeout = 60_000;

export interface ServiceAnswers {
  /** By the ids of the calls; calls that failed are left out. */
  readonly answers: Effects;
  readonly diagnostics: readonly Diagnostic[];
}

/** Asks all services at once. Rejects only with the reason of `signal`. */
export async function askServices(
  host: CliHost,
  calls: readonly EffectCallSite[],
  signal: AbortSignal,
): Promise<ServiceAnswers> {
  const bag = new DiagnosticBag();
  const environment = createEnvironment(host, signal);
  const values = await Promise.all(calls.map((call) => runEffectCall(call, environment, bag.report)));
  const answers = new Map(calls.flatMap(({ id }, index) => (values[index] === undefined ? [] : [[id, values[index]]])));
  return { answers, diagnostics: bag.items };
}

function createEnvironment(host: CliHost, signal: AbortSignal): EffectEnvironment {
  return {
    fetch: (url, init) =>
      host.fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeout)]) }),
    env: (name) => host.env[name],
    now: () => host.clock.now(),
    homeDir: host.homeDirectory,
    readTextFile(path) {
      try {
        return host.fs.readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    signal,
  };
}

/** One error for each call whose arguments no answer can make usable. */
export function lateCallErrors({ lateEffectCalls }: CompileResult): readonly Diagnostic[] {
  return lateEffectCalls.map(({ name, isSensitive, span }) =>
    diagnose(effectCatalog["unusable-arguments"], {
      name,
      reason: isSensitive
        ? "They are sensitive, and the names of secrets must be fit to be seen."
        : "They depend on what only a running build knows.",
      span,
    }),
  );
}

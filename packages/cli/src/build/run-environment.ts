import type * as executorModule from "@hclbuild/executor";
import type { Prompt, RunEnvironment } from "@hclbuild/executor";
import type * as sdkModule from "@hclbuild/sdk";
import type { CliHost } from "../command.js";
import { createComponentSurroundings } from "../host/sdk-host.js";
import { COMPATIBILITY_LEVEL } from "../version.js";

export interface RunEnvironmentOptions {
  readonly sdk: typeof sdkModule;
  readonly executor: Pick<typeof executorModule, "createShellOpener">;
  /** Whether components may ask questions. */
  readonly mayAsk: boolean;
}

/** Everything of a run that does not depend on the template. */
export type CommonRunOptions = Omit<RunEnvironment, "bus" | "state"> & { readonly runId: string };

/** The world outside as a run sees it. Prompts are offered on a terminal only. */
export function createRunEnvironment(host: CliHost, options: RunEnvironmentOptions): CommonRunOptions {
  const { sdk, executor } = options;
  return {
    ...createComponentSurroundings(host, sdk),
    ...(options.mayAsk && host.stdin.isTerminal
      ? { prompt: createPrompt(host), openShell: executor.createShellOpener(host.openTerminal()) }
      : {}),
    ...(host.log === undefined ? {} : { debugLog: host.log.sink }),
    coreVersion: COMPATIBILITY_LEVEL,
    runId: host.random.uuid(),
  };
}

/** Asks on the terminal, one question at a time. */
function createPrompt(host: CliHost): Prompt {
  let last: Promise<unknown> = Promise.resolve();
  return (question, signal, { hidden = false } = {}) => {
    const ask = async (): Promise<string> => {
      signal.throwIfAborted();
      const answer = await host.stdin.question(`${question} `, signal, hidden);
      signal.throwIfAborted();
      return answer ?? "";
    };
    const answer = last.then(ask);
    last = answer.catch(() => undefined);
    return answer;
  };
}

import { renderBugReport } from "./bug-report.js";
import { wantsDocument } from "./flags/command-line.js";
import type { CliHost } from "./command.js";
import { dispatch } from "./dispatch.js";
import { createProcessHost } from "./host/host.js";
import { readSetting } from "./settings.js";

/**
 * Runs one command line in the real surroundings and sets the exit code. The process ends by itself once nothing is
 * left to do, so that pending output is never cut off.
 */
export async function runProcess(argv: readonly string[], importModule: CliHost["importModule"]): Promise<void> {
  const host = createProcessHost(importModule);
  const reportFault = (error: unknown): void => {
    const stream = wantsDocument(argv) ? host.stderr : host.stdout;
    stream.write(renderBugReport(error, host.runtime, argv));
    host.exitWith(1);
  };
  // What is still running then cannot be trusted to clean up; the ledger knows what it has made.
  host.onUncaught((error) => {
    reportFault(error);
    host.abandon(1);
  });
  let settled = false;
  // A promise that nobody can settle any more ends the process as if all were well.
  host.onIdle(() => {
    if (!settled) reportFault(new Error("nothing was left to do before the command had ended"));
  });
  try {
    host.exitWith(await dispatchLogged(argv, host));
  } catch (error) {
    reportFault(error);
  }
  settled = true;
}

/** Opens the developer's log first, if somebody wants it. */
async function dispatchLogged(argv: readonly string[], host: CliHost): Promise<number> {
  const wanted = readSetting(host.env, "LOG_PATH") ?? readSetting(host.env, "LOG");
  if (wanted === undefined) return dispatch(argv, host);
  const { openLog } = await import("./output/log.js");
  const log = openLog(host, argv);
  if (log === undefined) return dispatch(argv, host);
  if ("severity" in log) {
    const { printDiagnostics } = await import("./output/diagnostic-output.js");
    printDiagnostics([log], { host, stream: host.stderr });
    return 1;
  }
  const code = await dispatch(argv, { ...host, log });
  log.sink(`ends with exit code ${code}`);
  return code;
}

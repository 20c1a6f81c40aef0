import { renderBugReport } from "./bug-report.js";
import { dispatch } from "./dispatch.js";
import { createProcessHost } from "./host.js";

/**
 * Runs one command line in the real surroundings and sets the exit code. The process ends by itself once nothing is
 * left to do, so that pending output is never cut off.
 */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const host = createProcessHost();
  try {
    host.exitWith(await dispatch(argv, host));
  } catch (error) {
    host.stdout.write(renderBugReport(error, host.runtime, argv));
    host.exitWith(1);
  }
}

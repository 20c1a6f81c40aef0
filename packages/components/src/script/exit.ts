import { buildError, disconnectedExitCode } from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";

/** What ends of a script are fine. */
export interface ExitRules {
  readonly validExitCodes: readonly number[];
  readonly expectDisconnect?: boolean;
}

/**
 * Throws for an exit code that is not allowed. A lost connection is judged by `expectDisconnect` alone, even when its
 * number is listed among the codes.
 */
export function checkExitCode(code: number, rules: ExitRules): void {
  if (code === disconnectedExitCode) {
    if (rules.expectDisconnect === true) return;
    throw buildError(scriptCatalog.disconnected, {});
  }
  if (rules.validExitCodes.includes(code)) return;
  throw buildError(scriptCatalog["exit-code"], { code, allowed: rules.validExitCodes.join(" ") });
}

/** Exit codes when the option is absent or empty. */
export function validExitCodes(codes: readonly number[] | undefined): readonly number[] {
  return codes === undefined || codes.length === 0 ? [0] : codes;
}

import { describeSystemError, diagnose, renderText, SourceSet } from "@hclbuild/diagnostics";
import { cliCatalog } from "../catalog.js";

/** What is said when standard output cannot take what a command prints, such as on a full disk. */
export function renderOutputFailure(error: unknown): string {
  const problem = diagnose(cliCatalog["unwritable-file"], { path: "<stdout>", reason: describeSystemError(error) });
  return renderText([problem], { sources: new SourceSet() });
}

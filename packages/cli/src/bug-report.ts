import { COMPATIBILITY_LEVEL, HCLBUILD_VERSION } from "./version.js";

/**
 * What is printed for a fault of ours: everything a bug report needs, in one block that can be copied. Of the command
 * line it shows the command and the names of flags only, because values may be secret.
 *
 * @param runtime - name and version of the JavaScript runtime and the platform
 */
export function renderBugReport(error: unknown, runtime: string, argv: readonly string[]): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  const flags = argv.slice(1).flatMap((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0] ?? []);
  return [
    "",
    "Internal error: hclbuild came into a situation it was not made for. This is a",
    "fault of hclbuild, not of the template. Please report it with these lines:",
    "",
    "----- bug report -----",
    `hclbuild ${HCLBUILD_VERSION}, compatibility level ${COMPATIBILITY_LEVEL}`,
    runtime,
    ["command:", argv[0] ?? "(none)", ...flags].join(" "),
    text,
    "----- end of bug report -----",
    "",
  ].join("\n");
}

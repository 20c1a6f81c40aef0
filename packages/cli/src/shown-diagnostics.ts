import { SourceSet, SourceText, type Diagnostic, type Span } from "@hclbuild/diagnostics";
import { join } from "node:path";
import type { CliHost } from "./command.js";
import { shownPath } from "./shown-path.js";

/** Findings and the texts they point into, with the same names of files. */
export interface NamedDiagnostics {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: SourceSet;
}

/**
 * Findings whose files are named from the working directory instead of from the template's folder. Services that show
 * findings beside the changed files, such as GitHub, look files up from the root of the repository.
 */
export function nameFromWorkingDirectory(
  host: Pick<CliHost, "cwd" | "fs">,
  root: string,
  { diagnostics, sources }: NamedDiagnostics,
): NamedDiagnostics {
  const rename = (name: string): string => {
    const path = join(root, name);
    // Standard input, flags and variable files outside of the folder have their names already.
    return host.fs.existsSync(path) ? shownPath(host, path) : name;
  };
  const move = (span: Span): Span => ({ ...span, file: rename(span.file) });
  const renamed = new SourceSet();
  for (const { name, text } of sources) renamed.add(new SourceText(rename(name), text));
  return {
    sources: renamed,
    diagnostics: diagnostics.map((item) => ({
      ...item,
      ...(item.primary === undefined ? {} : { primary: move(item.primary) }),
      ...(item.context === undefined ? {} : { context: move(item.context) }),
      ...(item.related === undefined
        ? {}
        : { related: item.related.map((related) => ({ ...related, span: move(related.span) })) }),
      ...(item.fixes === undefined
        ? {}
        : {
            fixes: item.fixes.map((fix) => ({
              ...fix,
              edits: fix.edits.map((edit) => ({ ...edit, span: move(edit.span) })),
            })),
          }),
    })),
  };
}

import { createReport, SourceSet, type Diagnostic, type Report, type SourceText } from "@hclbuild/diagnostics";
import { decodeSource, format, parse, unifiedDiff } from "@hclbuild/syntax";
import type { CliHost, Invocation } from "../command.js";
import { printDiagnostics } from "../diagnostic-output.js";
import { fmtCatalog } from "../fmt/catalog.js";
import { collectTargets, type FormatTarget } from "../fmt/collect.js";
import { replaceFile } from "../fmt/write-file.js";
import { describeSystemError } from "../load-host.js";

/** Exit code of `-check` when a file would change. */
const wouldChange = 3;

interface Session {
  readonly host: CliHost;
  readonly check: boolean;
  readonly diff: boolean;
  readonly write: boolean;
  readonly sources: SourceSet;
  readonly diagnostics: Diagnostic[];
  readonly report: Report;
  changed: boolean;
}

/**
 * Formats files, the files of folders, and with `-` standard input. The name of each file that changes goes to standard
 * output. A file that cannot be read, is no UTF-8 or has syntax errors is reported and left as it is; the others are
 * still formatted, and the exit code is 1.
 */
export async function run({ command, flags, args, host }: Invocation): Promise<number> {
  const diagnostics: Diagnostic[] = [];
  const check = flags.bool("check");
  const session: Session = {
    host,
    check,
    diff: flags.bool("diff"),
    write: flags.bool("write") && !check,
    sources: new SourceSet(),
    diagnostics,
    report: createReport((diagnostic) => diagnostics.push(diagnostic)),
    changed: false,
  };
  if (args.includes("-")) await formatStandardInput(session);
  const files = args.filter((path) => path !== "-");
  const targets = collectTargets(files, { host, recursive: flags.bool("recursive"), report: session.report });
  for (const target of targets) formatFile(target, session);
  printDiagnostics(diagnostics, { host, stream: host[command.diagnostics], sources: session.sources });
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return 1;
  return check && session.changed ? wouldChange : 0;
}

async function formatStandardInput(session: Session): Promise<void> {
  const { host, diff } = session;
  const source = readSource("<stdin>", await host.stdin.readAll(), session);
  if (source === undefined) return;
  const formatted = format(source.text);
  if (formatted !== source.text) session.changed = true;
  host.stdout.write(diff ? unifiedDiff(source.text, formatted, { old: "old/<stdin>", new: "new/<stdin>" }) : formatted);
}

function formatFile({ path, realPath }: FormatTarget, session: Session): void {
  const { host, report, diff, write } = session;
  let bytes: Uint8Array;
  try {
    bytes = host.fs.readFileSync(realPath);
  } catch (error) {
    report(fmtCatalog["unreadable"], { what: "file", path, reason: describeSystemError(error) });
    return;
  }
  const source = readSource(path, bytes, session);
  if (source === undefined) return;
  const formatted = format(source.text);
  if (formatted === source.text) return;
  session.changed = true;
  if (write) {
    try {
      replaceFile(realPath, formatted, host);
    } catch (error) {
      report(fmtCatalog["unwritable"], { path, reason: describeSystemError(error) });
      return;
    }
  }
  host.stdout.write(`${path}\n`);
  if (diff) host.stdout.write(unifiedDiff(source.text, formatted, { old: `old/${path}`, new: `new/${path}` }));
}

/** The text, unless it must be left alone. */
function readSource(
  path: string,
  bytes: Uint8Array,
  { sources, diagnostics, report }: Session,
): SourceText | undefined {
  const before = diagnostics.length;
  const source = decodeSource(path, bytes, report);
  // Bytes that are no UTF-8 make syntax errors of their own, which would say nothing new.
  if (diagnostics.length === before) parse(source, report);
  if (diagnostics.length === before) return source;
  sources.add(source);
  return diagnostics.slice(before).some((diagnostic) => diagnostic.severity === "error") ? undefined : source;
}

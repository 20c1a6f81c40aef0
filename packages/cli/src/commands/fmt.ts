import { setImmediate } from "node:timers/promises";
import { createReport, describeSystemError, type Diagnostic, type Report, SourceSet } from "@hclbuild/diagnostics";
import { decodeSource, formatAndCheck, unifiedDiff } from "@hclbuild/syntax/format";
import type { CliHost, Invocation } from "../command.js";
import { printDiagnostics } from "../output/diagnostic-output.js";
import { fmtCatalog } from "../fmt/catalog.js";
import { collectTargets, reportUnreadable, type FormatTarget } from "../fmt/collect.js";
import { FileLost, replaceFile } from "../fmt/write-file.js";

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
 * output, and so does the text of standard input unless nothing is to be written (`-check`, `-write=false`). A file that
 * cannot be read, is no UTF-8 or has syntax errors is reported and left as it is; the others are still formatted, and the
 * exit code is 1.
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
  await formatFiles(targets, session);
  printDiagnostics(diagnostics, { host, stream: host[command.diagnostics], sources: session.sources });
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return 1;
  return check && session.changed ? wouldChange : 0;
}

/** An interrupt ends it between two files, so that none is left half written and no temporary file stays. */
async function formatFiles(targets: readonly FormatTarget[], session: Session): Promise<void> {
  if (targets.length === 0) return;
  let isInterrupted = false;
  const release = session.host.onInterrupt(() => (isInterrupted = true));
  try {
    for (const target of targets) {
      // Signals are delivered only where the event loop gets its turn.
      await setImmediate();
      if (isInterrupted) return session.report(fmtCatalog["interrupted"], {});
      await formatFile(target, session);
    }
  } finally {
    release();
  }
}

interface Formatted {
  readonly before: string;
  readonly after: string;
}

async function formatStandardInput(session: Session): Promise<void> {
  const { host, diff, write } = session;
  const formatted = await formatBytes("<stdin>", await host.stdin.readAll(), session);
  if (formatted === undefined) return;
  const { before, after } = formatted;
  if (after !== before) session.changed = true;
  if (diff) host.stdout.write(unifiedDiff(before, after, { old: "old/<stdin>", new: "new/<stdin>" }));
  else if (write) host.stdout.write(after);
}

async function formatFile({ path, realPath }: FormatTarget, session: Session): Promise<void> {
  const { host, report, diff, write } = session;
  let bytes: Uint8Array;
  try {
    bytes = host.fs.readFileSync(realPath);
  } catch (error) {
    reportUnreadable({ what: "file", path, error }, report);
    return;
  }
  const formatted = await formatBytes(path, bytes, session);
  if (formatted === undefined || formatted.after === formatted.before) return;
  session.changed = true;
  if (write) {
    try {
      replaceFile(realPath, formatted.after, host);
    } catch (error) {
      reportUnwritten(path, error, report);
      return;
    }
  }
  host.stdout.write(`${path}\n`);
  if (diff)
    host.stdout.write(unifiedDiff(formatted.before, formatted.after, { old: `old/${path}`, new: `new/${path}` }));
}

function reportUnwritten(path: string, error: unknown, report: Session["report"]): void {
  if (!(error instanceof FileLost))
    return report(fmtCatalog["unwritable"], { path, reason: describeSystemError(error) });
  const [reason, second] = [error.first, error.second].map(describeSystemError);
  report(fmtCatalog["file-lost"], { path, reason: reason ?? "", second: second ?? "" });
}

/** `undefined` for a text that must be left alone; why is reported. */
async function formatBytes(path: string, bytes: Uint8Array, session: Session): Promise<Formatted | undefined> {
  const { sources, diagnostics, report } = session;
  const before = diagnostics.length;
  const source = decodeSource(path, bytes, report);
  if (diagnostics.length === before) {
    const { text, isSurelyWellFormed } = formatAndCheck(source.text);
    if (isSurelyWellFormed) return { before: source.text, after: text };
    // Building the parser takes longer than formatting a small file, so only texts that need it pay for it.
    const { parse } = await import("@hclbuild/syntax");
    parse(source, report);
    if (diagnostics.length === before) return { before: source.text, after: text };
  }
  sources.add(source);
  return undefined;
}

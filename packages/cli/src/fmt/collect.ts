import type { Dirent, Stats } from "node:fs";
import { join, resolve } from "node:path";
import { describeSystemError, type Report } from "@hclbuild/diagnostics";
import type { CliHost } from "../command.js";
import { fmtCatalog } from "./catalog.js";

/** A file to format. */
export interface FormatTarget {
  /** As the user knows it: the argument, or the argument's folder and the name. */
  readonly path: string;
  /** Absolute and free of symbolic links, so that a link is kept and its target rewritten. */
  readonly realPath: string;
}

export interface CollectOptions {
  readonly host: CliHost;
  readonly recursive: boolean;
  readonly report: Report;
}

const extensions = [".pkr.hcl", ".pkrvars.hcl"];

/**
 * The files that the arguments stand for, in order, every file once. A folder gives its formattable files by name,
 * without hidden files and editors' backups (`.x`, `x~`, `#x#`), and with `recursive` those of its folders, where
 * symbolic links to folders are not followed. What cannot be read is reported.
 */
export function collectTargets(args: readonly string[], options: CollectOptions): readonly FormatTarget[] {
  const found = new Map<string, FormatTarget>();
  const add = (target: FormatTarget | undefined): void => {
    if (target !== undefined && !found.has(target.realPath)) found.set(target.realPath, target);
  };
  for (const path of args) {
    const stats = readStats(path, options);
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      for (const target of walk(path, options)) add(target);
    } else if (stats.isFile() && hasExtension(path)) {
      add(toTarget(path, options));
    } else {
      options.report(fmtCatalog["unsupported-file"], { path, hint: hintFor(path, stats) });
    }
  }
  return [...found.values()];
}

function readStats(path: string, { host, report }: CollectOptions): Stats | undefined {
  if (path === "") {
    report(fmtCatalog["empty-path"], {});
    return undefined;
  }
  try {
    return host.fs.statSync(resolve(host.cwd, path));
  } catch (error) {
    reportUnreadable({ what: "path", path, error }, report);
    return undefined;
  }
}

/** Reports why something cannot be read. Bytes of a name that are no UTF-8 have become U+FFFD, which leads nowhere. */
export function reportUnreadable(
  { what, path, error }: { readonly what: string; readonly path: string; readonly error: unknown },
  report: Report,
): void {
  const isMisnamed = path.includes("\ufffd") && (error as NodeJS.ErrnoException).code === "ENOENT";
  if (isMisnamed) report(fmtCatalog["file-name"], { path });
  else report(fmtCatalog["unreadable"], { what, path, reason: describeSystemError(error) });
}

function* walk(folder: string, options: CollectOptions): Generator<FormatTarget | undefined> {
  const { host, report, recursive } = options;
  let entries: Dirent[];
  try {
    entries = host.fs.readdirSync(resolve(host.cwd, folder), { withFileTypes: true });
  } catch (error) {
    reportUnreadable({ what: "folder", path: folder, error }, report);
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isIgnored(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (recursive) yield* walk(path, options);
    } else if (hasExtension(entry.name)) {
      if (entry.isFile() || readStats(path, options)?.isFile()) yield toTarget(path, options);
    }
  }
}

function isIgnored(name: string): boolean {
  return name.startsWith(".") || name.endsWith("~") || (name.startsWith("#") && name.endsWith("#"));
}

function hasExtension(path: string): boolean {
  return extensions.some((extension) => path.endsWith(extension));
}

function toTarget(path: string, { host, report }: CollectOptions): FormatTarget | undefined {
  try {
    return { path, realPath: host.fs.realpathSync(resolve(host.cwd, path)) };
  } catch (error) {
    reportUnreadable({ what: "file", path, error }, report);
    return undefined;
  }
}

function hintFor(path: string, stats: Stats): string | undefined {
  if (!stats.isFile()) return "It is no regular file.";
  if (path.endsWith(".json")) return "JSON has no canonical layout in HCL.";
  if (path.endsWith(".pkrtpl.hcl")) return "It is a template for templatefile(), where every space counts.";
  if (path.endsWith(".hcl")) return "Other .hcl files belong to other programs.";
  return undefined;
}

import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, loadProject, type CompileResult, type LoadHost } from "@hclbuild/compiler";
import type { Diagnostic, Severity, SourceSet, SourceText } from "@hclbuild/diagnostics";
import type { FunctionHost } from "@hclbuild/eval";
import { functionTable } from "@hclbuild/eval/functions";
import type { Registry } from "@hclbuild/schema";

/** Files that are part of a fixture but not of its template. */
export interface FixtureSettings {
  readonly description?: string;
  /** The template's file inside the folder; the folder itself unless said otherwise. */
  readonly path?: string;
  readonly vars?: readonly string[];
  readonly varFiles?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly undeclared?: "ignore" | "warn" | "error";
  readonly syntaxOnly?: boolean;
  /** Diagnostics that stand in no file, `severity code`, or in a file that takes no comments, `severity code @text`. */
  readonly expect?: readonly string[];
}

/** A diagnostic that a fixture announces: `#! error ref/undeclared-variable @var.imgae` at the end of its line. */
export interface ExpectedDiagnostic {
  readonly severity: Severity;
  readonly code: string;
  /** File and 1-based line; absent for a diagnostic in no file of the fixture. */
  readonly file?: string;
  readonly line?: number;
  /** The exact text under the primary span. */
  readonly text?: string;
}

const marker = /#!\s*(?:([+-]\d+)\s+)?(error|warning|info)\s+([a-z-]+\/[a-z0-9-]+)(?:\s+@(.*?))?\s*(?=#!|$)/g;
const jsonComment = /"\/\/":\s*("(?:[^"\\]|\\.)*")/;

/**
 * The diagnostics that a file announces; in JSON, a property named `//` holds the marker. `+1` or `-2` before the severity
 * means another line than the marker's.
 */
export function readExpectations(source: SourceText): readonly ExpectedDiagnostic[] {
  const isJson = source.name.endsWith(".json");
  const comment = (lineText: string): string => JSON.parse(jsonComment.exec(lineText)?.[1] ?? '""') as string;
  return source.text.split("\n").flatMap((lineText, index) =>
    [...(isJson ? comment(lineText) : lineText).matchAll(marker)].map((match): ExpectedDiagnostic => {
      const [, offset, severity, code, text] = match;
      return {
        severity: severity as Severity,
        code: code as string,
        file: source.name,
        line: index + 1 + Number(offset ?? 0),
        ...(text === undefined ? {} : { text }),
      };
    }),
  );
}

/**
 * Compares what was announced with what was found, both ways: an extra diagnostic is as wrong as a missing one. Returns
 * the differences in words; none when all agree.
 */
export function compareDiagnostics(
  expected: readonly ExpectedDiagnostic[],
  actual: readonly Diagnostic[],
  sources: SourceSet,
): readonly string[] {
  const open = [...actual];
  const missing: string[] = [];
  for (const announced of expected) {
    const index = open.findIndex((diagnostic) => agrees(announced, diagnostic, sources));
    if (index === -1) missing.push(`missing: ${describeExpected(announced)}`);
    else open.splice(index, 1);
  }
  return [...missing, ...open.map((diagnostic) => `unexpected: ${describeActual(diagnostic, sources)}`)];
}

function placeOf(
  diagnostic: Diagnostic,
  sources: SourceSet,
): { readonly file: string; readonly line: number; readonly text: string } | undefined {
  const span = diagnostic.primary;
  const source = span === undefined ? undefined : sources.get(span.file);
  if (span === undefined || source === undefined) return undefined;
  return { file: span.file, line: source.positionAt(span.start).line, text: source.text.slice(span.start, span.end) };
}

function agrees(announced: ExpectedDiagnostic, diagnostic: Diagnostic, sources: SourceSet): boolean {
  if (announced.code !== diagnostic.code || announced.severity !== diagnostic.severity) return false;
  const place = placeOf(diagnostic, sources);
  if (announced.file !== undefined && (place?.file !== announced.file || place.line !== announced.line)) return false;
  return announced.text === undefined || place?.text === announced.text;
}

function describeExpected({ severity, code, file, line, text }: ExpectedDiagnostic): string {
  const place = file === undefined ? "" : ` at ${file}:${line ?? 0}`;
  return `${severity} ${code}${place}${text === undefined ? "" : ` @${text}`}`;
}

function describeActual(diagnostic: Diagnostic, sources: SourceSet): string {
  const place = placeOf(diagnostic, sources);
  const where = place === undefined ? "" : ` at ${place.file}:${place.line} @${place.text}`;
  return `${diagnostic.severity} ${diagnostic.code}${where} (${diagnostic.message} ${diagnostic.detail ?? ""})`;
}

/** A fixture folder, compiled. */
export interface CompiledFixture {
  readonly folder: string;
  readonly result: CompileResult;
  readonly expected: readonly ExpectedDiagnostic[];
}

/** Names of the fixture folders in a folder, sorted. Folders without files are none. */
export function listFixtures(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).length > 0)
    .map((entry) => entry.name)
    .toSorted();
}

/** Compiles a fixture as the command line would, over a fixed clock and environment. */
export async function compileFixture(folder: string, registry: Registry): Promise<CompiledFixture> {
  const settings = readSettings(folder);
  const host = createFolderHost(folder);
  const project = await loadProject(host, settings.path ?? ".", { variableFiles: settings.varFiles ?? [] });
  const result = compile({
    project,
    registry,
    functions: functionTable(createFixtureFunctionHost(folder, settings.env ?? {})),
    inputs: { flags: settings.vars ?? [], environment: settings.env ?? {} },
    ...(settings.undeclared === undefined ? {} : { undeclared: settings.undeclared }),
    ...(settings.syntaxOnly === undefined ? {} : { syntaxOnly: settings.syntaxOnly }),
    selection: { only: settings.only ?? [], except: settings.except ?? [] },
  });
  const announced = [...project.files, ...project.variableFiles].flatMap((file) => readExpectations(file.source));
  const apart = (settings.expect ?? []).map((line) => {
    const [expected] = readExpectationsOf(`#! ${line}`);
    if (expected === undefined) throw new Error(`bad expectation in ${folder}: ${line}`);
    return expected;
  });
  return { folder, result, expected: [...announced, ...apart] };
}

function readExpectationsOf(text: string): readonly ExpectedDiagnostic[] {
  return [...text.matchAll(marker)].map(([, , severity, code, spanText]) => ({
    severity: severity as Severity,
    code: code as string,
    ...(spanText === undefined ? {} : { text: spanText }),
  }));
}

function readSettings(folder: string): FixtureSettings {
  const path = join(folder, "fixture.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as FixtureSettings) : {};
}

/** The loader's view of a real folder. */
export function createFolderHost(folder: string): LoadHost {
  const failure = { kind: "failure", reason: "there is no such file" } as const;
  const noFile = { kind: "failure", reason: "it is a folder" } as const;
  return {
    cwd: folder,
    readFile: async (path) => (!existsSync(path) ? failure : statSync(path).isFile() ? readFileSync(path) : noFile),
    kindOf: async (path) => (!existsSync(path) ? "missing" : statSync(path).isDirectory() ? "directory" : "file"),
    listFiles: async (path) =>
      existsSync(path)
        ? readdirSync(path, { withFileTypes: true })
            .filter((entry) => !entry.isDirectory())
            .map((entry) => entry.name)
        : failure,
    readStandardInput: async () => "",
  };
}

/** Functions over a real folder, with a clock that stands still. */
export function createFixtureFunctionHost(folder: string, env: Readonly<Record<string, string>>): FunctionHost {
  const missing = { kind: "host-error", code: "ENOENT", message: "no such file" } as const;
  const time = Date.UTC(2026, 0, 2, 3, 4, 5);
  return {
    readFile: (path) => (existsSync(path) ? readFileSync(path) : missing),
    statFile: (path) => {
      if (!existsSync(path)) return undefined;
      const status = statSync(path);
      return { kind: status.isDirectory() ? "directory" : "file", size: status.size };
    },
    listFiles: (path) =>
      existsSync(path)
        ? readdirSync(path, { withFileTypes: true }).map((entry) => ({
            name: entry.name,
            kind: entry.isDirectory() ? ("directory" as const) : ("file" as const),
          }))
        : missing,
    now: () => time,
    startTime: time,
    randomUuid: () => "00000000-0000-4000-8000-000000000000",
    randomBytes: (length) => new Uint8Array(length),
    env: (name) => env[name],
    cwd: folder,
    rootDir: folder,
    homeDir: "/home/user",
  };
}

/**
 * Compares a text with a golden file. With `UPDATE=1` in the environment the file is written instead, except where `CI`
 * is set. Returns what the file should hold.
 */
export function goldenText(
  path: string,
  actual: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (environment["UPDATE"] === "1" && environment["CI"] === undefined) writeFileSync(path, actual);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

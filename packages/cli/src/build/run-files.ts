import type * as sdkModule from "@hclbuild/sdk";
import { join, resolve } from "node:path";
import {
  describeSystemError,
  diagnose,
  type Diagnostic,
  plainStyle,
  renderText,
  type SourceSet,
} from "@hclbuild/diagnostics";
import type * as executorModule from "@hclbuild/executor";
import type { BuildEvent, EventBus } from "@hclbuild/executor";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { createFileSink, type FileSink } from "../output/file-sink.js";

/** What the files of a run are made from. */
export interface RunFilesRequest {
  readonly invocation: Invocation;
  /** The texts that diagnostics point into. */
  readonly sources: SourceSet;
  readonly executor: Pick<typeof executorModule, "buildLogLines" | "createLogNames" | "createReport">;
  readonly sdk: Pick<typeof sdkModule, "makeFolders">;
  readonly bus: EventBus;
}

/** The files that a run writes beside its output. */
export interface RunFiles {
  /** Why the run must not begin. */
  readonly problem: Diagnostic | undefined;
  /** Writes what is left. */
  close(): void;
}

/**
 * Opens what `-report` and `-log-dir` ask for and keeps it up with the events of the bus. A file that cannot be opened
 * is a problem before the run; one that cannot be written later, a warning.
 */
export function openRunFiles(request: RunFilesRequest): RunFiles {
  const { flags } = request.invocation;
  const sinks: FileSink[] = [];
  const attempt = (path: string | undefined, open: (path: string) => void): Diagnostic | undefined => {
    if (path === undefined || path === "") return undefined;
    try {
      open(resolve(request.invocation.host.cwd, path));
      return undefined;
    } catch (error) {
      return diagnose(cliCatalog["unwritable-file"], { path, reason: describeSystemError(error) });
    }
  };
  const problem =
    attempt(flags.text("report"), (path) => sinks.push(openReport(request, path))) ??
    attempt(flags.text("log-dir"), (path) => sinks.push(openLogs(request, path)));
  return {
    problem,
    close() {
      for (const sink of sinks) sink.close();
    },
  };
}

/** Tells that a file is not complete, once, and after the event that is being handled. */
function failureOf({ bus }: RunFilesRequest): (path: string, error: unknown) => void {
  return (path, error) => {
    const diagnostic = diagnose(cliCatalog["incomplete-file"], { path, reason: describeSystemError(error) });
    bus.publish({}, { type: "diagnostic", diagnostic });
  };
}

function openReport(request: RunFilesRequest, path: string): FileSink {
  const { bus, sources, invocation } = request;
  const sink = createFileSink(invocation.host, path, failureOf(request));
  const report = request.executor.createReport({
    title: `hclbuild build ${invocation.args[0] ?? ""}`,
    renderDiagnostic: (diagnostic) => renderText([diagnostic], { sources, style: plainStyle }),
  });
  sink.write(report.head);
  bus.subscribe((event) => sink.write(report.record(event)));
  return {
    write: sink.write,
    close() {
      sink.write(report.end());
      sink.close();
    },
  };
}

function openLogs(request: RunFilesRequest, folder: string): FileSink {
  const { host } = request.invocation;
  request.sdk.makeFolders(folder);
  host.fs.accessSync(folder, host.fs.constants.W_OK);
  const nameOf = request.executor.createLogNames();
  const files = new Map<string, FileSink | undefined>();
  const machines: { readonly node: string; readonly name: string }[] = [];
  const fail = failureOf(request);

  const open = (name: string): FileSink | undefined => {
    const path = join(folder, name);
    try {
      return createFileSink(host, path, fail);
    } catch (error) {
      fail(path, error);
      return undefined;
    }
  };
  const fileOf = (event: BuildEvent): FileSink | undefined => {
    const { build, node = "" } = event;
    if (build === undefined) return undefined;
    const machine = machines.find((other) => node === other.node || node.startsWith(`${other.node}/`));
    const name = nameOf(build, machine?.node ?? build);
    if (!files.has(name)) files.set(name, open(name));
    return files.get(name);
  };
  request.bus.subscribe((event) => {
    if (event.type === "run.start") {
      machines.push(...event.builds);
      for (const build of event.builds) fileOf({ ...event, node: build.node, build: build.name });
    }
    const lines = linesOf(request, event);
    if (lines !== "") fileOf(event)?.write(lines);
  });
  return {
    write: () => undefined,
    close() {
      for (const file of files.values()) file?.close();
    },
  };
}

function linesOf({ executor, sources }: RunFilesRequest, event: BuildEvent): string {
  if (event.type !== "diagnostic") return executor.buildLogLines(event);
  const text = renderText([event.diagnostic], { sources, style: plainStyle }).trimEnd();
  return executor.buildLogLines({ ...event, type: "log", stream: "error", text });
}

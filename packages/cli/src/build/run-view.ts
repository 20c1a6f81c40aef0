import { ansiStyle, plainStyle, renderText, toDiagnosticJson, type SourceSet } from "@hclbuild/diagnostics";
import type * as executorModule from "@hclbuild/executor";
import type { BuildEvent, TextSink } from "@hclbuild/executor";
import type { Clock } from "@hclbuild/sdk";
import type { CliHost, Invocation, OutputStream } from "../command.js";
import { colorOf } from "../output/diagnostic-output.js";
import { createLiveView } from "../output/live-view.js";
import { formatLocalTime, type DeveloperLog } from "../output/log.js";

/** What a view needs beside the events. */
export interface RunViewRequest {
  readonly invocation: Invocation;
  /** The texts that diagnostics point into. */
  readonly sources: SourceSet;
  readonly executor: Pick<
    typeof executorModule,
    "createHumanView" | "createMachineView" | "debugLogLines" | "createTextSink" | "machineLine" | "ndjsonLine"
  >;
  readonly clock: Clock;
}

/** What prints the events of a run. */
export interface RunView {
  readonly listener: (event: BuildEvent) => void;
  /** Resolves when the output is not behind; `undefined` when it is not now. */
  backlog(): Promise<void> | undefined;
  /** Lets somebody else use the terminal. */
  suspend(): void;
  resume(): void;
  /** Writes what is left. */
  close(): void;
}

/** Makes what prints the events of a run in the format that the flags ask for, and notes them in the developer's log. */
export function createRunView(request: RunViewRequest): RunView {
  const view = createPrintingView(request);
  const { log } = request.invocation.host;
  if (log === undefined) return view;
  return {
    ...view,
    listener(event) {
      logEvent(log, event, request.executor);
      view.listener(event);
    },
  };
}

/** Notes an event in the developer's log. */
export function logEvent(
  { sink, withOutput }: DeveloperLog,
  event: BuildEvent,
  { debugLogLines }: Pick<typeof executorModule, "debugLogLines">,
): void {
  for (const line of debugLogLines(event, { withOutput })) sink(line);
}

function createPrintingView(request: RunViewRequest): RunView {
  const { invocation, executor } = request;
  const { flags, host, machineReadable } = invocation;
  const sink = openSink(host.stdout, executor);
  const write = (text: string): void => {
    if (text !== "") sink.write(text);
  };
  const plain = { backlog: sink.backlog, suspend: sink.flush, resume: () => undefined, close: sink.flush };
  if (flags.text("format") === "ndjson") {
    return { ...plain, listener: (event) => write(executor.ndjsonLine(withPositions(event, request.sources))) };
  }
  if (machineReadable) return { ...plain, listener: createMachineOutput(request, write) };
  if (wantsLiveView(host)) return createLiveOutput(request, sink);
  return { ...plain, listener: createHumanOutput(request, write) };
}

function openSink(stdout: OutputStream, { createTextSink }: RunViewRequest["executor"]): TextSink {
  if (stdout.stream !== undefined) return createTextSink(stdout.stream);
  return { write: stdout.write, backlog: () => undefined, flush: () => undefined };
}

/** A block that is drawn again and again is of use only where somebody looks at a terminal that can do it. */
function wantsLiveView({ stdout, env }: CliHost): boolean {
  return stdout.isTerminal && env["TERM"] !== "dumb" && !env["CI"];
}

function createLiveOutput(request: RunViewRequest, sink: TextSink): RunView {
  const { stdout } = request.invocation.host;
  const live = createLiveView({
    clock: request.clock,
    color: colorOf(request.invocation),
    // A terminal that does not know its size says 0.
    rows: () => stdout.rows || 24,
    columns: () => stdout.columns || 80,
    write: sink.write,
  });
  const print = createHumanOutput(request, live.print);
  return {
    listener(event) {
      print(event);
      live.note(event);
    },
    backlog: sink.backlog,
    suspend() {
      live.suspend();
      sink.flush();
    },
    resume: live.resume,
    close() {
      live.close();
      sink.flush();
    },
  };
}

type Write = (text: string) => void;

function createHumanOutput(
  { invocation, sources, executor }: RunViewRequest,
  write: Write,
): (event: BuildEvent) => void {
  const color = colorOf(invocation);
  const view = executor.createHumanView({
    color,
    timestamps: invocation.flags.bool("timestamp-ui"),
    formatTime: formatLocalTime,
  });
  const options = { sources, style: color ? ansiStyle : plainStyle };
  return (event) => {
    if (event.type === "diagnostic") write(`${renderText([event.diagnostic], options)}\n`);
    else write(view(event));
  };
}

function createMachineOutput({ sources, executor }: RunViewRequest, write: Write): (event: BuildEvent) => void {
  const view = executor.createMachineView();
  return (event) => {
    if (event.type !== "diagnostic") {
      write(view(event));
      return;
    }
    const { diagnostic } = event;
    const text = renderText([diagnostic], { sources, style: plainStyle }).trimEnd();
    write(executor.machineLine(event.t, "", "ui", [diagnostic.severity === "error" ? "error" : "say", text]));
  };
}

/** Programs cannot turn offsets into lines without the text, so diagnostics carry both. */
function withPositions(event: BuildEvent, sources: SourceSet): BuildEvent {
  if (event.type !== "diagnostic") return event;
  return { ...event, diagnostic: toDiagnosticJson(event.diagnostic, sources) as never };
}

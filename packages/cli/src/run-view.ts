import { ansiStyle, plainStyle, renderText, toDiagnosticJson, type SourceSet } from "@hclbuild/diagnostics";
import type * as executorModule from "@hclbuild/executor";
import type { BuildEvent } from "@hclbuild/executor";
import type { Invocation } from "./command.js";
import { colorOf } from "./diagnostic-output.js";
import { formatLocalTime } from "./log.js";

/** What a view needs beside the events. */
export interface RunViewRequest {
  readonly invocation: Invocation;
  /** The texts that diagnostics point into. */
  readonly sources: SourceSet;
  readonly executor: Pick<
    typeof executorModule,
    "createHumanView" | "createMachineView" | "machineLine" | "ndjsonLine"
  >;
}

/** Makes the function that prints the events of a run in the format that the flags ask for. */
export function createRunView(request: RunViewRequest): (event: BuildEvent) => void {
  const { invocation, executor } = request;
  const { flags, host, machineReadable } = invocation;
  const write = (text: string): void => {
    if (text !== "") host.stdout.write(text);
  };
  if (flags.text("format") === "ndjson")
    return (event) => write(executor.ndjsonLine(withPositions(event, request.sources)));
  if (machineReadable) return createMachineOutput(request, write);
  return createHumanOutput(request, write);
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

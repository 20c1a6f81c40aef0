import { DiagnosticBag, type Diagnostic, type Report, type Span } from "@hclbuild/diagnostics";
import { decodeTemplate, type BuildGraph, type ConfigTemplate, type NodeId } from "@hclbuild/graph";
import { evaluate } from "@hclbuild/eval";
import { applyDefaults, type JsonValue } from "@hclbuild/schema";
import {
  BuildError,
  diagnosticOf,
  unknownOption,
  type Host,
  type Plugin,
  type Prepare,
  type PrepareContext,
} from "@hclbuild/sdk";
import {
  asBoolean,
  asNumber,
  asText,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  numToDouble,
  unmarkShallow,
  type Value,
} from "@hclbuild/value";
import { diagnosticIdentity } from "../events/diagnostic-identity.js";
import { createComponentTable, type ComponentTable, type WantedComponent } from "../plugins.js";
import type { LateInputs } from "./settings.js";

/** What `prepare` of a graph's components needs. */
export interface PrepareRequest {
  readonly graph: BuildGraph;
  readonly plugins: readonly Plugin[];
  readonly host: Host;
  readonly inputs: LateInputs;
  readonly signal: AbortSignal;
}

interface Prepared {
  readonly id: NodeId;
  readonly component: WantedComponent;
  readonly config: ConfigTemplate;
}

/**
 * Lets every component of a graph check its configuration, as far as it is known, before anything runs. Returns what
 * they found, in the order of the graph, each with the address of its node. What is found at the same place for several
 * nodes, such as those of one block that several sources use, is there once.
 */
export async function prepareGraph(request: PrepareRequest): Promise<readonly Diagnostic[]> {
  const components = createComponentTable(request.plugins);
  const found: Diagnostic[] = [];
  for (const node of nodesToPrepare(request.graph)) {
    request.signal.throwIfAborted();
    const bag = new DiagnosticBag();
    try {
      await prepareNode(components, request, node, bag.report);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      bag.report.add(diagnosticOf(error, {}));
    }
    found.push(...bag.items.map((item) => placed(request.graph, node.id, item)));
  }
  const seen = new Set<string>();
  return found.filter((item) => {
    const identity = diagnosticIdentity(item);
    return !seen.has(identity) && seen.add(identity);
  });
}

async function prepareNode(
  components: ComponentTable,
  request: PrepareRequest,
  node: Prepared,
  report: Report,
): Promise<void> {
  const { graph, host, signal } = request;
  const { schema, runtime } = await components.load(node.component);
  const config = applyDefaults(schema.body, looseConfig(request, node.config) as Record<string, JsonValue>);
  const context: PrepareContext = { host, signal, spanOf: (option) => spanAt(graph, node.id, `/${option}`) };
  await prepareOf(runtime)?.(config, report, context);
  const { communicator } = config;
  if (schema.kind !== "builder" || typeof communicator !== "string") return;
  const place = components.find("communicator", communicator);
  if (place === undefined) return;
  const connecting = await components.load({ ...place, kind: "communicator" });
  await prepareOf(connecting.runtime)?.(config, report, context);
}

function prepareOf(runtime: object): Prepare<unknown> | undefined {
  return "prepare" in runtime ? (runtime.prepare as Prepare<unknown> | undefined) : undefined;
}

function nodesToPrepare(graph: BuildGraph): readonly Prepared[] {
  return graph.nodes.flatMap((node): readonly Prepared[] => {
    if (node.kind === "machine") return [node, ...node.steps, ...node.onError];
    return node.kind === "effect" || node.kind === "post" ? [node] : [];
  });
}

function placed(graph: BuildGraph, id: NodeId, diagnostic: Diagnostic): Diagnostic {
  const primary = spanAt(graph, id, "");
  return { ...(primary === undefined ? {} : { primary }), address: id, ...diagnostic };
}

function spanAt(graph: BuildGraph, id: NodeId, pointer: string): Span | undefined {
  const entry = graph.spans[id]?.[pointer];
  return entry === undefined ? undefined : { file: entry[0], start: entry[1], end: entry[2] };
}

/** The configuration as far as it is known; the rest is `unknownOption`. Nothing is reported: that is the run's task. */
function looseConfig(request: PrepareRequest, config: ConfigTemplate): Record<string, unknown> {
  const bag = new DiagnosticBag();
  const { inputs } = request;
  const scope = { ...inputs, resolve: inputs.resolve.bind(inputs) };
  const result: Record<string, unknown> = {};
  for (const [name, template] of Object.entries(config)) {
    const value = evaluate(decodeTemplate(template), scope, bag.report);
    const plain = looseValue(value);
    if (plain !== null) result[name] = plain;
  }
  return result;
}

function looseValue(marked: Value): unknown {
  const { value, marks } = unmarkShallow(marked);
  // A check must not be able to show a secret.
  if (marks.sensitive || !isKnown(value)) return unknownOption;
  if (isNull(value)) return null;
  switch (value.type.kind) {
    case "string":
      return asText(value).includes("{{") ? unknownOption : asText(value);
    case "bool":
      return asBoolean(value);
    case "number":
      return numToDouble(asNumber(value));
    case "map":
    case "object":
      return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, looseValue(item)]));
    default:
      return elementsOf(value).map((item) => looseValue(item));
  }
}

import type { Report } from "@hclbuild/diagnostics";
import type { ComponentKind, JsonValue } from "@hclbuild/schema";
import { typeFromJson } from "@hclbuild/value";
import { graphCatalog } from "./catalog.js";
import { isJsonObject, pointerStep, sortKeys } from "./json.js";
import type { BuildGraph, GraphNode } from "./node.js";
import { dependenciesOf } from "./references.js";
import { decodeTemplate, TemplateError } from "./template-decode.js";

/** The graph as a JSON document: keys sorted, two spaces of indentation, a final line end. Equal graphs give equal bytes. */
export function encodeGraph(graph: BuildGraph): string {
  return `${JSON.stringify(sortKeys(graph as unknown as JsonValue), null, 2)}\n`;
}

/** Reads a document of {@link encodeGraph}. What is wrong with it is reported, and nothing is returned then. */
export function decodeGraph(text: string, report: Report): BuildGraph | undefined {
  let json: JsonValue;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch (error) {
    report(graphCatalog["not-json"], { reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
  const format = isJsonObject(json) ? json["format"] : undefined;
  if (!isJsonObject(json) || format !== "hclbuild.graph/1") {
    report(graphCatalog["unsupported-format"], { format: typeof format === "string" ? format : "nothing" });
    return undefined;
  }
  try {
    return readGraph(json, report);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    report(graphCatalog.malformed, { pointer: error.pointer === "" ? "/" : error.pointer, problem: error.message });
    return undefined;
  }
}

class Malformed extends Error {
  readonly pointer: string;

  constructor(pointer: string, problem: string) {
    super(problem);
    this.pointer = pointer;
  }
}

type JsonObject = { readonly [key: string]: JsonValue };
type Check = (value: JsonValue | undefined, pointer: string) => void;

function readGraph(json: JsonObject, report: Report): BuildGraph | undefined {
  const requires = json["requires"];
  arrayOf(string)(requires, "/requires");
  const [capability] = requires as readonly string[];
  if (capability !== undefined) {
    report(graphCatalog["unsupported-capability"], { capability });
    return undefined;
  }
  arrayOf(nodeCheck)(json["nodes"], "/nodes");
  arrayOf(string)(json["roots"], "/roots");
  recordOf(recordOf(spanEntry))(json["spans"], "/spans");
  const graph = json as unknown as BuildGraph;
  checkReferences(graph);
  return graph;
}

function checkReferences(graph: BuildGraph): void {
  const ids = new Set<string>();
  for (const [index, node] of graph.nodes.entries()) {
    if (ids.has(node.id)) throw new Malformed(`/nodes/${index}/id`, `a second node is called ${node.id}`);
    ids.add(node.id);
  }
  for (const [index, node] of graph.nodes.entries()) {
    const missing = dependenciesOf(node).find((id) => !ids.has(id));
    if (missing !== undefined) throw new Malformed(`/nodes/${index}`, `there is no node ${missing}`);
  }
  const missingRoot = graph.roots.findIndex((id) => !ids.has(id));
  if (missingRoot !== -1) throw new Malformed(`/roots/${missingRoot}`, "there is no such node");
}

const kinds: readonly ComponentKind[] = ["builder", "provisioner", "post-processor", "data-source", "communicator"];

const string: Check = (value, pointer) => {
  if (typeof value !== "string") throw new Malformed(pointer, "a text was expected");
};
const boolean: Check = (value, pointer) => {
  if (typeof value !== "boolean") throw new Malformed(pointer, "true or false was expected");
};
const count: Check = (value, pointer) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Malformed(pointer, "a count was expected");
};
const template: Check = (value, pointer) => {
  try {
    decodeTemplate(value as JsonValue);
  } catch (error) {
    if (error instanceof TemplateError) throw new Malformed(pointer, error.message);
    throw error;
  }
};
const typeJson: Check = (value, pointer) => {
  const type = typeFromJson(value);
  if (type.kind === "value-error") throw new Malformed(pointer, type.message);
};
const componentKind: Check = (value, pointer) => {
  if (!kinds.some((kind) => kind === value)) throw new Malformed(pointer, "a kind of component was expected");
};
const spanEntry: Check = (value, pointer) => {
  const valid = Array.isArray(value) && value.length === 3 && typeof value[0] === "string";
  if (!valid) throw new Malformed(pointer, "a file and two offsets were expected");
  count((value as readonly JsonValue[])[1], pointer);
  count((value as readonly JsonValue[])[2], pointer);
};

function arrayOf(item: Check): Check {
  return (value, pointer) => {
    if (!Array.isArray(value)) throw new Malformed(pointer, "a list was expected");
    for (const [index, each] of (value as readonly JsonValue[]).entries()) item(each, pointer + pointerStep(index));
  };
}

function recordOf(item: Check): Check {
  return (value, pointer) => {
    if (!isJsonObject(value)) throw new Malformed(pointer, "an object was expected");
    for (const [key, each] of Object.entries(value)) item(each, pointer + pointerStep(key));
  };
}

function shape(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  return (value, pointer) => {
    if (!isJsonObject(value)) throw new Malformed(pointer, "an object was expected");
    for (const [key, check] of Object.entries(required)) check(value[key], pointer + pointerStep(key));
    for (const [key, check] of Object.entries(optional)) {
      if (value[key] !== undefined) check(value[key], pointer + pointerStep(key));
    }
    const known = new Set([...Object.keys(required), ...Object.keys(optional), "kind"]);
    const stranger = Object.keys(value).find((key) => !known.has(key));
    if (stranger !== undefined) throw new Malformed(pointer + pointerStep(stranger), "nothing is known by this name");
  };
}

const component = shape({ plugin: string, kind: componentKind, name: string, schema: string });
const config = recordOf(template);
const step = shape(
  { id: string, component, config },
  { name: string, retry: count, timeoutMs: count, pauseMs: count, continueOnError: boolean, cache: boolean },
);

const nodeChecks: Readonly<Record<GraphNode["kind"], Check>> = {
  effect: shape({ id: string, component, config, out: typeJson }),
  machine: shape(
    {
      id: string,
      name: string,
      sourceName: string,
      component,
      config,
      steps: arrayOf(step),
      onError: arrayOf(step),
      after: arrayOf(string),
      out: typeJson,
    },
    { connect: shape({ communicator: template }) },
  ),
  post: shape(
    { id: string, chain: count, component, config, from: string, machine: string },
    { name: string, keepInput: boolean },
  ),
  value: shape({ id: string, expr: template, out: typeJson }, { sensitive: boolean }),
  deferred: shape({ id: string, block: template }),
};

const nodeCheck: Check = (value, pointer) => {
  const kind = isJsonObject(value) ? value["kind"] : undefined;
  const check = Object.entries(nodeChecks).find(([name]) => name === kind)?.[1];
  if (check === undefined) throw new Malformed(`${pointer}/kind`, "a kind of node was expected");
  check(value, pointer);
};

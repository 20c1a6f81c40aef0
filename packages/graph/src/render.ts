import { assertNever } from "@hclbuild/diagnostics";
import type { NodeId } from "./expr.js";
import type { BuildGraph, ComponentRef, ConfigTemplate, GraphNode, StepNode } from "./node.js";
import { dependenciesOf } from "./references.js";
import { templateText } from "./render-template.js";

/** How a graph can be shown to people and to drawing programs. */
export type GraphFormat = "text" | "dot" | "mermaid";

/** Renders a graph. `text` shows everything, and is what golden files hold; the others show nodes and their order. */
export function renderGraph(graph: BuildGraph, format: GraphFormat): string {
  switch (format) {
    case "text":
      return renderText(graph);
    case "dot":
      return renderDot(graph);
    case "mermaid":
      return renderMermaid(graph);
    default:
      return assertNever(format);
  }
}

function renderText(graph: BuildGraph): string {
  const blocks = graph.nodes.map((node) => nodeLines(node).join("\n"));
  const roots = graph.roots.map((id) => `root ${id}`);
  return `${[...blocks, ...(roots.length > 0 ? [roots.join("\n")] : [])].join("\n\n")}\n`;
}

function nodeLines(node: GraphNode): readonly string[] {
  switch (node.kind) {
    case "effect":
      return [`effect ${node.id}: ${componentText(node.component)}`, ...configLines(node.config, 1)];
    case "value":
      return [`value ${node.id}${node.sensitive === true ? " (sensitive)" : ""} = ${templateText(node.expr)}`];
    case "deferred":
      return [`deferred ${node.id} = ${templateText(node.block)}`];
    case "post":
      return [
        `post ${node.id}: ${componentText(node.component)}`,
        `  from ${node.from}`,
        ...(node.name === undefined ? [] : [`  name ${JSON.stringify(node.name)}`]),
        ...(node.keepInput === undefined ? [] : [`  keep input ${String(node.keepInput)}`]),
        ...configLines(node.config, 1),
      ];
    case "machine":
      return [
        `machine ${node.id}: ${componentText(node.component)}`,
        `  build ${JSON.stringify(node.name)} of source ${JSON.stringify(node.sourceName)}`,
        ...node.after.map((id) => `  after ${id}`),
        ...configLines(node.config, 1),
        ...node.steps.flatMap((step) => stepLines(step, "step")),
        ...node.onError.flatMap((step) => stepLines(step, "on error")),
      ];
  }
}

function componentText(component: ComponentRef): string {
  const plugin = component.plugin === "core" ? "" : ` of ${component.plugin}`;
  return `${component.kind} ${component.name}${plugin}`;
}

function configLines(config: ConfigTemplate, depth: number): readonly string[] {
  const indentation = "  ".repeat(depth);
  return Object.keys(config)
    .sort()
    .map((name) => `${indentation}${name} = ${templateText(config[name])}`);
}

function stepLines(step: StepNode, label: string): readonly string[] {
  const settings = [
    ...(step.name === undefined ? [] : [`name ${JSON.stringify(step.name)}`]),
    ...(step.pauseMs === undefined ? [] : [`pause ${step.pauseMs} ms`]),
    ...(step.timeoutMs === undefined ? [] : [`timeout ${step.timeoutMs} ms`]),
    ...(step.retry === undefined ? [] : [`retry ${step.retry}`]),
    ...(step.continueOnError === true ? ["continue on error"] : []),
    ...(step.cache === false ? ["not cached"] : []),
  ];
  return [
    `  ${label} ${step.id}: ${componentText(step.component)}`,
    ...settings.map((setting) => `    ${setting}`),
    ...configLines(step.config, 2),
  ];
}

function edgesOf(graph: BuildGraph): readonly (readonly [NodeId, NodeId])[] {
  return graph.nodes.flatMap((node) =>
    dependenciesOf(node)
      .filter((id) => node.kind !== "post" || id === node.from || id !== node.machine)
      .map((id) => [id, node.id] as const),
  );
}

function labelOf(node: GraphNode): string {
  return node.kind === "value" || node.kind === "deferred"
    ? node.id
    : `${node.id}\n${node.component.kind} ${node.component.name}`;
}

const dotShapes: Readonly<Record<GraphNode["kind"], string>> = {
  effect: "cds",
  machine: "box3d",
  post: "box",
  value: "ellipse",
  deferred: "diamond",
};

function renderDot(graph: BuildGraph): string {
  const quote = (text: string): string =>
    `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
  const nodes = graph.nodes.map(
    (node) => `  ${quote(node.id)} [label=${quote(labelOf(node))}, shape=${dotShapes[node.kind]}];`,
  );
  const edges = edgesOf(graph).map(([from, to]) => `  ${quote(from)} -> ${quote(to)};`);
  return ["digraph build {", "  rankdir=LR;", ...nodes, ...edges, "}", ""].join("\n");
}

const mermaidShapes: Readonly<Record<GraphNode["kind"], readonly [string, string]>> = {
  effect: [">", "]"],
  machine: ["[[", "]]"],
  post: ["[", "]"],
  value: ["(", ")"],
  deferred: ["{", "}"],
};

function renderMermaid(graph: BuildGraph): string {
  const names = new Map(graph.nodes.map((node, index) => [node.id, `n${index}`]));
  // Mermaid's entity codes: quotes and the hash sign would end or change the label otherwise.
  const quote = (text: string): string =>
    `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("\n", "<br/>")}"`;
  const nodes = graph.nodes.map((node) => {
    const [open, close] = mermaidShapes[node.kind];
    return `  ${names.get(node.id) ?? ""}${open}${quote(labelOf(node))}${close}`;
  });
  const edges = edgesOf(graph).map(([from, to]) => `  ${names.get(from) ?? ""} --> ${names.get(to) ?? ""}`);
  return ["flowchart LR", ...nodes, ...edges, ""].join("\n");
}

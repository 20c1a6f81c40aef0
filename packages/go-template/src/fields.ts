import type { GoCommand, GoNode, GoOperand, GoPipeline, GoRange, GoTemplate } from "./ast.js";

/** A call of a function, with the arguments that are plain texts. */
export interface GoFunctionCall {
  readonly name: string;
  /** One entry per argument written out; `undefined` where it is not a text literal. */
  readonly texts: readonly (string | undefined)[];
  readonly range: GoRange;
}

/** What a template may read when it is rendered. */
export interface GoTemplateFields {
  /**
   * Paths of fields of the data that may be read. Everything below a path may be read as well: of
   * `{{with .Build}}{{.ID}}{{end}}` only `Build` is listed.
   */
  readonly fields: readonly { readonly path: readonly string[]; readonly range: GoRange }[];
  /** The data as a whole is used, so that any field may be read. */
  readonly usesWholeData: boolean;
  /** Every call in the text, also in parts that may not run. */
  readonly calls: readonly GoFunctionCall[];
}

interface Context {
  /** `.` is the data. */
  readonly dotIsData: boolean;
  /** `$` is the data. */
  readonly rootIsData: boolean;
}

interface Collector {
  readonly template: GoTemplate;
  readonly fields: { path: readonly string[]; range: GoRange }[];
  readonly calls: GoFunctionCall[];
  usesWholeData: boolean;
  /** Definitions already walked, by name and whether their argument was the data. */
  readonly walked: Set<string>;
}

/** Finds what a template may read. Sound: rendering reads no field of the data that is not covered by the result. */
export function goTemplateFields(template: GoTemplate): GoTemplateFields {
  const collector: Collector = { template, fields: [], calls: [], usesWholeData: false, walked: new Set() };
  walkNodes(template.nodes, { dotIsData: true, rootIsData: true }, collector);
  for (const name of Object.keys(template.definitions)) {
    // A definition that is never used still has calls that must exist.
    if (!collector.walked.has(`${name}\u0000data`)) walkDefinition(name, false, collector);
  }
  const { fields, calls, usesWholeData } = collector;
  return { fields, calls, usesWholeData };
}

function walkDefinition(name: string, isData: boolean, collector: Collector): void {
  const key = `${name}\u0000${isData ? "data" : "other"}`;
  const body = collector.template.definitions[name];
  if (body === undefined || collector.walked.has(key)) return;
  collector.walked.add(key);
  walkNodes(body, { dotIsData: isData, rootIsData: isData }, collector);
}

function walkNodes(nodes: readonly GoNode[], context: Context, collector: Collector): void {
  for (const node of nodes) walkNode(node, context, collector);
}

function walkNode(node: GoNode, context: Context, collector: Collector): void {
  switch (node.kind) {
    case "action":
      walkPipeline(node.pipeline, context, collector);
      return;
    case "if":
      walkPipeline(node.pipeline, context, collector);
      walkNodes(node.body, context, collector);
      walkNodes(node.otherwise ?? [], context, collector);
      return;
    case "with":
    case "range":
      walkPipeline(node.pipeline, context, collector);
      walkNodes(node.body, { ...context, dotIsData: false }, collector);
      walkNodes(node.otherwise ?? [], context, collector);
      return;
    case "template": {
      const isData = node.pipeline !== undefined && isWholeData(node.pipeline, context);
      if (node.pipeline !== undefined && !isData) walkPipeline(node.pipeline, context, collector);
      walkDefinition(node.name, isData, collector);
      return;
    }
    default:
  }
}

/** Whether a pipeline is nothing but `.` or `$` where that is the data. */
function isWholeData(pipeline: GoPipeline, context: Context): boolean {
  const [command, ...more] = pipeline.commands;
  const [operand, ...args] = command?.operands ?? [];
  if (more.length > 0 || args.length > 0 || pipeline.variables.length > 0) return false;
  return (
    (operand?.kind === "dot" && context.dotIsData) ||
    (operand?.kind === "variable" && operand.name === "$" && operand.names.length === 0 && context.rootIsData)
  );
}

function walkPipeline(pipeline: GoPipeline, context: Context, collector: Collector): void {
  for (const command of pipeline.commands) walkCommand(command, context, collector);
}

function walkCommand(command: GoCommand, context: Context, collector: Collector): void {
  const [head, ...args] = command.operands;
  if (head?.kind === "function") {
    const texts = args.map((argument) => (argument.kind === "string" ? argument.value : undefined));
    collector.calls.push({ name: head.name, texts, range: { start: head.start, end: head.end } });
  } else if (head !== undefined) {
    walkOperand(head, context, collector);
  }
  for (const argument of args) walkOperand(argument, context, collector);
}

function walkOperand(operand: GoOperand, context: Context, collector: Collector): void {
  const range = { start: operand.start, end: operand.end };
  switch (operand.kind) {
    case "dot":
      collector.usesWholeData ||= context.dotIsData;
      return;
    case "field":
      if (context.dotIsData) collector.fields.push({ path: operand.names, range });
      return;
    case "variable":
      if (operand.name !== "$" || !context.rootIsData) return;
      if (operand.names.length === 0) collector.usesWholeData = true;
      else collector.fields.push({ path: operand.names, range });
      return;
    case "chain":
      walkOperand(operand.target, context, collector);
      return;
    case "pipeline":
      walkPipeline(operand.pipeline, context, collector);
      return;
    case "function":
      collector.calls.push({ name: operand.name, texts: [], range });
      return;
    default:
  }
}

import type { GoNode, GoOperand, GoPipeline, GoTemplate } from "./ast.js";
import { quoteGoString } from "./text/quote.js";
import { formatGoFloat } from "./text/float.js";

type Printable = Pick<GoTemplate, "nodes" | "definitions">;

/**
 * Writes a template as text. Parsing the text gives the same tree (apart from offsets); an `if` alone in an `else`
 * part is written inside it.
 */
export function printGoTemplate(template: Printable): string {
  let result = "";
  for (const name of Object.keys(template.definitions).toSorted()) {
    result += `{{define ${quoteGoString(name)}}}${closed(printNodes(template.definitions[name] ?? []))}{{end}}`;
  }
  const body = printNodes(template.nodes);
  return result + body;
}

/** A text that ends in a brace must not melt with the action after it. */
function closed(text: string): string {
  return text.endsWith("{") ? `${text} {{- /**/}}` : text;
}

function printNodes(nodes: readonly GoNode[]): string {
  let result = "";
  let afterText = false;
  for (const node of nodes) {
    if (node.kind === "text") {
      // Two texts in a row come from a comment between them.
      if (afterText) result = `${closed(result)}{{/**/}}`;
      result += node.text;
    } else {
      result = closed(result) + printNode(node);
    }
    afterText = node.kind === "text";
  }
  return result;
}

function printNode(node: Exclude<GoNode, { kind: "text" }>): string {
  switch (node.kind) {
    case "action":
      return `{{${printPipeline(node.pipeline)}}}`;
    case "if":
    case "with":
    case "range": {
      const otherwise = node.otherwise === undefined ? "" : `{{else}}${closed(printNodes(node.otherwise))}`;
      return `{{${node.kind} ${printPipeline(node.pipeline)}}}${closed(printNodes(node.body))}${otherwise}{{end}}`;
    }
    case "template": {
      const argument = node.pipeline === undefined ? "" : ` ${printPipeline(node.pipeline)}`;
      return `{{template ${quoteGoString(node.name)}${argument}}}`;
    }
    default:
      return `{{${node.kind}}}`;
  }
}

function printPipeline(pipeline: GoPipeline): string {
  const operator = pipeline.isAssignment ? "=" : ":=";
  const head = pipeline.variables.length === 0 ? "" : `${pipeline.variables.join(", ")} ${operator} `;
  return head + pipeline.commands.map((command) => command.operands.map(printOperand).join(" ")).join(" | ");
}

function printOperand(operand: GoOperand): string {
  switch (operand.kind) {
    case "field":
      return operand.names.map((name) => `.${name}`).join("");
    case "variable":
      return operand.name + operand.names.map((name) => `.${name}`).join("");
    case "chain":
      return printOperand(operand.target) + operand.names.map((name) => `.${name}`).join("");
    case "function":
      return operand.name;
    case "pipeline":
      return `(${printPipeline(operand.pipeline)})`;
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(operand.value);
    case "string":
      return quoteGoString(operand.value);
    case "number":
      return printNumber(operand.value);
  }
}

function printNumber(value: bigint | number): string {
  if (typeof value === "bigint") return String(value);
  const text = formatGoFloat(value, "g", -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

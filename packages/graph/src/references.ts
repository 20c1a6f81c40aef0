import type { NodeId } from "./expr.js";
import { isJsonObject } from "./json.js";
import type { GraphNode, StepNode, Template } from "./node.js";

/** Calls `visit` for every output that a template uses, in order of appearance. */
export function visitOutputs(template: Template, visit: (node: NodeId) => void): void {
  visitForms(template, "$out", visit);
}

/** Calls `visit` for every input that a template uses, such as `var.password`; iterators of `for` are among them. */
export function visitInputs(template: Template, visit: (address: string) => void): void {
  visitForms(template, "$input", visit);
}

/** Calls `visit` for every function call in a template, in order of appearance. */
export function visitCalls(template: Template, visit: (name: string, args: readonly Template[]) => void): void {
  visitObjects(template, (item) => {
    const { $call: name, args } = item;
    if (typeof name === "string") visit(name, Array.isArray(args) ? (args as readonly Template[]) : []);
  });
}

function visitForms(template: Template, form: string, visit: (argument: string) => void): void {
  visitObjects(template, (item) => {
    const argument = item[form];
    if (typeof argument === "string") visit(argument);
  });
}

type TemplateObject = { readonly [key: string]: Template };

function visitObjects(template: Template, visit: (item: TemplateObject) => void): void {
  const pending: Template[] = [template];
  while (pending.length > 0) {
    const item = pending.pop() as Template;
    if (Array.isArray(item)) {
      for (let index = item.length - 1; index >= 0; index--) pending.push(item[index] as Template);
    } else if (isJsonObject(item)) {
      visit(item);
      // The value inside a typed literal is data, whatever its keys look like.
      if (item["$lit"] !== undefined) continue;
      const values = Object.values(item);
      for (let index = values.length - 1; index >= 0; index--) pending.push(values[index] as Template);
    }
  }
}

/** Every template of a node: its configuration and those of its steps. */
export function templatesOf(node: GraphNode): readonly Template[] {
  switch (node.kind) {
    case "value":
      return [node.expr];
    case "deferred":
      return [node.block];
    case "machine":
      return [
        node.config,
        ...(node.connect ? [node.connect.communicator] : []),
        ...[...node.steps, ...node.onError].map((step: StepNode) => step.config),
      ];
    default:
      return [node.config];
  }
}

/**
 * The nodes that must be finished before this one starts, sorted. References of a machine's steps and chain to the
 * machine itself are no dependencies of the machine.
 */
export function dependenciesOf(node: GraphNode): readonly NodeId[] {
  const ids = new Set<NodeId>();
  for (const template of templatesOf(node)) visitOutputs(template, (id) => ids.add(id));
  if (node.kind === "post") {
    ids.add(node.from);
    ids.add(node.machine);
  }
  if (node.kind === "machine") for (const id of node.after) ids.add(id);
  ids.delete(node.id);
  return [...ids].sort();
}

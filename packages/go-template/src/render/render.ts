import type { Report } from "@hclbuild/diagnostics";
import type { GoControl, GoNode, GoPipeline, GoTemplate, GoTemplateCall } from "../ast.js";
import { goTemplateCatalog as catalog } from "../catalog.js";
import { placeOf, spanOf } from "../place.js";
import { checkGoTemplate } from "./check.js";
import { evaluatePipeline, spendText, StopRendering, tooMuch, type RenderState } from "./evaluate.js";
import { formatPlain } from "./format.js";
import type { GoFunctionTable } from "./functions.js";
import {
  describeValue,
  isGoList,
  isGoMap,
  isTruthy,
  sortedEntries,
  toGoValue,
  type GoData,
  type GoValue,
} from "./values.js";

/** What a template is rendered with. */
export interface RenderOptions {
  /** What `.` and `$` are. */
  readonly data?: GoData;
  /** Functions besides the builtin ones; they may replace those. */
  readonly functions?: GoFunctionTable;
  /**
   * What a key that a map does not have gives: `error` reports it, `default` renders `<no value>`, `zero` is the
   * empty text. Default `error`.
   */
  readonly missingKey?: "error" | "default" | "zero";
}

/** Iterations, actions and calls one rendering may make. */
const stepLimit = 1_000_000;
/** Nesting of `{{template}}` calls. */
const callLimit = 200;

/**
 * Renders a template. An error is reported once and ends the rendering; the text up to there is returned, so a caller
 * that must know whether it is whole asks its report. Never throws for any template and data.
 */
export function renderGoTemplate(template: GoTemplate, options: RenderOptions, report: Report): string {
  if (!checkGoTemplate(template, options.functions ?? {}, report)) return "";
  const root = toGoValue(options.data);
  const state: RenderState = {
    template,
    functions: options.functions ?? {},
    missingKey: options.missingKey ?? "error",
    root,
    variables: [{ name: "$", value: root }],
    report,
    stepsLeft: stepLimit,
    output: [],
    size: 0,
    callDepth: 0,
  };
  try {
    renderNodes(template.nodes, root, state);
  } catch (error) {
    if (!(error instanceof StopRendering)) throw error;
  }
  return state.output.join("");
}

type Signal = "break" | "continue" | undefined;

function renderNodes(nodes: readonly GoNode[], dot: GoValue, state: RenderState): Signal {
  for (const node of nodes) {
    spendStep(state, node);
    const signal = renderNode(node, dot, state);
    if (signal !== undefined) return signal;
  }
  return undefined;
}

function renderNode(node: GoNode, dot: GoValue, state: RenderState): Signal {
  switch (node.kind) {
    case "text":
      write(node.text, node, state);
      return undefined;
    case "action": {
      const value = evaluatePipeline(node.pipeline, dot, state);
      if (node.pipeline.variables.length === 0) write(printed(value), node, state);
      return undefined;
    }
    case "if":
    case "with":
      return renderBranches(node, dot, state);
    case "range":
      return renderRange(node, dot, state);
    case "template":
      renderCall(node, dot, state);
      return undefined;
    default:
      return node.kind;
  }
}

function printed(value: GoValue): string {
  return value === null || value === undefined ? "<no value>" : formatPlain(value);
}

function renderBranches(first: GoControl, dot: GoValue, state: RenderState): Signal {
  const mark = state.variables.length;
  let node = first;
  let signal: Signal;
  for (;;) {
    spendStep(state, node);
    const value = evaluatePipeline(node.pipeline, dot, state);
    if (isTruthy(value)) {
      signal = renderNodes(node.body, node.kind === "with" ? value : dot, state);
      break;
    }
    const { otherwise } = node;
    const [next] = otherwise ?? [];
    // An `else if` chain is walked here, so that its length costs no stack.
    if (next !== undefined && otherwise?.length === 1 && next.kind === node.kind) {
      node = next as GoControl;
      continue;
    }
    if (otherwise !== undefined) signal = renderNodes(otherwise, dot, state);
    break;
  }
  state.variables.length = mark;
  return signal;
}

function renderRange(node: GoControl, dot: GoValue, state: RenderState): Signal {
  const mark = state.variables.length;
  const value = evaluatePipeline(node.pipeline, dot, state);
  const items = iterate(value, node, state);
  const bodyMark = state.variables.length;
  let count = 0;
  for (const [index, element] of items) {
    count++;
    spendStep(state, node);
    bindRange(node.pipeline, index, element, state);
    const signal = renderNodes(node.body, element, state);
    state.variables.length = bodyMark;
    if (signal === "break") break;
  }
  if (count === 0 && node.otherwise !== undefined) {
    const signal = renderNodes(node.otherwise, dot, state);
    state.variables.length = mark;
    return signal;
  }
  state.variables.length = mark;
  return undefined;
}

function* iterate(
  value: GoValue,
  node: GoControl,
  state: RenderState,
): Generator<readonly [GoValue, GoValue], void, undefined> {
  if (value === null || value === undefined) return;
  if (isGoList(value)) {
    for (const [index, element] of value.entries()) yield [BigInt(index), element ?? null];
  } else if (isGoMap(value)) {
    yield* sortedEntries(value);
  } else if (typeof value === "bigint" && node.pipeline.variables.length < 2) {
    for (let index = 0n; index < value; index++) yield [index, index];
  } else {
    state.report(catalog["cannot-iterate"], {
      place: placeOf(state.template.text, node.start),
      type: describeValue(value),
      ...spanOf(state.template, node),
    });
    throw new StopRendering();
  }
}

function bindRange(pipeline: GoPipeline, index: GoValue, element: GoValue, state: RenderState): void {
  const values = pipeline.variables.length === 1 ? [element] : [index, element];
  for (const [position, name] of pipeline.variables.entries()) {
    // The pipeline itself declared the variables; each iteration sets those.
    const slot = state.variables.findLast((variable) => variable.name === name);
    if (slot !== undefined) slot.value = values[position];
  }
}

function renderCall(node: GoTemplateCall, dot: GoValue, state: RenderState): void {
  const body = state.template.definitions[node.name];
  if (body === undefined) {
    state.report(catalog["unknown-template"], {
      name: node.name,
      place: placeOf(state.template.text, node.start),
      ...spanOf(state.template, node),
    });
    throw new StopRendering();
  }
  const argument = node.pipeline === undefined ? undefined : evaluatePipeline(node.pipeline, dot, state);
  if (state.callDepth >= callLimit) tooMuch(`${callLimit} nested template calls`, node, state);
  const saved = state.variables;
  state.variables = [{ name: "$", value: argument }];
  state.callDepth++;
  renderNodes(body, argument, state);
  state.callDepth--;
  state.variables = saved;
}

function write(text: string, node: GoNode, state: RenderState): void {
  spendText(text.length, node, state);
  state.output.push(text);
}

function spendStep(state: RenderState, node: GoNode): void {
  if (--state.stepsLeft < 0) tooMuch(`${stepLimit} steps`, node, state);
}

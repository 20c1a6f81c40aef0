import type { ShownValue, Span } from "@hclbuild/diagnostics";
import { createReport } from "@hclbuild/diagnostics";
import { splatItemRoot, type Expr, type InputExpr, type Step } from "@hclbuild/graph";
import { allMarks, asText, displayValue, isKnown, noMarks, unionMarks, type Marks, type Value } from "@hclbuild/value";
import type { Environment, Evaluator } from "./evaluator.js";
import { lookUp } from "./environment.js";
import { forEachInput } from "./references.js";
import { quietStep } from "./traverse.js";

/** More would hide the message. */
const maximumShown = 5;
const maximumLength = 80;
/** Nodes of the expression that are looked at. */
const maximumVisited = 200;

const silent = createReport(() => undefined);

/**
 * The values of the variables in an expression, as a diagnostic shows them: `var.x` is "a". Sensitive values are masked;
 * variables that cannot be resolved are left out.
 */
export function shownValues(ev: Evaluator, expr: Expr, env: Environment | undefined): readonly ShownValue[] {
  const shown: ShownValue[] = [];
  const seen = new Set<string>();
  forEachInput(expr, (input) => {
    const expression = traversalText(input.root, input.steps);
    if (input.root === splatItemRoot || seen.has(expression) || shown.length >= maximumShown) return;
    seen.add(expression);
    const value = quietValue(ev, input, env);
    if (value !== undefined) shown.push({ expression, shown: displayValue(value, { maxLength: maximumLength }) });
  }, maximumVisited);
  return shown;
}

function quietValue(ev: Evaluator, input: InputExpr, env: Environment | undefined): Value | undefined {
  const local = lookUp(env, input.root);
  const resolution =
    local === undefined
      ? ev.scope.resolve(input.root, input.steps, input.span, silent)
      : { value: local.value, consumed: 0 };
  if (resolution === undefined) return undefined;
  let value: Value | undefined = resolution.value;
  for (let index = resolution.consumed; index < input.steps.length && value !== undefined; index++) {
    value = quietStep(value, input.steps[index] as Step);
  }
  return value;
}

/** Marks of all variables in an expression: whether it can be evaluated at all may depend on any of them. */
export function marksOfInputs(ev: Evaluator, expr: Expr, env: Environment | undefined): Marks {
  let marks = noMarks;
  if (ev.budget.exceeded !== undefined) return marks;
  forEachInput(expr, (input) => {
    const value = quietValue(ev, input, env) ?? quietValue(ev, { ...input, steps: [] }, env);
    if (value !== undefined) marks = unionMarks(marks, allMarks(value));
  });
  return marks;
}

/** `var.x["y"][0]` as it would be written. */
export function traversalText(root: string, steps: readonly { readonly kind: Step["kind"] }[]): string {
  let text = root;
  for (const step of steps as readonly Step[]) {
    if (step.kind === "attr") text += `.${step.name}`;
    else if (!isKnown(step.key)) text += "[…]";
    else if (step.key.type.kind === "string") text += `[${JSON.stringify(asText(step.key))}]`;
    else text += `[${displayValue(step.key, { maxLength: 40 })}]`;
  }
  return text;
}

/** Span of a traversal's step, or of the whole when it has none of its own. */
export function stepSpan(input: InputExpr, index: number): Span | undefined {
  return input.steps[index]?.span ?? input.span;
}

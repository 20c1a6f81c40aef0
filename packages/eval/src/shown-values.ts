import type { ShownValue } from "@hclbuild/diagnostics";
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
  const show = (input: InputExpr): void => {
    const found =
      input.root === splatItemRoot || shown.length >= maximumShown ? undefined : longestKnown(ev, input, env);
    if (found === undefined) return;
    const expression = traversalText(input.root, input.steps.slice(0, found.steps));
    if (seen.has(expression)) return;
    seen.add(expression);
    shown.push({ expression, shown: displayValue(found.value, { maxLength: maximumLength }) });
  };
  forEachInput(expr, show, maximumVisited);
  return shown;
}

interface KnownPart {
  readonly value: Value;
  /** How many steps of the traversal lead to it. */
  readonly steps: number;
}

/**
 * The value of a traversal, or of as much of it as exists: what `x.y` is tells why `x.y.z` is nothing. A root of the
 * scope alone would show everything there is.
 */
function longestKnown(ev: Evaluator, input: InputExpr, env: Environment | undefined): KnownPart | undefined {
  const local = lookUp(env, input.root);
  const resolution =
    local === undefined
      ? ev.scope.resolve(input.root, input.steps, input.span, silent)
      : { value: local.value, consumed: 0 };
  if (resolution === undefined) return undefined;
  let { value, consumed: steps } = resolution;
  while (steps < input.steps.length) {
    const next = quietStep(value, input.steps[steps] as Step);
    if (next === undefined) break;
    value = next;
    steps++;
  }
  const isPartOfScope = local === undefined && steps === 0 && input.steps.length > 0;
  return isPartOfScope ? undefined : { value, steps };
}

/** Marks of all variables in an expression: whether it can be evaluated at all may depend on any of them. */
export function marksOfInputs(ev: Evaluator, expr: Expr, env: Environment | undefined): Marks {
  let marks = noMarks;
  if (ev.budget.exceeded !== undefined) return marks;
  forEachInput(expr, (input) => {
    const known = longestKnown(ev, input, env) ?? longestKnown(ev, { ...input, steps: [] }, env);
    if (known !== undefined) marks = unionMarks(marks, allMarks(known.value));
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

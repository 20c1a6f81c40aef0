import type { Body } from "@hclbuild/syntax";
import type { Expr, Step } from "@hclbuild/graph";
import { objectValue, stringValue, type Value } from "@hclbuild/value";
import type { Resolution, Scope } from "./scope.js";

/** `NAME.key` and `NAME.value` inside the content of a dynamic block. */
export interface IteratorBinding {
  readonly name: string;
  readonly key: Value;
  readonly value: Value;
  /** What stands for `NAME.value` in a residual. */
  readonly residual?: Expr;
  /** What stands for `NAME.key` in a residual; without it the key itself, which must not be sensitive then. */
  readonly keyResidual?: Expr;
}

/** A body whose expressions see iterators of dynamic blocks, outermost first. */
export interface ExpandedBody extends Body {
  readonly iterators: readonly IteratorBinding[];
}

/** The iterators that the expressions of a body see beside those of the scope it is decoded in. */
export function iteratorsOf(body: Body): readonly IteratorBinding[] {
  return (body as Partial<ExpandedBody>).iterators ?? [];
}

/** The scope with the iterators of a body in front of it. */
export function scopeOfBody(body: Body, scope: Scope): Scope {
  return scopeWithIterators(scope, iteratorsOf(body));
}

/** A scope in which the iterators hide roots of the same name. */
export function scopeWithIterators(scope: Scope, iterators: readonly IteratorBinding[]): Scope {
  if (iterators.length === 0) return scope;
  const byName = new Map(iterators.map((binding) => [binding.name, binding]));
  return {
    ...optionalParts(scope),
    functions: scope.functions,
    resolve(root, steps, span, report) {
      const binding = byName.get(root);
      return binding === undefined ? scope.resolve(root, steps, span, report) : resolveIterator(binding, steps);
    },
    rootNames: () => [...byName.keys(), ...scope.rootNames()],
  };
}

function optionalParts(scope: Scope): Partial<Scope> {
  return {
    ...(scope.output === undefined ? {} : { output: (node, path) => scope.output?.(node, path) }),
    ...(scope.resolveEffect === undefined ? {} : { resolveEffect: (call) => scope.resolveEffect?.(call) }),
  } satisfies Partial<Scope>;
}

function resolveIterator(binding: IteratorBinding, steps: readonly Step[]): Resolution {
  const [first] = steps;
  const { key, value, residual } = binding;
  const keyResidual: Expr = binding.keyResidual ?? { kind: "lit", value: key };
  const name = first?.kind === "attr" ? first.name : undefined;
  if (name === "key") return { value: key, consumed: 1, residual: keyResidual };
  if (name === "value") return { value, consumed: 1, ...(residual === undefined ? {} : { residual }) };
  const whole = objectValue({ key, value });
  if (residual === undefined) return { value: whole, consumed: 0 };
  const items = [
    { key: textKey("key"), value: keyResidual },
    { key: textKey("value"), value: residual },
  ];
  return { value: whole, consumed: 0, residual: { kind: "object", items } };
}

function textKey(text: string): Expr {
  return { kind: "lit", value: stringValue(text) };
}

import type { CallExpr } from "@hclbuild/graph";
import type { Value } from "@hclbuild/value";
import type { Evaluator } from "./evaluator.js";
import type { Resolution } from "./scope.js";

interface EffectSite {
  readonly expr: CallExpr;
  readonly args: readonly Value[];
}

/** What the scope says about an effectful call. */
export function resolutionOfEffect(ev: Evaluator, effect: string, site: EffectSite): Resolution | undefined {
  return ev.scope.resolveEffect?.({ name: site.expr.name, effect, args: site.args, span: site.expr.span });
}

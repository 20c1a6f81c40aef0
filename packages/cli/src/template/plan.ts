import { resolve } from "node:path";
import { describeSystemError, diagnose, type Diagnostic, DiagnosticBag } from "@hclbuild/diagnostics";
import { decodeGraph, diffGraphs } from "@hclbuild/graph";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import type { LoadedTemplate } from "./compile-template.js";
import { hasErrors } from "../output/diagnostic-output.js";

/** Most parts that a diagnostic names. */
const mostParts = 8;

/**
 * Compares the template with the plan of `-plan`, as it is before any data source is read: what runs is what was looked
 * at. Gives an error when they differ or the plan cannot be read; nothing without the flag, and nothing for a template
 * that does not compile, which is reported elsewhere.
 */
export function checkPlan({ host, flags }: Invocation, template: LoadedTemplate): readonly Diagnostic[] {
  const path = flags.text("plan");
  if (path === undefined) return [];
  let text: string;
  try {
    text = host.fs.readFileSync(resolve(host.cwd, path), "utf8");
  } catch (error) {
    return [diagnose(cliCatalog["plan-unreadable"], { path, reason: describeSystemError(error) })];
  }
  const bag = new DiagnosticBag();
  const plan = decodeGraph(text, bag.report);
  if (plan === undefined) return bag.items;
  const { graph, diagnostics } = template.compile({ undeclared: "ignore" });
  if (graph === undefined || hasErrors(diagnostics)) return [];
  const { added, removed, changed } = diffGraphs(plan, graph);
  const parts = [
    ...changed.map(({ id }) => id),
    ...added.map(({ id }) => `${id} (new)`),
    ...removed.map(({ id }) => `${id} (gone)`),
  ];
  if (parts.length === 0) return [];
  const shown = parts.slice(0, mostParts).join(", ");
  const more = parts.length > mostParts ? ` and ${parts.length - mostParts} more` : "";
  return [diagnose(cliCatalog["plan-changed"], { path, parts: shown + more })];
}

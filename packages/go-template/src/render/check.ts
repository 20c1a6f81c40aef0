import { suggestName, type Report } from "@hclbuild/diagnostics";
import { goTemplateCatalog as catalog } from "../catalog.js";
import type { GoTemplate } from "../ast.js";
import { goTemplateFields } from "../fields.js";
import { placesOf, spanOf } from "../place.js";
import { lookUp } from "./evaluate.js";
import { builtinFunctions, lazyFunctionNames } from "./builtins.js";
import type { GoFunctionTable } from "./functions.js";

/** Reports calls of functions that do not exist. Gives whether the template can be rendered with these functions. */
export function checkGoTemplate(template: GoTemplate, functions: GoFunctionTable, report: Report): boolean {
  let isGood = template.isValid;
  const placeOf = placesOf(template.text);
  const hints = new Map<string, string | undefined>();
  for (const { name, range } of goTemplateFields(template).calls) {
    if (lazyFunctionNames.includes(name) || lookUp(name, functions) !== undefined) continue;
    isGood = false;
    if (!hints.has(name)) hints.set(name, hintFor(name, functions));
    report(catalog["unknown-function"], {
      name,
      hint: hints.get(name),
      place: placeOf(range.start),
      ...spanOf(template, range),
    });
  }
  return isGood;
}

/**
 * Reports fields of the data that do not exist, each once: a warning, as they are rendered as `<no value>`, which is
 * seldom meant, or an error where the template is rendered strictly.
 */
export function checkGoFields(
  template: GoTemplate,
  known: ReadonlySet<string>,
  report: Report,
  { isStrict }: { readonly isStrict: boolean } = { isStrict: false },
): void {
  if (!template.isValid) return;
  const placeOf = placesOf(template.text);
  const seen = new Set<string>();
  for (const { path, range } of goTemplateFields(template).fields) {
    const [first = ""] = path;
    const name = `.${path.join(".")}`;
    if (known.has(first) || seen.has(name)) continue;
    seen.add(name);
    if (isStrict) {
      const available = known.size > 20 ? undefined : [...known].map((each) => `.${each}`).join(", ");
      report(catalog["missing-key"], { name, available, place: placeOf(range.start), ...spanOf(template, range) });
      continue;
    }
    report(catalog["no-value"], {
      name,
      near: suggestName(first, [...known]),
      literal: `{{\`{{${name}}}\`}}`,
      place: placeOf(range.start),
      ...spanOf(template, range),
    });
  }
}

function hintFor(name: string, functions: GoFunctionTable): string | undefined {
  if (name === "sed") return 'It was removed; use "replace_all" or shape the value in HCL instead.';
  const candidates = [...Object.keys(functions), ...Object.keys(builtinFunctions), ...lazyFunctionNames].toSorted();
  const near = suggestName(name, candidates);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

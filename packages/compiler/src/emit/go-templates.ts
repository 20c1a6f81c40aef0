import { DiagnosticBag, type Report, type SourceSet, type Span } from "@hclbuild/diagnostics";
import { escapePointer, spansOfParts, type DecodedBody } from "@hclbuild/eval";
import {
  checkGoFields,
  checkGoTemplate,
  createEngineFunctions,
  parseGoTemplate,
  type GoFunctionTable,
  type GoTemplateOrigin,
} from "@hclbuild/go-template";
import type { AttributeSchema, BlockSchema } from "@hclbuild/schema";
import { asText, containsMark, elementsOf, entriesOf, isKnown, isNull, type Value } from "@hclbuild/value";
import { configCatalog } from "../catalog.js";

let functions: GoFunctionTable | undefined;

/** Only the names matter here; nothing is rendered before the run. */
function knownFunctions(): GoFunctionTable {
  functions ??= createEngineFunctions({ startTime: 0, uuid: () => "", workingDirectory: "", packerVersion: "" });
  return functions;
}

/** What templates in options are checked with. */
export interface GoTemplateContext {
  /** The texts that the options stand in. */
  readonly sources: SourceSet;
  /** What `{{.Name}}` can give: the keys of `build`. */
  readonly fields: ReadonlySet<string>;
  readonly report: Report;
}

/**
 * Checks the `{{ }}` templates in the options that are rendered, at once or while the component runs: their form, and
 * that the functions they call exist; fields that have no value are told. Texts that are not known yet pass. Of sensitive
 * ones it is only said that there is a mistake, as a message would quote them.
 */
export function checkGoTemplates(body: DecodedBody, schema: BlockSchema, context: GoTemplateContext): void {
  for (const [name, attribute] of body.attributes) {
    const option = schema.attributes[name];
    if (option === undefined || (!option.interpolate && option.renderedLater === undefined)) continue;
    const texts = [...templatesIn(attribute.value, "")];
    const spans = texts.length === 0 ? undefined : spansOfParts(attribute.expr);
    const isSensitive = containsMark(attribute.value, "sensitive");
    for (const [pointer, text] of texts) {
      const span = spans?.get(pointer) ?? attribute.span;
      if (isSensitive) checkSensitive(name, text, span, context.report);
      else checkTemplate(text, span, option, context);
    }
  }
  for (const [type, blocks] of body.blocks) {
    const nested = schema.blocks[type];
    if (nested !== undefined) for (const block of blocks) checkGoTemplates(block, nested.body, context);
  }
}

function checkTemplate(text: string, span: Span, option: AttributeSchema, context: GoTemplateContext): void {
  const { sources, report } = context;
  const template = parseGoTemplate(text, report, originOf(text, span, sources));
  if (!template.isValid || !checkGoTemplate(template, knownFunctions(), report)) return;
  const { fields: own = [], isStrict = false } = option.renderedLater ?? {};
  const fields = isStrict ? new Set(own) : own.length === 0 ? context.fields : new Set([...own, ...context.fields]);
  checkGoFields(template, fields, report, { isStrict });
}

function checkSensitive(name: string, text: string, span: Span, report: Report): void {
  const bag = new DiagnosticBag();
  if (checkGoTemplate(parseGoTemplate(text, bag.report), knownFunctions(), bag.report)) return;
  report(configCatalog["sensitive-template"], { name, span });
}

function* templatesIn(value: Value, pointer: string): Generator<readonly [string, string]> {
  if (!isKnown(value) || isNull(value)) return;
  switch (value.type.kind) {
    case "string":
      if (asText(value).includes("{{")) yield [pointer, asText(value)];
      return;
    case "map":
    case "object":
      for (const [key, item] of entriesOf(value)) yield* templatesIn(item, `${pointer}/${escapePointer(key)}`);
      return;
    case "list":
    case "set":
    case "tuple":
      for (const [index, item] of elementsOf(value).entries()) yield* templatesIn(item, `${pointer}/${index}`);
      return;
    default:
  }
}

/** Where the text stands: exactly, when it is a quoted string without escapes, else the expression that gives it. */
function originOf(text: string, span: Span, sources: SourceSet): GoTemplateOrigin {
  const { file, start, end } = span;
  const inner = { file, start: start + 1, end: end - 1 };
  const isVerbatim = sources.get(file)?.text.slice(inner.start, inner.end) === text;
  return isVerbatim ? { ...inner, verbatim: true } : { file, start, end };
}

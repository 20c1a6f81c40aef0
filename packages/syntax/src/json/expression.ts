import { createReport, SourceText, type Diagnostic, type Report, type Span } from "@hclbuild/diagnostics";
import type { Expression, ObjectItem, TemplateExpression } from "../ast.js";
import { parseTemplate } from "../parse.js";
import { jsonCatalog } from "./catalog.js";
import type { JsonNode, JsonObject, JsonString } from "./nodes.js";
import { decodeString } from "./strings.js";

/**
 * A JSON value as an expression: strings and property names are templates, a negative number is a negation, everything
 * else means itself. All offsets are those of the JSON text, within templates too. A name given twice in one object is
 * reported, and the first value counts.
 */
export function jsonExpression(node: JsonNode, source: SourceText, report: Report): Expression {
  const { start, end } = node;
  switch (node.kind) {
    case "string":
      return jsonTemplate(node, source, report);
    case "number":
      if (!node.text.startsWith("-")) return { kind: "number", text: node.text, start, end };
      return {
        kind: "unary",
        operator: "-",
        operand: { kind: "number", text: node.text.slice(1), start: start + 1, end },
        start,
        end,
      };
    case "keyword":
      return { kind: "keyword", keyword: node.keyword, start, end };
    case "array":
      return { kind: "tuple", items: node.items.map((item) => jsonExpression(item, source, report)), start, end };
    case "object":
      return { kind: "object", items: objectItems(node, source, report), start, end };
    case "invalid":
      return { kind: "error", start, end };
  }
}

function objectItems(node: JsonObject, source: SourceText, report: Report): ObjectItem[] {
  const seen = new Map<string, JsonString>();
  const items: ObjectItem[] = [];
  for (const { name, value } of node.properties) {
    const earlier = seen.get(name.value);
    if (earlier !== undefined) {
      report(jsonCatalog["json-duplicate-property"], {
        span: spanOf(name, source),
        name: name.value,
        related: [{ span: spanOf(earlier, source), message: "It is first set here." }],
      });
      continue;
    }
    seen.set(name.value, name);
    const key = jsonTemplate(name, source, report);
    items.push({ key, keyIsName: false, value: jsonExpression(value, source, report) });
  }
  return items;
}

/** A JSON string as a template; `literal` keeps the string itself for places that take no template. */
export function jsonTemplate(node: JsonString, source: SourceText, report: Report): TemplateExpression {
  const { value, start, end } = node;
  const base = { kind: "template", form: "json", literal: value, start, end } as const;
  if (value === "") return { ...base, parts: [] };
  if (!value.includes("${") && !value.includes("%{")) {
    return { ...base, parts: [{ kind: "text", value, start: start + 1, end: end - 1 }] };
  }
  const map = offsetMap(node, source);
  const inner = new SourceText(source.name, value);
  let hasErrors = false;
  const { parts } = parseTemplate(
    inner,
    createReport((found) => {
      hasErrors ||= found.severity === "error";
      report.add(mapDiagnostic(found, source.name, map));
    }),
  );
  // What could be read of a broken template is a guess.
  if (hasErrors) {
    return { ...base, parts: [{ kind: "interpolation", expression: { kind: "error", start, end }, start, end }] };
  }
  return { ...base, parts: mapOffsets(parts, map) };
}

type OffsetMap = (offset: number) => number;

/** From offsets in a string's value to offsets in the JSON text. */
function offsetMap(node: JsonString, source: SourceText): OffsetMap {
  const first = node.start + 1;
  if (node.end - node.start - 2 === node.value.length) return (offset) => offset + first;
  const { starts } = decodeString(source.text, first, node.end - 1);
  return (offset) => starts[Math.max(0, Math.min(offset, starts.length - 1))] ?? first;
}

const offsetNames: ReadonlySet<string> = new Set(["start", "end", "openParen", "closeParen", "operatorStart"]);

/** Copies plain tree data with every offset in it mapped. -1 stands for "none" and stays. */
function mapOffsets<Node>(node: Node, map: OffsetMap): Node {
  if (Array.isArray(node)) return node.map((item: unknown) => mapOffsets(item, map)) as Node;
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([name, value]: [string, unknown]) => {
    if (typeof value === "number" && offsetNames.has(name)) return [name, value < 0 ? value : map(value)];
    return [name, mapOffsets(value, map)];
  });
  return Object.fromEntries(entries) as Node;
}

function mapDiagnostic(found: Diagnostic, file: string, map: OffsetMap): Diagnostic {
  const place = (span: Span): Span =>
    span.file === file ? { file, start: map(span.start), end: map(span.end) } : span;
  return {
    ...found,
    ...(found.primary ? { primary: place(found.primary) } : {}),
    ...(found.context ? { context: place(found.context) } : {}),
    ...(found.related ? { related: found.related.map((item) => ({ ...item, span: place(item.span) })) } : {}),
    ...(found.fixes
      ? {
          fixes: found.fixes.map((fix) => ({
            ...fix,
            // The new text goes into a JSON string.
            edits: fix.edits.map(({ span, newText }) => ({
              span: place(span),
              newText: JSON.stringify(newText).slice(1, -1),
            })),
          })),
        }
      : {}),
  };
}

function spanOf(range: { readonly start: number; readonly end: number }, source: SourceText): Span {
  return { file: source.name, start: range.start, end: range.end };
}

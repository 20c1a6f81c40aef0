import { createReport, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import { describe, expect, it } from "vitest";
import type { BodyNode, Expression } from "../../src/ast.js";
import { parse, parseExpression, parseTemplate } from "../../src/parse.js";
import { parseTraversal } from "../../src/parse-traversal.js";
import { splitStringLiteral } from "../../src/parser/string-literal.js";
import { attributeAt, blocksAt, outermostExpressionAt } from "../../src/position.js";
import { traversalOf } from "../../src/traversal.js";
import { childrenOf, type SyntaxNode } from "../../src/walk.js";
import { parsedExpression, parsedFile, parsedTemplate, vectorRange } from "../support/parsing.js";
import { corpusRoot, readVectors, skipReason, textOf, type VectorRange, type VectorText } from "./vectors.js";

interface UpstreamDiagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly subject?: VectorRange;
}

interface GoBody {
  readonly Attributes: Readonly<
    Record<
      string,
      {
        readonly Name: string;
        readonly SrcRange: VectorRange;
        readonly NameRange: VectorRange;
        readonly EqualsRange: VectorRange;
      }
    >
  >;
  readonly Blocks:
    | readonly {
        readonly Type: string;
        readonly Labels: readonly string[] | null;
        readonly Body: GoBody;
        readonly TypeRange: VectorRange;
        readonly LabelRanges: readonly VectorRange[] | null;
        readonly OpenBraceRange: VectorRange;
        readonly CloseBraceRange: VectorRange;
      }[]
    | null;
}

const name = (row: { source: string }): string => row.source.split(" ").slice(-2).join(" ");

function ourBody(body: BodyNode, source: SourceText): unknown {
  const range = (start: number, end: number): VectorRange => vectorRange(source, { start, end });
  const attributes = body.items.filter((item) => item.kind === "attribute");
  const blocks = body.items.filter((item) => item.kind === "block");
  return {
    attributes: Object.fromEntries(
      attributes.map((item) => [
        item.name.text,
        { range: range(item.start, item.end), name: range(item.name.start, item.name.end) },
      ]),
    ),
    blocks: blocks.map((item) => ({
      type: item.type.text,
      labels: item.labels.map((label) => [label.text, range(label.start, label.end)]),
      typeRange: range(item.type.start, item.type.end),
      open: range(item.openBrace, item.openBrace + 1),
      close: range(item.closeBrace, item.closeBrace + 1),
      body: ourBody(item.body, source),
    })),
  };
}

function goBody(body: GoBody): unknown {
  return {
    attributes: Object.fromEntries(
      Object.entries(body.Attributes).map(([key, item]) => [key, { range: item.SrcRange, name: item.NameRange }]),
    ),
    blocks: (body.Blocks ?? []).map((item) => ({
      type: item.Type,
      labels: (item.Labels ?? []).map((label, index) => [label, item.LabelRanges?.[index]]),
      typeRange: item.TypeRange,
      open: item.OpenBraceRange,
      close: item.CloseBraceRange,
      body: goBody(item.Body),
    })),
  };
}

describe.skipIf(corpusRoot === undefined)(`parser vectors (${corpusRoot ?? skipReason})`, () => {
  it.each(
    readVectors<{ input: VectorText; diag_count: number; diags: UpstreamDiagnostic[]; go_ast: GoBody; source: string }>(
      "parse_config",
    ).map((row) => [name(row), row] as const),
  )("parse_config %s", (_, row) => {
    const { node, source, diagnostics } = parsedFile(textOf(row.input));
    expect(diagnostics.length > 0, JSON.stringify(diagnostics)).toBe(row.diag_count > 0);
    if (row.diag_count === 0) expect(ourBody(node.body, source)).toEqual(goBody(row.go_ast));
    // HCL stops after its first mistake in most places; ours may find more.
    else if (typeof row.input === "string") {
      const starts = diagnostics.map((item) =>
        JSON.stringify(vectorRange(source, item.primary ?? { start: 0, end: 0 }).start),
      );
      expect(starts).toContain(JSON.stringify(row.diags[0]?.subject?.start));
    }
  });

  it.each(
    readVectors<{ name: string; input: string; expected: UpstreamDiagnostic[] }>("parse_diagnostics").map(
      (row) => [row.name, row] as const,
    ),
  )("parse_diagnostics: %s", (_, row) => {
    const { source, diagnostics } = parsedFile(row.input);
    expect(
      diagnostics.map((item) => [item.severity, vectorRange(source, item.primary ?? { start: 0, end: 0 })]),
    ).toEqual(row.expected.map((item) => [item.severity, item.subject]));
  });

  it.each(
    readVectors<{ input: string; expected: { summary: string } }>("invalid_tokens").map(
      (row) => [row.input, row] as const,
    ),
  )("invalid_tokens: %s", (_, row) => {
    const code =
      row.expected.summary === "Unsupported operator" ? "syntax/unsupported-operator" : "syntax/unexpected-character";
    expect(parsedFile(row.input).diagnostics.map((item) => item.code)).toEqual([code]);
  });

  it.each(
    readVectors<{
      input: string;
      diag_count: number;
      expected: { $t: string; Name?: string; Key?: { value: unknown }; SrcRange: VectorRange }[] | null;
    }>("parse_traversal").map((row) => [row.input, row] as const),
  )("parse_traversal %j", (_, row) => {
    const diagnostics: Diagnostic[] = [];
    const source = new SourceText("test.hcl", row.input);
    const traversal = parseTraversal(
      source,
      createReport((item) => diagnostics.push(item)),
    );
    expect(diagnostics).toHaveLength(row.diag_count);
    const expected = (row.expected ?? []).slice(1).map((step) => step.Name ?? step.Key?.value ?? "splat");
    const found = traversal?.steps.map((step) =>
      step.kind === "attribute"
        ? step.name
        : step.kind === "splat"
          ? "splat"
          : step.key.kind === "number"
            ? Number(step.key.text)
            : step.key.kind === "string"
              ? step.key.value
              : undefined,
    );
    expect(found ?? []).toEqual(expected);
    const ranges = [traversal?.root, ...(traversal?.steps ?? [])]
      .filter((item) => item !== undefined)
      .map((item) => vectorRange(source, item));
    if (row.diag_count === 0 && !row.input.includes("*"))
      expect(ranges).toEqual((row.expected ?? []).map((step) => step.SrcRange));
  });

  it.each(
    readVectors<{ input: string; quoted: string[]; unquoted: string[] }>("scan_string_lit").map(
      (row) => [row.input, row] as const,
    ),
  )("scan_string_lit %j", (_, row) => {
    expect(splitStringLiteral(row.input, true)).toEqual(row.quoted);
    expect(splitStringLiteral(row.input, false)).toEqual(row.unquoted);
  });

  it.each(
    readVectors<{ query: string; input: string; pos_byte: number; expected: unknown }>("at_pos").map(
      (row, index) => [row.query, index, row] as const,
    ),
  )("at_pos %s #%i", (query, _, row) => {
    const { node, source } = parsedFile(row.input);
    const offset = source.offsetAtByte(row.pos_byte);
    const expression = outermostExpressionAt(node, offset);
    const found =
      query === "BlocksAtPos"
        ? blocksAt(node, offset).map((block) => block.type.text)
        : query === "AttributeAtPos"
          ? (attributeAt(node, offset)?.name.text ?? "")
          : expression === undefined
            ? ""
            : source.text.slice(expression.start, expression.end);
    expect(found).toEqual(row.expected ?? []);
  });

  it.each(readVectors<{ input: string; expected: [string, string][] }>("walk").map((row) => [row.input, row] as const))(
    "walk %s",
    (_, row) => {
      const visited: [string, string][] = [];
      walkAsGo(parsedExpression(row.input).node, visited);
      // HCL wraps the inside of a for expression in a scope of its own; ours has no node for that.
      expect(visited).toEqual(row.expected.filter(([, type]) => type !== "hclsyntax.ChildScope"));
    },
  );
});

/** Visits our tree in HCL's granularity: a traversal is one node, and keys that are part of it are none. */
function walkAsGo(node: SyntaxNode, visited: [string, string][]): void {
  const isRelative = (node.kind === "get" || node.kind === "index") && traversalOf(node) === undefined;
  const [type, children] =
    isRelative &&
    !(node.kind === "index" && node.key.kind !== "number" && node.key.kind !== "template") &&
    baseOf(node).kind === "call"
      ? (["RelativeTraversalExpr", [baseOf(node)]] as const)
      : ([
          goTypes[node.kind] ?? node.kind,
          goTypes[node.kind] === "ScopeTraversalExpr" && traversalOf(node as Expression) ? [] : childrenOf(node),
        ] as const);
  const isScope = (node.kind === "get" || node.kind === "index") && traversalOf(node) !== undefined;
  const label = `*hclsyntax.${isScope ? "ScopeTraversalExpr" : type}`;
  visited.push(["enter", label]);
  if (!isScope) for (const child of children) walkAsGo(child, visited);
  visited.push(["exit", label]);
}

function baseOf(node: SyntaxNode): SyntaxNode {
  let current = node;
  while (current.kind === "get" || current.kind === "index") current = current.target;
  return current;
}

const goTypes: Partial<Record<SyntaxNode["kind"], string>> = {
  number: "LiteralValueExpr",
  keyword: "LiteralValueExpr",
  variable: "ScopeTraversalExpr",
  binary: "BinaryOpExpr",
  parentheses: "ParenthesesExpr",
  index: "IndexExpr",
  call: "FunctionCallExpr",
  for: "ForExpr",
};

describe.skipIf(corpusRoot === undefined)(`expressions and templates, parse side (${corpusRoot ?? skipReason})`, () => {
  interface Row {
    readonly input: VectorText;
    readonly diags?: readonly UpstreamDiagnostic[];
    readonly source: string;
  }

  const syntaxSummaries =
    /^(Invalid expression|Missing|Unclosed|Unterminated|Unbalanced|Extra characters|Invalid character|Invalid escape|Invalid 'for'|Invalid template|Unexpected|Invalid multi-line|Nested splat|Invalid attribute name|Invalid legacy|Invalid number|Unsupported operator|Invalid string)/;
  const evaluated =
    /^Invalid template interpolation value|^Invalid 'for' (?:condition|directive value)|^Unsupported attribute|^Missing map element/;

  it.each(["expressions", "templates"] as const)(
    "%s: reports mistakes of syntax where HCL does, and only there",
    (table) => {
      for (const row of readVectors<Row>(table)) {
        const { source, diagnostics } =
          table === "expressions" ? parsedExpression(textOf(row.input)) : parsedTemplate(textOf(row.input));
        const expected = (row.diags ?? []).filter(
          (item) => syntaxSummaries.test(item.summary) && !evaluated.test(item.summary),
        );
        expect(
          diagnostics.length > 0,
          `${row.source}: ${JSON.stringify(row.input)} ${JSON.stringify(expected)} ${JSON.stringify(diagnostics)}`,
        ).toBe(expected.length > 0);
        // HCL points at the * before two indexes in a row, ours at the indexes.
        const isArgued = typeof row.input === "string" && row.input.includes(".*.0.0");
        if (expected.length > 0 && typeof row.input === "string" && !isArgued) {
          const ranges = expected.map((item) => JSON.stringify(item.subject?.start));
          expect(ranges, `${row.source}: ${JSON.stringify(row.input)}`).toContain(
            JSON.stringify(vectorRange(source, diagnostics[0]?.primary ?? { start: 0, end: 0 }).start),
          );
        }
      }
    },
  );

  it("keeps the range of a call around a mistake", () => {
    const rows = readVectors<{ input: string; expected_range: VectorRange }>("incomplete_function_call_ranges");
    for (const { input, expected_range } of rows) {
      const { node, source } = parsedExpression(input);
      expect(node.kind, input).toBe("call");
      const range = vectorRange(source, node);
      // For calls that are not closed HCL gives an end of zeros, which no consumer can use; ours is the end of what there is.
      if (expected_range.end[0] === 0) expect(range.start).toEqual(expected_range.start);
      else expect(range).toEqual(expected_range);
    }
  });

  it("parses every fuzzing seed without an exception, and each again from its tokens", () => {
    const report = createReport(() => undefined);
    for (const { input } of readVectors<{ input: VectorText }>("fuzz_seeds")) {
      const source = new SourceText("seed.hcl", textOf(input));
      expect(parse(source, report).end).toBe(source.text.length);
      parseExpression(source, report);
      parseTemplate(source, report);
      parseTraversal(source, report);
    }
  });
});

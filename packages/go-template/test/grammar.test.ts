import { readFileSync } from "node:fs";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseGoTemplate,
  printGoTemplate,
  type GoCommand,
  type GoNode,
  type GoOperand,
  type GoPipeline,
} from "../src/index.js";
import { GoTemplateParser } from "../src/parse/parser.js";

interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
}

/** Names that a rule refers to, in order. */
function namesIn(production: Production): readonly string[] {
  if (production.type === "Terminal" || production.type === "NonTerminal") {
    return [(production.name ?? "").replace(/Rule$/, "").replace(/^Keyword/, "")];
  }
  const names = (production.definition ?? []).flatMap(namesIn);
  // The file writes "one or more" as "one, then any".
  return production.type === "RepetitionMandatory" ? [...names, ...names] : names;
}

describe("grammar", () => {
  it("has no ambiguity that chevrotain's own checks find, and is what the file says", () => {
    const productions = new GoTemplateParser(false).getSerializedGastProductions() as unknown as readonly Production[];
    const text = readFileSync(new URL("../../../grammar/go-template-subset.ebnf", import.meta.url), "utf8");
    const written = new Map<string, readonly string[]>();
    for (const part of text.replace(/\/\*[^]*?\*\/(?=\n)/g, "").split(/\n(?=\w+\s*::=)/)) {
      const [name, body] = part.split("::=");
      if (body !== undefined) written.set((name ?? "").trim(), body.match(/[A-Za-z]+/g) ?? []);
    }
    const recorded = new Map(
      productions.map((rule) => [(rule.name ?? "").replace(/Rule$/, ""), namesIn({ ...rule, type: "Rule" })]),
    );
    expect(Object.fromEntries(recorded)).toEqual(Object.fromEntries(written));
  });
});

const at = { start: 0, end: 0 };
const name = fc.constantFrom("a", "Name", "x1", "é", "_");

const { pipeline } = fc.letrec<{ operand: GoOperand; pipeline: GoPipeline; command: GoCommand }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<GoOperand>({ kind: "dot", ...at }, { kind: "nil", ...at }, { kind: "bool", value: true, ...at }),
    fc.array(name, { minLength: 1, maxLength: 3 }).map((names): GoOperand => ({ kind: "field", names, ...at })),
    fc.array(name, { maxLength: 2 }).map((names): GoOperand => ({ kind: "variable", name: "$", names, ...at })),
    fc.string({ unit: "grapheme" }).map((value): GoOperand => ({ kind: "string", value, ...at })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): GoOperand => ({ kind: "number", value, ...at })),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0))
      .map((value): GoOperand => ({ kind: "number", value, ...at })),
    tie("pipeline").map((inner): GoOperand => ({ kind: "pipeline", pipeline: inner, ...at })),
    fc
      .tuple(tie("pipeline"), fc.array(name, { minLength: 1, maxLength: 2 }))
      .map(([inner, names]): GoOperand => ({
        kind: "chain",
        target: { kind: "pipeline", pipeline: inner, ...at },
        names,
        ...at,
      })),
  ),
  command: fc
    .tuple(fc.constantFrom("print", "f", "len"), fc.array(tie("operand"), { maxLength: 3 }))
    .map(([head, args]): GoCommand => ({ operands: [{ kind: "function", name: head, ...at }, ...args], ...at })),
  pipeline: fc
    .array(tie("command"), { minLength: 1, maxLength: 3 })
    .map((commands): GoPipeline => ({ variables: [], isAssignment: false, commands, ...at })),
}));

/** Text as a template can have it: no braces that would open an action, and not empty. */
const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("{{"));

const { nodes } = fc.letrec<{ nodes: readonly GoNode[]; node: GoNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text.map((value): GoNode => ({ kind: "text", text: value, ...at })),
    pipeline.map((value): GoNode => ({ kind: "action", pipeline: value, ...at })),
    fc.tuple(name, fc.option(pipeline, { nil: undefined })).map(([called, value]): GoNode => ({
      kind: "template",
      name: called,
      ...(value === undefined ? {} : { pipeline: value }),
      ...at,
    })),
    fc
      .tuple(
        fc.constantFrom("if", "with", "range"),
        pipeline,
        tie("nodes"),
        fc.option(tie("nodes"), { nil: undefined }),
      )
      .map(([kind, value, body, otherwise]): GoNode => ({
        kind: kind as "if",
        pipeline: value,
        body,
        ...(otherwise === undefined ? {} : { otherwise }),
        ...at,
      })),
  ),
  nodes: fc.array(tie("node"), { maxLength: 4 }),
}));

/** A tree without offsets. */
function shape(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) =>
      key === "start" || key === "end" ? undefined : typeof part === "bigint" ? `${part}n` : part,
    ),
  );
}

it("reads back what it prints", () => {
  fc.assert(
    fc.property(nodes, fc.dictionary(name, nodes, { maxKeys: 2 }), (tree, definitions) => {
      const printed = printGoTemplate({ nodes: tree, definitions });
      const bag = new DiagnosticBag();
      const parsed = parseGoTemplate(printed, bag.report);
      expect(bag.items).toEqual([]);
      expect(shape([parsed.nodes, parsed.definitions])).toEqual(shape([tree, definitions]));
    }),
    { numRuns: 1000 },
  );
});

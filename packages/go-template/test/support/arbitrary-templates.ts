import fc from "fast-check";
import type { GoCommand, GoNode, GoOperand, GoPipeline, GoTemplate } from "../../src/index.js";

const at = { start: 0, end: 0 };
const name = fc.constantFrom("a", "Name", "x1", "é", "_");
const variable = fc.constantFrom("$", "$x", "$y1", "$é");

const { pipeline } = fc.letrec<{ operand: GoOperand; pipeline: GoPipeline; command: GoCommand; first: GoCommand }>(
  (tie) => ({
    operand: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom<GoOperand>({ kind: "dot", ...at }, { kind: "nil", ...at }, { kind: "bool", value: true, ...at }),
      fc.array(name, { minLength: 1, maxLength: 3 }).map((names): GoOperand => ({ kind: "field", names, ...at })),
      fc
        .tuple(variable, fc.array(name, { maxLength: 2 }))
        .map(([called, names]): GoOperand => ({ kind: "variable", name: called, names, ...at })),
      fc.string({ unit: "grapheme" }).map((value): GoOperand => ({ kind: "string", value, ...at })),
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map((value): GoOperand => ({ kind: "number", value, ...at })),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((value) => !Object.is(value, -0))
        .map((value): GoOperand => ({ kind: "number", value, ...at })),
      tie("pipeline").map((inner): GoOperand => ({ kind: "pipeline", pipeline: inner, ...at })),
      fc
        .tuple(
          fc.oneof(
            tie("pipeline").map((inner): GoOperand => ({ kind: "pipeline", pipeline: inner, ...at })),
            fc.constant<GoOperand>({ kind: "function", name: "f", ...at }),
          ),
          fc.array(name, { minLength: 1, maxLength: 2 }),
        )
        .map(([target, names]): GoOperand => ({ kind: "chain", target, names, ...at })),
    ),
    command: fc
      .tuple(fc.constantFrom("print", "f", "len"), fc.array(tie("operand"), { maxLength: 3 }))
      .map(([head, args]): GoCommand => ({ operands: [{ kind: "function", name: head, ...at }, ...args], ...at })),
    // Only what begins a pipeline may be a mere value.
    first: fc.oneof(
      tie("command"),
      fc.array(tie("operand"), { minLength: 1, maxLength: 2 }).map((operands): GoCommand => ({ operands, ...at })),
    ),
    pipeline: fc.tuple(tie("first"), fc.array(tie("command"), { maxLength: 2 })).map(([first, others]): GoPipeline => ({
      variables: [],
      isAssignment: false,
      commands: [first, ...others],
      ...at,
    })),
  }),
);

/** A pipeline that may set as many variables as given. */
function settingPipeline(most: number): fc.Arbitrary<GoPipeline> {
  const variables = fc.array(fc.constantFrom("$x", "$y1", "$é"), { maxLength: most });
  return fc
    .tuple(pipeline, variables, fc.boolean())
    .map(([value, names, isAssignment]) => ({ ...value, variables: names, isAssignment }));
}

/** Text as a template can have it: no braces that would open an action, and not empty. */
const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("{{"));

const { nodes } = fc.letrec<{ nodes: readonly GoNode[]; node: GoNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text.map((value): GoNode => ({ kind: "text", text: value, ...at })),
    settingPipeline(1).map((value): GoNode => ({ kind: "action", pipeline: value, ...at })),
    fc.constantFrom<GoNode>({ kind: "break", ...at }, { kind: "continue", ...at }),
    fc.tuple(name, fc.option(pipeline, { nil: undefined })).map(([called, value]): GoNode => ({
      kind: "template",
      name: called,
      ...(value === undefined ? {} : { pipeline: value }),
      ...at,
    })),
    fc
      .constantFrom("if" as const, "with" as const, "range" as const)
      .chain((kind) =>
        fc.tuple(
          fc.constant(kind),
          settingPipeline(kind === "range" ? 2 : 1),
          tie("nodes"),
          fc.option(tie("nodes"), { nil: undefined }),
        ),
      )
      .map(([kind, value, body, otherwise]): GoNode => ({
        kind,
        pipeline: value,
        body,
        ...(otherwise === undefined ? {} : { otherwise }),
        ...at,
      })),
  ),
  nodes: fc.array(tie("node"), { maxLength: 4 }),
}));

/** The variables that are set where a part of a template stands, and whether a loop is around it. */
interface Place {
  readonly variables: string[];
  readonly isInLoop: boolean;
}

/** Makes random nodes obey the rules: no variable before it is set, no `break` outside of loops. */
function lawful(parts: readonly GoNode[], place: Place): readonly GoNode[] {
  return parts.flatMap((part): readonly GoNode[] => {
    switch (part.kind) {
      case "text":
        return [part];
      case "break":
      case "continue":
        return place.isInLoop ? [part] : [];
      case "action":
        return [{ ...part, pipeline: lawfulPipeline(part.pipeline, place) }];
      case "template":
        return [part.pipeline === undefined ? part : { ...part, pipeline: lawfulPipeline(part.pipeline, place) }];
      default: {
        const inner: Place = { ...place, variables: [...place.variables] };
        const head = lawfulPipeline(part.pipeline, inner);
        const body = lawful(part.body, {
          variables: [...inner.variables],
          isInLoop: place.isInLoop || part.kind === "range",
        });
        const { otherwise, ...rest } = part;
        return [
          {
            ...rest,
            pipeline: head,
            body,
            ...(otherwise === undefined ? {} : { otherwise: lawful(otherwise, inner) }),
          },
        ];
      }
    }
  });
}

function lawfulPipeline(value: GoPipeline, place: Place): GoPipeline {
  const commands = value.commands.map((command) => ({
    ...command,
    operands: command.operands.map((operand) => lawfulOperand(operand, place)),
  }));
  const isAssignment = value.variables.length > 0 && value.variables.every((each) => place.variables.includes(each));
  const result = { ...value, commands, isAssignment: isAssignment && value.isAssignment };
  if (!result.isAssignment) place.variables.push(...value.variables);
  return result;
}

function lawfulOperand(operand: GoOperand, place: Place): GoOperand {
  if (operand.kind === "variable") return place.variables.includes(operand.name) ? operand : { ...operand, name: "$" };
  if (operand.kind === "pipeline") return { ...operand, pipeline: lawfulPipeline(operand.pipeline, place) };
  if (operand.kind === "chain") return { ...operand, target: lawfulOperand(operand.target, place) };
  return operand;
}

/** Templates of all kinds of nodes and operands, as trees without offsets. */
export const templates: fc.Arbitrary<Pick<GoTemplate, "nodes" | "definitions">> = fc
  .tuple(nodes, fc.dictionary(name, nodes, { maxKeys: 2 }))
  .map(([tree, definitions]) => ({
    nodes: lawful(tree, { variables: ["$"], isInLoop: false }),
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([called, body]) => [
        called,
        lawful(body, { variables: ["$"], isInLoop: false }),
      ]),
    ),
  }));

import fc from "fast-check";
import {
  boolType,
  boolValue,
  listOf,
  listValue,
  mapOf,
  mapValue,
  markValue,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  stringType,
  stringValue,
  tupleOf,
  tupleValue,
  unknownValue,
  type Refinement,
  type Type,
  type Value,
} from "@hclbuild/value";

/** A variable of the generated expressions: its type and a way to make values of it. */
export interface VariableKind {
  readonly name: string;
  readonly type: Type;
  readonly values: fc.Arbitrary<Value>;
  /** What may be known of it while it is unknown; holds for every value of `values`. */
  readonly refinement?: Refinement;
}

const text = fc.constantFrom("", "a", "b", "1", "42", "true", "ab-cd", "é", "x1");
const small = fc.integer({ min: -5, max: 12 });
const texts = text.map((one) => stringValue(one));
const numbers = fc.oneof(
  small.map((n) => numberValue(n)),
  fc.constantFrom(0.5, 2.25).map((n) => numberValue(n)),
);

export const variableKinds: readonly VariableKind[] = [
  { name: "n", type: numberType, values: numbers, refinement: { notNull: true } },
  { name: "m", type: numberType, values: small.map((n) => numberValue(n)) },
  { name: "s", type: stringType, values: texts, refinement: { notNull: true } },
  {
    name: "p",
    type: stringType,
    values: text.map((one) => stringValue(`ami-${one}`)),
    refinement: { notNull: true, stringPrefix: "ami-" },
  },
  { name: "b", type: boolType, values: fc.boolean().map(boolValue), refinement: { notNull: true } },
  { name: "c", type: boolType, values: fc.boolean().map(boolValue) },
  {
    name: "l",
    type: listOf(stringType),
    values: fc.array(texts, { maxLength: 3 }).map((all) => listValue(stringType, all)),
    refinement: { notNull: true },
  },
  {
    name: "k",
    type: mapOf(numberType),
    values: fc.dictionary(fc.constantFrom("a", "b", "c"), numbers).map((all) => mapValue(numberType, all)),
    refinement: { notNull: true },
  },
  {
    name: "o",
    type: objectOf({ a: stringType, b: numberType }),
    values: fc.tuple(texts, numbers).map(([a, b]) => objectValue({ a, b })),
    refinement: { notNull: true },
  },
  {
    name: "t",
    type: tupleOf([stringType, numberType]),
    values: fc.tuple(texts, numbers).map(([a, b]) => tupleValue([a, b])),
    refinement: { notNull: true },
  },
];

/** A value for every variable. */
export const assignments: fc.Arbitrary<Readonly<Record<string, Value>>> = fc.record(
  Object.fromEntries(variableKinds.map(({ name, values }) => [name, values])),
);

/** A set of the variables' names. */
export const someNames: fc.Arbitrary<ReadonlySet<string>> = fc
  .subarray(variableKinds.map(({ name }) => name))
  .map((names) => new Set(names));

/** The assignment with the named variables unknown, with what is always known of them. */
export function withUnknowns(
  assignment: Readonly<Record<string, Value>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    variableKinds.map(({ name, type, refinement }) => [
      name,
      names.has(name) ? unknownValue(type, refinement) : (assignment[name] as Value),
    ]),
  );
}

/** The assignment with the named variables sensitive. */
export function withSecrets(
  assignment: Readonly<Record<string, Value>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(assignment).map(([name, value]) => [name, names.has(name) ? markValue(value, "sensitive") : value]),
  );
}

/** A type alias, because the generator's type wants one with an index signature. */
type Grammar = {
  readonly num: string;
  readonly str: string;
  readonly bool: string;
  readonly seq: string;
  readonly any: string;
};

/** `a ${op} b` with the parts in parentheses. */
function infix(part: fc.Arbitrary<string>, ...operators: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(part, fc.constantFrom(...operators), part)
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`);
}

function format(template: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((values) => values.reduce((all, value) => all.replace("@", () => value), template));
}

/**
 * Source text of expressions over the variables; most evaluate without an error. What may fail does not stand where its
 * failure is ignored, such as in an unused branch: it would take its type along, in HCL as here.
 */
export const expressions: fc.Arbitrary<string> = fc.letrec<Grammar>((tie) => {
  const num = tie("num");
  const str = tie("str");
  const bool = tie("bool");
  const seq = tie("seq");
  const any = tie("any");
  const simple = fc.oneof(num, str, bool);
  return {
    num: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("n", "m", "0", "1", "2.5", "o.b", "t[1]", "length(s)", "length(p)"),
      // No general product: zero times an unknown is zero at once, although it may come to be negative zero.
      infix(num, "+", "-"),
      format("(@ * 2)", num),
      format("(@ / 3)", num),
      format("(@ % 4)", num),
      format("-(@)", num),
      format("(@ ? @ : @)", bool, num, num),
      format("min(@, @)", num, num),
      // Nothing is thrown away that could fail later: that can hide a failure from try() and can(), as in HCL.
      format("[@][0]", num),
    ),
    str: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("s", "p", '"q"', '""', "o.a", "t[0]"),
      format('"<${@}>"', simple),
      format('"${@}${@}"', str, simple),
      format('"%{if @}${@}%{else}x%{endif}"', bool, simple),
      format('"%{for e in @}${e},%{endfor}"', seq),
      format("upper(@)", str),
      format("(@ ? @ : @)", bool, str, simple),
    ),
    bool: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("b", "c", "true", "false"),
      infix(num, "<", "<=", ">", ">="),
      infix(simple, "==", "!="),
      infix(bool, "&&", "||"),
      // As below, nothing that fails only once an unknown is known: `false || null` does.
      format("(@ || null || true)", bool),
      format("(@ && null)", bool),
      format("(null && @)", bool),
      format("!@", bool),
      format("(@ == null)", simple),
      format("(@ ? @ : @)", bool, bool, bool),
    ),
    seq: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("l", "k", "[]", "t[*]", "l[*]"),
      format("[@, @]", simple, simple),
      format('[for e in @ : "${e}!"]', seq),
      format('[for i, e in @ : e if "${i}" != @]', seq, str),
      format("(@ ? l : l)", bool),
      format("concat([@], l)", str),
    ),
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      simple,
      seq,
      fc.constantFrom("o", "t", "k", "l[0]", 'k["a"]', "k.b", "l[m]"),
      format("[@, @]", any, any),
      format("{x = @, y = @}", any, any),
      format("{(@) = @}", str, any),
      format('{for i, e in @ : "${i}-@" => e}', seq, fc.constantFrom("a", "b")),
      format("{for e in @ : e => @...}", seq, simple),
      format("try(@, @)", any, any),
      format("can(@)", any),
      format("[o, {a = @}][*].a", str),
      format("@[*]", any),
      format("[{v = @}, {v = @}].*.v", any, any),
      format("convert(@, string)", simple),
      format("@.a", fc.constantFrom("o", "k", "l", "{a = 1}")),
      format("l[@]", num),
    ),
  };
}).any;

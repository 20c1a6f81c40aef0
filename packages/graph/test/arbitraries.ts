import fc from "fast-check";
import type { Expr, Step } from "@hclbuild/graph";
import {
  boolValue,
  listValue,
  mapValue,
  nullValue,
  numberFromText,
  numberType,
  objectValue,
  setValue,
  stringType,
  stringValue,
  tupleValue,
  type Value,
} from "@hclbuild/value";

const key = fc.oneof(
  fc.constantFrom("a", "b", "name", "$out", "$", "a.b", "with space", "__proto__", "constructor", "0", "10"),
  fc.string({ maxLength: 4 }),
);

const numberText = fc.oneof(
  fc.constantFrom("0", "-1", "0.1", "1.5", "9007199254740993", "1e400", "123456789012345678901234567890.5"),
  fc.integer().map(String),
);

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ maxLength: 6 }).map(stringValue),
  fc.boolean().map(boolValue),
  numberText.map((text) => numberFromText(text) as Value),
  fc.constantFrom(nullValue(stringType), nullValue(numberType)),
);

const uniqueEntries = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<Map<string, T>> =>
  fc
    .array(fc.tuple(key, item), { maxLength: 3 })
    .map((entries) => new Map(entries.map(([name, each]) => [name.normalize("NFC"), each])));

export const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }).map(tupleValue),
    uniqueEntries(tie("value")).map(objectValue),
    fc
      .array(fc.string({ maxLength: 3 }), { maxLength: 3 })
      .map((texts) => listValue(stringType, texts.map(stringValue))),
    fc.array(numberText, { maxLength: 3 }).map((texts) =>
      setValue(
        numberType,
        texts.map((text) => numberFromText(text) as Value),
      ),
    ),
    uniqueEntries(fc.string({ maxLength: 3 })).map((texts) =>
      mapValue(stringType, new Map([...texts].map(([name, text]) => [name, stringValue(text)]))),
    ),
  ),
})).value;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom("x", "long-name", "y_1").map((name): Step => ({ kind: "attr", name })),
  fc.integer({ min: 0, max: 9 }).map((index): Step => ({ kind: "index", key: numberFromText(String(index)) as Value })),
  fc.string({ maxLength: 3 }).map((text): Step => ({ kind: "index", key: stringValue(text) })),
);

/** Expressions of every kind, with values and names that are hard to write as JSON. */
export const expression: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => {
  const expr = tie("expr");
  const exprs = fc.array(expr, { maxLength: 3 });
  return {
    expr: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      value.map((literal): Expr => ({ kind: "lit", value: literal })),
      fc
        .tuple(fc.constantFrom("var", "local", "item", "\u0000splat"), fc.array(step, { maxLength: 3 }))
        .map(([root, steps]): Expr => ({ kind: "input", root, steps })),
      fc
        .tuple(
          fc.constantFrom("data.http.keys", "build.web/source.null.a"),
          fc.array(fc.oneof(key, fc.nat(5)), { maxLength: 2 }),
        )
        .map(([node, path]): Expr => ({ kind: "out", node, path })),
      fc
        .tuple(expr, expr, fc.boolean())
        .map(([target, index, legacy]): Expr => ({ kind: "index", target, key: index, ...(legacy ? { legacy } : {}) })),
      fc.tuple(expr, key).map(([target, name]): Expr => ({ kind: "attr", target, name })),
      fc.tuple(key, exprs, fc.boolean()).map(([name, args, expandFinal]): Expr => ({
        kind: "call",
        name,
        args,
        ...(expandFinal ? { expandFinal } : {}),
      })),
      fc
        .tuple(fc.constantFrom("!" as const, "-" as const), expr)
        .map(([operator, operand]): Expr => ({ kind: "unary", operator, operand })),
      fc
        .tuple(fc.constantFrom("||" as const, "<=" as const, "+" as const, "%" as const), expr, expr)
        .map(([operator, left, right]): Expr => ({ kind: "binary", operator, left, right })),
      fc
        .tuple(expr, expr, expr)
        .map(([condition, whenTrue, whenFalse]): Expr => ({ kind: "cond", condition, whenTrue, whenFalse })),
      exprs.map((items): Expr => ({ kind: "tuple", items })),
      fc
        .array(
          fc.tuple(
            fc.oneof(
              key.map((name): Expr => ({ kind: "lit", value: stringValue(name) })),
              expr,
            ),
            expr,
          ),
          { maxLength: 3 },
        )
        .map((pairs): Expr => ({ kind: "object", items: pairs.map(([name, item]) => ({ key: name, value: item })) })),
      fc
        .tuple(exprs, fc.constantFrom(undefined, "single" as const, "join" as const))
        .map(([parts, wrap]): Expr => ({ kind: "template", parts, ...(wrap === undefined ? {} : { wrap }) })),
      fc
        .tuple(expr, expr, fc.option(expr, { nil: undefined }), fc.option(expr, { nil: undefined }), fc.boolean())
        .map(([collection, valueExpr, keyExpr, condition, grouping]): Expr => ({
          kind: "for",
          ...(grouping ? { keyVar: "k" } : {}),
          valueVar: "v",
          collection,
          ...(keyExpr === undefined ? {} : { keyExpr }),
          valueExpr,
          ...(condition === undefined ? {} : { condition }),
          grouping,
        })),
      fc
        .tuple(fc.constantFrom("full" as const, "attribute" as const), expr, expr)
        .map(([style, target, each]): Expr => ({ kind: "splat", style, target, each })),
    ),
  };
}).expr;

import fc from "fast-check";
import type { AttributeSchema, BlockSchema, ComponentSchema, JsonValue, NestedBlockSchema } from "@hclbuild/schema";
import type { Type } from "@hclbuild/value";

type JsonObject = Readonly<Record<string, JsonValue>>;

const text = fc.constantFrom("x", "", "a b", "{{ .Vars }}", "{{ build `ID` }}", "5", "true", "é");
const duration = fc.constantFrom("5m", "1h30m", "0", "1.5s", "", "{{ user `x` }}");

/** Values that fit a type, in all the forms that a person may write them in. */
function fitting(type: Type, attribute: AttributeSchema): fc.Arbitrary<JsonValue> {
  switch (type.kind) {
    case "string":
      if (attribute.enum !== undefined)
        return fc.constantFrom(...(attribute.enum as readonly JsonValue[]), "", "{{ user `x` }}");
      return attribute.format === "duration"
        ? duration
        : fc.oneof<fc.Arbitrary<JsonValue>[]>(text, fc.nat(9), fc.boolean());
    case "number": {
      const { min, max } = attribute;
      const number = fc.integer({ min: min ?? -5, max: Math.min(max ?? 50, (min ?? 0) + 50) });
      return fc.oneof<fc.Arbitrary<JsonValue>[]>(number, number.map(String), fc.constant(0));
    }
    case "bool":
      return fc.constantFrom<JsonValue[]>(true, false, "true", "false");
    case "list":
    case "set":
      return fc.array(fitting(type.element, attribute), { maxLength: 3 });
    case "map":
      return fc.dictionary(fc.constantFrom("a", "b", "c"), fitting(type.element, attribute), { maxKeys: 3 });
    case "dynamic":
      return fc.constantFrom<JsonValue[]>("x", 1, true, []);
    default:
      return fc.constant(null);
  }
}

/** Values that do not fit, or only almost. */
function faulty(attribute: AttributeSchema): fc.Arbitrary<JsonValue> {
  const { type } = attribute;
  const misfits: JsonValue[] = [
    { nested: "object" },
    [["nested"], ["lists"]],
    "not-a-choice",
    -1,
    1.5,
    99_999_999,
    "5 minutes",
    "maybe",
    null,
  ];
  if (type.kind === "list" || type.kind === "set") misfits.push([{}], [[]], ["x", 1.5], ["5 minutes"]);
  return fc.constantFrom(...misfits);
}

function bodyOf(body: BlockSchema): fc.Arbitrary<JsonObject> {
  const parts: Record<string, fc.Arbitrary<JsonValue>> = {};
  for (const [name, attribute] of Object.entries(body.attributes)) parts[name] = fitting(attribute.type, attribute);
  for (const [name, nested] of Object.entries(body.blocks)) parts[name] = blocksOf(nested);
  const names = Object.keys(parts);
  return fc
    .subarray(names, { maxLength: Math.min(8, names.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map((name) => [name, parts[name] as fc.Arbitrary<JsonValue>]))),
    )
    .map((record) => ({ ...record }));
}

function blocksOf(nested: NestedBlockSchema): fc.Arbitrary<JsonValue> {
  const item = bodyOf(nested.body);
  return nested.nesting === "single"
    ? item
    : fc.oneof<fc.Arbitrary<JsonValue>[]>(item, fc.array(item, { maxLength: 3 }));
}

/** A configuration of a component: half of them as they should be, half with one fault. */
export interface SampleConfiguration {
  /** Position among the components, so that a counterexample stays readable. */
  readonly index: number;
  readonly config: JsonObject;
}

/** Configurations of components, in the JSON syntax. */
export function configurations(components: readonly ComponentSchema[]): fc.Arbitrary<SampleConfiguration> {
  return fc.nat(components.length - 1).chain((index) => {
    const component = components[index] as ComponentSchema;
    const { attributes } = component.body;
    const names = Object.keys(attributes);
    const sound = bodyOf(component.body);
    const required = names.filter((name) => (attributes[name] as AttributeSchema).required);
    const complete = fc
      .tuple(
        sound,
        fc.record(
          Object.fromEntries(
            required.map((name) => [
              name,
              fitting((attributes[name] as AttributeSchema).type, attributes[name] as AttributeSchema),
            ]),
          ),
        ),
      )
      .map(([config, needed]) => ({ ...config, ...needed }));
    const broken =
      names.length === 0
        ? sound
        : fc.tuple(complete, fc.constantFrom(...names), fc.boolean()).chain(([config, name, isUnknown]) =>
            isUnknown
              ? fc.constant<JsonObject>({ ...config, [`${name}_x`]: 1 })
              : faulty(attributes[name] as AttributeSchema).map((value): JsonObject => ({
                  ...config,
                  [name]: value,
                })),
          );
    return fc.oneof(sound, complete, broken).map((config) => ({ index, config }));
  });
}

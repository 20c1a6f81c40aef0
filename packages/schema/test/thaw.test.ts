import { describe, expect, it } from "vitest";
import {
  atMostOneOf,
  conflictsWith,
  customRule,
  defineComponent,
  freezeComponent,
  requiredWhen,
  s,
  thawComponent,
} from "../src/index.js";

const component = defineComponent({
  kind: "builder",
  name: "box-made",
  since: "1.0.0",
  summary: "Makes boxes.",
  body: {
    size: s.int().min(1).max(9).default(3).doc("How large."),
    label: s.string().required().requiredBy("decode").sensitive().noInterpolation(),
    wood: s.string().enum(["oak", "ash"]).deprecated("Use label."),
    wait: s.duration(),
    stamp: s.string().renderedLater(["Size"], { isStrict: true }),
    sides: s.list(s.object({ name: s.string() })),
    lid: s.block({ color: s.string(), hinge: s.block({ pin: s.bool() }).list().min(1) }).single(),
  },
  rules: [
    atMostOneOf("size", "wood"),
    conflictsWith("size", "lid"),
    requiredWhen("wait", { name: "wood", in: ["oak"] }),
    customRule("sound", "It must be sound.", () => []),
  ],
  output: { Height: s.number() },
  examples: ["a"],
});

/** As it comes out of a file. */
const frozen = JSON.parse(JSON.stringify(freezeComponent(component))) as Record<string, unknown>;

describe("thawComponent", () => {
  it("gives back what was frozen, without the code of custom rules", () => {
    const thawed = thawComponent(frozen);
    if (typeof thawed === "string") throw new Error(thawed);
    expect(JSON.parse(JSON.stringify(freezeComponent(thawed)))).toEqual(frozen);
    expect(thawed.body.attributes["size"]?.type).toEqual({ kind: "number" });
    expect(thawed.rules.at(-1)).toEqual({ kind: "custom", name: "sound", doc: "It must be sound." });
  });

  const changed = (path: string, value: unknown): unknown => {
    const copy = structuredClone(frozen);
    const keys = path.split("/");
    const last = keys.pop() as string;
    let place = copy;
    for (const key of keys) place = place[key] as Record<string, unknown>;
    place[last] = value;
    return copy;
  };

  it.each([
    ["kind", "thing", "kind is none of builder, provisioner, post-processor, data-source, communicator"],
    ["name", "a b", "name is not one that a template can write"],
    ["summary", 1, "summary is not a text"],
    ["body", [], "body is not an object"],
    ["body/attributes/size/type", "numbr", "body.attributes.size.type is not a type"],
    ["body/attributes/size/min", "1", "body.attributes.size.min is not a number"],
    ["body/attributes/size/format", "large", "body.attributes.size.format is none of duration, path, integer, trilean"],
    ["body/attributes/label/required", "yes", "body.attributes.label.required is neither true nor false"],
    ["body/attributes/wood/enum", [true], "body.attributes.wood.enum holds something else than texts and numbers"],
    ["body/attributes/a b", {}, 'body.attributes has the name "a b", which no template can write'],
    ["body/blocks/lid/nesting", "deep", "body.lid.nesting is none of single, list, set, map"],
    ["rules/0/names", ["nothing"], "rules[0].names names no option"],
    ["rules/0/kind", "none", "rules[0].kind is not a kind of rule"],
    ["examples", [1], "examples is not a text"],
  ])("says what is wrong with %s", (path, value, reason) => {
    expect(thawComponent(changed(path, value))).toBe(reason);
  });

  it("refuses names that objects of JavaScript have by themselves", () => {
    const text = JSON.stringify(frozen).replace('"label":', '"__proto__":');
    expect(thawComponent(JSON.parse(text))).toMatch(/__proto__/);
    expect(thawComponent(undefined)).toBe("component is not an object");
  });
});

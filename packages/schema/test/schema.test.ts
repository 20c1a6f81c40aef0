import { describe, expect, expectTypeOf, it } from "vitest";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  applyDefaults,
  atMostOneOf,
  checkConfig,
  conflictsWith,
  createRegistry,
  customRule,
  defineComponent,
  describeComponent,
  exactlyOneOf,
  freezeComponent,
  parseDuration,
  requiredWhen,
  requiredWith,
  ruleText,
  s,
  toReferencePage,
  type ConfigView,
  type Infer,
  type OutputOf,
} from "@hclbuild/schema";
import {
  boolValue,
  listOf,
  listValue,
  mapValue,
  markValue,
  nullValue,
  numberFromText,
  stringType,
  stringValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";

const sample = defineComponent({
  kind: "builder",
  name: "sample",
  since: "0.1.0",
  summary: "Shows what a schema can say.",
  body: {
    image: s.string().required().doc("What to start from."),
    mode: s.string().enum(["fast", "careful"]).default("fast").doc("How to go about it."),
    retries: s.int().min(1).max(5).doc("How often to try."),
    wait: s.duration().doc("How long to wait."),
    tags: s.list(s.string()).max(2).doc("Names."),
    colors: s.list(s.string().enum(["red", "green"])).doc("Paints."),
    strict: s.trilean().doc("Three states."),
    commit: s.bool().default(false).doc("Keep it."),
    discard: s.bool().default(false).doc("Drop it."),
    user: s.string().doc("Who."),
    password: s.string().sensitive().doc("Secret."),
    old: s.string().deprecated("image").doc("Old name."),
    disk: s
      .block({ size: s.int().required().doc("Its size."), label: s.string().doc("Its name.") })
      .list()
      .min(1)
      .max(2)
      .doc("A disk."),
    network: s
      .block({ name: s.string().doc("Its name.") })
      .single()
      .doc("The network."),
  },
  rules: [
    exactlyOneOf("commit", "discard"),
    requiredWith("password", "user"),
    requiredWhen("user", { name: "mode", in: ["careful"] }),
    conflictsWith("wait", "retries", { name: "mode", in: ["fast"] }),
    atMostOneOf("strict", "old"),
    customRule("short-image", "The image has a short name.", (config) =>
      JSON.stringify(config.value("image") ?? "").length > 12
        ? [{ name: "image", message: "The name is too long." }]
        : [],
    ),
  ],
  output: { Digest: s.string().doc("Digest of the image.") },
});

function view(options: Readonly<Record<string, Value>>, disks = 1): ConfigView {
  const attributes = new Map(Object.entries(options).map(([name, value]) => [name, { value }]));
  const size = new Map([["size", { value: numberFromText("1") as Value }]]);
  const disk: ConfigView = { attributes: size, blocks: new Map() };
  return { attributes, blocks: new Map([["disk", Array.from({ length: disks }, () => disk)]]) };
}

function codesOf(options: Readonly<Record<string, Value>>, disks = 1): readonly string[] {
  const bag = new DiagnosticBag();
  checkConfig(sample, view(options, disks), bag.report);
  return bag.items.map((item) => item.code);
}

const sound = { image: stringValue("alpine"), commit: boolValue(true) };
const text = stringValue;
const number = (digits: string): Value => numberFromText(digits) as Value;

describe("types of configurations", () => {
  it("follow from the schema", () => {
    type Config = Infer<typeof sample>;
    expectTypeOf<Config["image"]>().toEqualTypeOf<string>();
    expectTypeOf<Config["mode"]>().toEqualTypeOf<"fast" | "careful">();
    expectTypeOf<Config["retries"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Config["tags"]>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<Config["commit"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Config["disk"][number]["size"]>().toEqualTypeOf<number>();
    expectTypeOf<NonNullable<Config["network"]>["name"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<OutputOf<typeof sample>>().toEqualTypeOf<{ readonly Digest: string }>();
    // @ts-expect-error there is no such option
    type Missing = Config["missing"];
    expectTypeOf<Missing>().toBeAny();
  });
});

describe("checks", () => {
  it.each<[string, Readonly<Record<string, Value>>, readonly string[]]>([
    ["nothing wrong", sound, []],
    ["a missing option", { commit: boolValue(true) }, ["schema/missing-option"]],
    ["an empty option", { ...sound, image: text("") }, ["schema/missing-option"]],
    ["an unknown option", { ...sound, image: unknownValue(stringType) }, []],
    ["a wrong choice", { ...sound, mode: text("fasst") }, ["schema/invalid-choice"]],
    ["a choice that is rendered later", { ...sound, mode: text("{{ user `m` }}") }, []],
    ["too large a number", { ...sound, retries: number("6") }, ["schema/out-of-range"]],
    ["zero, which counts as absent", { ...sound, retries: number("0") }, []],
    ["a fraction", { ...sound, retries: number("1.5") }, ["schema/not-integer"]],
    ["a bad duration", { ...sound, wait: text("5") }, ["schema/invalid-duration"]],
    ["too long a list", { ...sound, tags: listValue(stringType, ["a", "b", "c"].map(text)) }, ["schema/out-of-range"]],
    [
      "a null element",
      { ...sound, tags: listValue(stringType, [text("a"), nullValue(stringType)]) },
      ["schema/null-element"],
    ],
    ["an element that may be null", { ...sound, tags: listValue(stringType, [unknownValue(stringType)]) }, []],
    ["a null instead of a list", { ...sound, tags: nullValue(listOf(stringType)) }, []],
    ["an old name", { ...sound, old: text("x") }, ["schema/deprecated-option"]],
    ["neither of two", { image: text("x") }, ["schema/nothing-chosen"]],
    ["both of two", { ...sound, discard: boolValue(true) }, ["schema/conflicting-options"]],
    ["false, which counts as absent", { ...sound, discard: boolValue(false) }, []],
    ["a missing companion", { ...sound, password: text("x") }, ["schema/missing-companion"]],
    ["a choice that needs more", { ...sound, mode: text("careful") }, ["schema/required-by-choice"]],
    [
      "a conflict under the default",
      { ...sound, wait: text("5m"), retries: number("2") },
      ["schema/conflicting-options"],
    ],
    [
      "no conflict otherwise",
      { ...sound, mode: text("careful"), user: text("u"), wait: text("5m"), retries: number("2") },
      [],
    ],
    [
      "false in three states, which counts as given",
      { ...sound, strict: boolValue(false), old: text("x") },
      ["schema/deprecated-option", "schema/conflicting-options"],
    ],
    [
      "an empty choice, which is the default",
      { ...sound, mode: text(""), wait: text("5m"), retries: number("2") },
      ["schema/conflicting-options"],
    ],
    [
      "a wrong choice in a list",
      { ...sound, colors: listValue(stringType, ["red", "gren"].map(text)) },
      ["schema/invalid-choice"],
    ],
    [
      "an empty text in a list of choices, which is no absent option",
      { ...sound, colors: listValue(stringType, ["red", ""].map(text)) },
      ["schema/invalid-choice"],
    ],
    ["a rule in code about a text that is rendered later", { ...sound, image: text("{{ build `a-long-name` }}") }, []],
    ["a rule in code", { ...sound, image: text("a-very-long-name") }, ["schema/rule-violated"]],
  ])("report %s", (_, options, codes) => {
    expect(codesOf(options)).toEqual(codes);
  });

  it("count blocks", () => {
    expect(codesOf(sound, 0)).toEqual(["schema/missing-block"]);
    expect(codesOf(sound, 3)).toEqual(["schema/too-many-blocks"]);
  });

  it("lead to a null element, without naming keys that are secret", () => {
    const details = (value: Value): readonly (string | undefined)[] => {
      const bag = new DiagnosticBag();
      checkConfig(sample, view({ ...sound, tags: value }), bag.report);
      return bag.items.map(({ message, detail }) => `${message} ${detail ?? ""}`);
    };
    const nested = mapValue(listOf(stringType), { canary: listValue(stringType, [text("a"), nullValue(stringType)]) });
    expect(details(nested)[0]).toContain('An element of "tags" is null. It is tags["canary"][1].');
    expect(details(markValue(nested, "sensitive"))[0]).not.toContain("canary");
  });

  it("never show a value", () => {
    const bag = new DiagnosticBag();
    const secret = markValue(text("canary"), "sensitive");
    checkConfig(sample, view({ ...sound, mode: secret, wait: secret }), bag.report);
    expect(bag.items.map((item) => item.code)).toEqual(["schema/invalid-choice", "schema/invalid-duration"]);
    expect(JSON.stringify(bag.items)).not.toContain("canary");
  });
});

describe("durations", () => {
  it.each([
    ["1h5m2s", 3_902_000],
    ["1.5s", 1500],
    [".5m", 30_000],
    ["-2s", -2000],
    ["+10ms", 10],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["100ns", 0.0001],
    ["0", 0],
    ["2562047h", 9_223_369_200_000],
  ])("read %s", (duration, milliseconds) => {
    expect(parseDuration(duration)).toBeCloseTo(milliseconds, 6);
  });

  it.each(["", "5", "5 m", "m", "1h 5m", "1x", "-", "1.2.3s", "2562048h", "9999999999h"])("refuse %j", (duration) => {
    expect(parseDuration(duration)).toBeUndefined();
  });
});

describe("defaults", () => {
  it("fill what is absent or null, at every level", () => {
    expect(applyDefaults(sample.body, { image: "x", mode: null, extra: 1, disk: [{ size: 1, label: null }] })).toEqual({
      image: "x",
      mode: "fast",
      commit: false,
      discard: false,
      extra: 1,
      disk: [{ size: 1 }],
    });
    expect(applyDefaults(sample.body, {})).toEqual({ mode: "fast", commit: false, discard: false, disk: [] });
  });

  it("stand in for empty texts and collections, for 0 out of bounds, and never for false", () => {
    const { body } = defineComponent({
      kind: "builder",
      name: "empty",
      since: "0.1.0",
      summary: "A.",
      body: {
        text: s.string().default("a"),
        plain: s.string(),
        port: s.int().min(1).max(9).default(5),
        level: s.int().default(5),
        pull: s.bool().default(true),
        codes: s.list(s.int()).default([0]),
        names: s.map(s.string()).default({ a: "b" }),
      },
    });
    const given = { text: "", plain: "", port: 0, level: 0, pull: false, codes: [], names: {} };
    const expected = { text: "a", plain: "", port: 5, level: 0, pull: false, codes: [0], names: { a: "b" } };
    expect(applyDefaults(body, given)).toEqual(expected);
  });
});

describe("a registry", () => {
  const registry = createRegistry([sample], {
    plugins: [
      {
        source: "github.com/example/tool",
        version: "1.0.0",
        components: [
          defineComponent({ kind: "builder", name: "tool", since: "0.1.0", summary: "A.", body: {} }),
          defineComponent({ kind: "post-processor", name: "tool-tag", since: "0.1.0", summary: "B.", body: {} }),
        ],
      },
    ],
  });

  it("finds components and says where they come from", () => {
    expect(registry.lookup("builder", "sample")?.plugin).toBe("core");
    expect(registry.lookup("builder", "tool")?.plugin).toBe("github.com/example/tool");
    expect(registry.lookup("provisioner", "tool")).toBeUndefined();
    expect(registry.names("builder")).toEqual(["sample", "tool"]);
    expect(registry.plugin("github.com/example/tool")?.version).toBe("1.0.0");
  });

  it("answers to other local names of a plugin", () => {
    const renamed = registry.withAccessors(
      new Map([
        ["t", "github.com/example/tool"],
        ["x", "github.com/none/none"],
      ]),
    );
    expect(renamed.lookup("builder", "t")?.schema.name).toBe("tool");
    expect(renamed.lookup("post-processor", "t-tag")?.schema.name).toBe("tool-tag");
    expect(renamed.lookup("builder", "tool")?.schema.name).toBe("tool");
    expect(renamed.lookup("builder", "x")).toBeUndefined();
  });
});

describe("derived forms", () => {
  it("freeze without code", () => {
    const frozen = JSON.parse(JSON.stringify(freezeComponent(sample))) as Record<string, unknown>;
    expect(frozen).toEqual(freezeComponent(sample));
    expect(JSON.stringify(frozen)).toContain('"type":["list","string"]');
    expect(frozen["rules"]).toContainEqual({ kind: "custom", name: "short-image", doc: "The image has a short name." });
  });

  it("say rules in sentences", () => {
    expect(sample.rules.map(ruleText)).toEqual([
      "Exactly one of `commit`, `discard` must be set.",
      "`password` needs `user`.",
      '`user` must be set when `mode` is `"careful"`.',
      'When `mode` is `"fast"`, `wait` and `retries` exclude each other.',
      "At most one of `strict`, `old` may be set.",
      "The image has a short name.",
    ]);
  });

  it("make a page", () => {
    const page = toReferencePage(sample);
    expect(page).toContain("# builder `sample`");
    expect(page).toContain('| `mode` | string | `"fast"` | How to go about it. One of `fast`, `careful`. |');
    expect(page).toContain("| `image` | string | required | What to start from. |");
    expect(page).toContain("### `disk`");
    expect(page).toContain("- `Digest`: Digest of the image.");
    expect(page).toContain("| `colors` | list(string) |  | Paints. Each is one of `red`, `green`. |");
    const body = { tones: s.set(s.string().enum(["low", "high"])).doc("Sounds.") };
    const other = defineComponent({ kind: "builder", name: "other", since: "1", summary: "", body });
    expect(toReferencePage(other)).toContain("| `tones` | set(string) |  | Sounds. Each is one of `low`, `high`. |");
    expect(describeComponent(other).items).toMatchObject([
      { choicesOf: "elements", snippet: 'tones = ["${1|low,high|}"]' },
    ]);
  });

  it("describe options for editors", () => {
    const { items, outputs } = describeComponent(sample);
    const mode = items.find((item) => item.name === "mode");
    expect(mode).toMatchObject({
      kind: "attribute",
      detail: "string",
      choices: ["fast", "careful"],
      snippet: 'mode = "${1|fast,careful|}"',
    });
    expect(items.find((item) => item.name === "disk")).toMatchObject({
      kind: "block",
      required: true,
      snippet: "disk {\n  $0\n}",
    });
    expect(outputs.map((item) => item.name)).toEqual(["Digest"]);
  });
});

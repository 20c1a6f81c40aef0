import { describe, expect, test } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { checkConfig, defineComponent, s, type ComponentSchema } from "@hclbuild/schema";
import { jsonBody, nativeBody, parse, parseJson, type Body } from "@hclbuild/syntax";
import {
  containsMark,
  displayValue,
  dynamicUnknown,
  isWhollyKnown,
  listValue,
  markValue,
  objectValue,
  stringType,
  stringValue,
  toJson,
  tupleValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";
import {
  createScope,
  decodeBody,
  evaluate,
  expandDynamicBlocks,
  residualsOfBody,
  scopeOfBody,
  spansOfBody,
  unknownLabel,
  valueOfBody,
  type DecodedBody,
} from "../src/index.js";
import { doubleFunctions } from "./doubles.js";

const component: ComponentSchema = defineComponent({
  kind: "builder",
  name: "test",
  since: "0.1.0",
  summary: "A component for tests.",
  body: {
    image: s.string().required().requiredBy("decode").doc("The image."),
    pull: s.bool().default(true).doc("Whether to pull."),
    count: s.int().doc("How many."),
    volumes: s.map(s.string()).doc("Volumes."),
    ports: s.list(s.object({ host: s.int(), guest: s.int() })).doc("Ports."),
    password: s.string().sensitive().doc("The password."),
    extra: s.any().doc("Anything."),
    build: s
      .block({ path: s.string().required().requiredBy("decode").doc("Path.") })
      .single()
      .doc("Build."),
    disk: s
      .block({ size: s.int().default(10).doc("Size."), tags: s.list(s.string()).doc("Tags.") })
      .list()
      .doc("Disks."),
    filter: s
      .block({ value: s.string().doc("Value.") })
      .map("name")
      .doc("Filters."),
  },
  rules: [],
  output: {},
  examples: [],
});

const schema = component.body;

interface Decoded {
  readonly decoded: DecodedBody;
  readonly bag: DiagnosticBag;
  readonly text: string;
}

function bodyOf(text: string, bag: DiagnosticBag): Body {
  if (text.trimStart().startsWith("{")) return jsonBody(parseJson(new SourceText("t.json", text), bag.report));
  const source = new SourceText("t.hcl", text);
  return nativeBody(parse(source, bag.report).body, source);
}

function decode(text: string, variables: Readonly<Record<string, Value>> = {}): Decoded {
  const bag = new DiagnosticBag();
  const scope = createScope(variables, doubleFunctions);
  const body = expandDynamicBlocks(bodyOf(text, bag), scope);
  return { decoded: decodeBody(body, schema, scope, bag.report), bag, text };
}

/** `code «text»` of every diagnostic, with the text that its span covers. */
function found({ bag, text }: Pick<Decoded, "bag" | "text">): readonly string[] {
  return bag.items.map(({ code, primary }) => `${code} «${text.slice(primary?.start, primary?.end)}»`);
}

function jsonOf(decoded: DecodedBody): unknown {
  const json = toJson(valueOfBody(decoded, schema));
  return JSON.parse(json as string);
}

describe("decoding a body", () => {
  test("one element where a list is wanted gets its brackets", () => {
    const { bag } = decode(`image = "x"\nports = [{ host = 1, guest = 2 }]\ndisk {\n  tags = "a"\n}\nvolumes = "b"\n`);
    expect(bag.items.map(({ code, detail }) => `${code} ${detail ?? ""}`)).toEqual([
      "eval/unsuitable-value Map of string required, but have string.",
      "eval/unsuitable-value List of string required, but have string. Write a list of one element in brackets: tags = [ … ]",
    ]);
  });

  test("attributes are converted, defaults filled in, blocks collected", () => {
    const { decoded, bag } = decode(`
      image   = "debian"
      count   = "3"
      volumes = { "/a" = "b" }
      ports   = [{ host = 1, guest = "2" }]
      build { path = "x" }
      disk { size = 5 }
      disk { tags = ["a"] }
      filter "one" { value = 1 }
    `);
    expect(bag.items).toEqual([]);
    expect(jsonOf(decoded)).toEqual({
      image: "debian",
      pull: true,
      count: 3,
      volumes: { "/a": "b" },
      ports: [{ host: 1, guest: 2 }],
      password: null,
      extra: null,
      build: { path: "x" },
      disk: [
        { size: 5, tags: null },
        { size: 10, tags: ["a"] },
      ],
      filter: { one: { value: "1" } },
    });
    expect([...decoded.attributes.keys()]).toEqual(["image", "count", "volumes", "ports"]);
  });

  test("the JSON syntax gives the same", () => {
    const { decoded, bag } = decode(
      '{"image": "a-${x}", "disk": [{"size": 1}, {}], "filter": {"f": {"value": "v"}}, "build": {"path": "p"}}',
      {
        x: stringValue("b"),
      },
    );
    expect(bag.items).toEqual([]);
    expect(jsonOf(decoded)).toMatchObject({
      image: "a-b",
      disk: [{ size: 1 }, { size: 10 }],
      filter: { f: { value: "v" } },
      build: { path: "p" },
    });
  });

  test("mistakes point at the part at fault, and the rest is decoded", () => {
    const outcome = decode(
      'image = ["x"]\nports = [{ host = 1, guest = "two" }, { host = 2, guest = 3 }]\nimgae = 1\ncount = 4\n',
    );
    expect(found(outcome).toSorted()).toEqual([
      'eval/unsuitable-value «"two"»',
      'eval/unsuitable-value «["x"]»',
      "schema/unsupported-attribute «imgae»",
    ]);
    const { attributes } = outcome.decoded;
    expect(displayValue(attributes.get("count")?.value as Value, { maxLength: 20 })).toBe("4");
    expect(attributes.get("image")?.value.type.kind).toBe("string");
  });

  test("a part that is not written out is named by its path", () => {
    const { bag } = decode('image = "x"\nports = p\n', {
      p: tupleValue([objectValue({ host: stringValue("x"), guest: stringValue("1") })]),
    });
    expect(bag.items[0]?.detail).toContain("The fault is at ports[0].host.");
  });

  test("required attributes of decode and of prepare", () => {
    expect(found(decode("build {}\n"))).toEqual(["schema/missing-attribute «»", "schema/missing-attribute «build»"]);
  });

  test("a second single block and a label used twice are reported", () => {
    const text = 'image = "x"\nbuild { path = "a" }\nbuild { path = "b" }\nfilter "f" {}\nfilter "f" {}\n';
    const outcome = decode(text);
    expect(found(outcome)).toEqual(["eval/duplicate-block «build»", 'eval/duplicate-block-key «"f"»']);
    const starts = outcome.bag.items.map(({ primary, related }) => [related?.[0]?.span.start, primary?.start]);
    expect(starts).toEqual([
      [text.indexOf("build"), text.lastIndexOf("build")],
      [text.indexOf("filter"), text.lastIndexOf('"f"')],
    ]);
    expect(outcome.decoded.blocks.get("build")).toHaveLength(1);
  });

  test("unknown and sensitive values leave residuals, by JSON pointer", () => {
    const { decoded, bag, text } = decode(
      'image = "img-${x}"\nvolumes = { a = s, b = "c" }\ndisk { tags = ["k", x] }\npassword = "literal"\ncount = 1 + 1\n',
      { x: unknownValue(stringType), s: markValue(stringValue("secret"), "sensitive") },
    );
    expect(bag.items).toEqual([]);
    expect([...residualsOfBody(decoded, schema).keys()].toSorted()).toEqual(["/disk/0/tags", "/image", "/volumes"]);
    expect(JSON.stringify([...residualsOfBody(decoded, schema)])).not.toContain('"secret"');
    const password = decoded.attributes.get("password");
    expect(containsMark(password?.value as Value, "sensitive")).toBe(true);
    expect(password?.residual).toBeUndefined();
    const span = spansOfBody(decoded, schema).get("/disk/0/tags/1");
    expect(text.slice(span?.start, (span?.end ?? 0) + 1)).toBe("x]");
  });

  test("fits the schema package's checks", () => {
    const outcome = decode('image = ""\n');
    checkConfig(component, outcome.decoded, outcome.bag.report);
    expect(found(outcome)).toEqual(['schema/missing-option «""»']);
  });
});

describe("dynamic blocks", () => {
  const names = tupleValue([stringValue("a"), stringValue("b")]);

  test("one block for each element, with key, value and labels", () => {
    const { decoded, bag } = decode(
      `image = "x"
       dynamic "filter" {
         for_each = l
         iterator = it
         labels   = ["f-\${it.key}"]
         content { value = upper(it.value) }
       }
       dynamic "disk" {
         for_each = { x = 1, y = 2 }
         content {
           size = disk.value
           tags = [disk.key]
         }
       }`,
      { l: names },
    );
    expect(bag.items).toEqual([]);
    expect(jsonOf(decoded)).toMatchObject({
      filter: { "f-0": { value: "A" }, "f-1": { value: "B" } },
      disk: [
        { size: 1, tags: ["x"] },
        { size: 2, tags: ["y"] },
      ],
    });
  });

  test("written and produced blocks keep their order", () => {
    const { decoded } = decode(
      'image = "x"\ndisk { size = 1 }\ndynamic "disk" {\n for_each = [2, 3]\n content { size = disk.value }\n}\ndisk { size = 4 }\n',
    );
    expect((jsonOf(decoded) as { disk: { size: number }[] }).disk.map(({ size }) => size)).toEqual([1, 2, 3, 4]);
  });

  test("an unknown for_each gives one deferred block that is still checked", () => {
    const outcome = decode(
      'image = "x"\ndynamic "disk" {\n for_each = u\n content {\n size = disk.value\n sizee = 1\n }\n}\n',
      { u: dynamicUnknown },
    );
    expect(found(outcome)).toEqual(["schema/unsupported-attribute «sizee»"]);
    const [block] = outcome.decoded.blocks.get("disk") ?? [];
    expect(block?.isDeferred).toBe(true);
    expect(isWhollyKnown(valueOfBody(outcome.decoded, schema))).toBe(false);
  });

  test("an element that is unknown leaves a residual on the collection", () => {
    const { decoded, bag } = decode(
      'image = "x"\ndynamic "disk" {\n for_each = [u]\n content { tags = [disk.value] }\n}\n',
      {
        u: unknownValue(stringType),
      },
    );
    expect(bag.items).toEqual([]);
    const residual = decoded.blocks.get("disk")?.[0]?.attributes.get("tags")?.residual;
    if (residual === undefined) throw new Error("there is no residual");
    const later = evaluate(residual, createScope({ u: stringValue("now") }), bag.report);
    expect(displayValue(later, { maxLength: 40 })).toBe('["now"]');
  });

  test("for_each takes a set by its elements, and labels may come from a list", () => {
    const outcome = decode(
      'image = "x"\ndynamic "filter" {\n for_each = convert(["b", "a"], set(string))\n labels = l\n content { value = filter.key }\n}\n',
      { l: listValue(stringType, [stringValue("same")]) },
    );
    expect(found(outcome)).toEqual(["eval/duplicate-block-key «l»"]);
    expect(jsonOf(outcome.decoded)).toMatchObject({ filter: { same: { value: "a" } } });
  });

  test.each([
    ["for_each = 5", "eval/dynamic-for-each «5»"],
    ["for_each = null", "eval/dynamic-for-each «null»"],
    ["for_each = []\n iterator = a.b", "eval/dynamic-iterator «a.b»"],
    ['for_each = [1]\n labels = ["x"]', 'eval/dynamic-label «["x"]»'],
  ])("%s", (attributes, expected) => {
    const bag = new DiagnosticBag();
    const text = `dynamic "d" {\n ${attributes}\n content {}\n}\n`;
    const body = expandDynamicBlocks(bodyOf(text, bag), createScope({}));
    body.content({ attributes: [], blocks: [{ type: "d" }] }, bag.report);
    expect(found({ bag, text })).toEqual([expected]);
  });

  test("content must be there exactly once; unknown types are reported at the label", () => {
    const text = 'image = "x"\ndynamic "disk" {\n for_each = []\n}\ndynamic "dsk" {\n for_each = []\n content {}\n}\n';
    expect(found(decode(text))).toEqual(['eval/dynamic-content «dynamic "disk"»', 'schema/unsupported-block «"dsk"»']);
  });

  test("labels must not be sensitive; unknown ones stand as a placeholder", () => {
    const text = 'image = "x"\ndynamic "filter" {\n for_each = [1]\n labels = [v]\n content {}\n}\n';
    expect(found(decode(text, { v: markValue(stringValue("x"), "sensitive") }))).toEqual(["eval/dynamic-label «v»"]);
    const { decoded } = decode(text, { v: unknownValue(stringType) });
    expect(decoded.blocks.get("filter")?.[0]?.labels).toEqual([unknownLabel]);
  });

  test("nested dynamic blocks see the iterators around them, and partial reads keep what is left", () => {
    const bag = new DiagnosticBag();
    const scope = createScope({ m: objectValue({ x: names }) });
    const text =
      'dynamic "a" {\n for_each = m\n content {\n  dynamic "b" {\n   for_each = a.value\n   content { v = "${a.key}-${b.value}" }\n  }\n }\n}\n';
    const body = expandDynamicBlocks(bodyOf(text, bag), scope);
    const first = body.partialContent({ attributes: [], blocks: [{ type: "other" }] }, bag.report);
    expect(first.content.blocks).toEqual([]);
    const [outer] = first.remain.content({ attributes: [], blocks: [{ type: "a" }] }, bag.report).blocks;
    const inner = outer?.body.content({ attributes: [], blocks: [{ type: "b" }] }, bag.report).blocks ?? [];
    const values = inner.map((block) => {
      const attribute = block.body.content({ attributes: [{ name: "v" }], blocks: [] }, bag.report).attributes.get("v");
      if (attribute === undefined) throw new Error("v is missing");
      return displayValue(
        evaluate(
          { kind: "input", root: "b", steps: [{ kind: "attr", name: "value" }] },
          scopeOfBody(block.body, scope),
          bag.report,
        ),
        { maxLength: 20 },
      );
    });
    expect(bag.items).toEqual([]);
    expect(values).toEqual(['"a"', '"b"']);
  });
});

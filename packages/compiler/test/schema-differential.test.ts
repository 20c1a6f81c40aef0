import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { createScope, decodeBody, type DecodedBody } from "@hclbuild/eval";
import {
  checkConfig,
  toDocumentSchema,
  toJsonSchema,
  toVariableFileSchema,
  type BlockSchema,
  type ComponentSchema,
  type JsonValue,
} from "@hclbuild/schema";
import { checkJsonSchema, createValidator, type DocumentValidator } from "@hclbuild/schema/ajv";
import { jsonBody, parseJson } from "@hclbuild/syntax";
import {
  isNull,
  listOf,
  numberType,
  objectOf,
  stringType,
  toJson,
  tupleOf,
  unmarkDeep,
  type Value,
} from "@hclbuild/value";
import { coreSchemas, registry } from "./registry.js";
import { configurations } from "./schema-configurations.js";

const components = [...coreSchemas, ...registry.plugins.flatMap((plugin) => plugin.components)];
const runs = Number(process.env["HCLBUILD_RUNS"] ?? 1000);

interface Decoded {
  readonly body: DecodedBody;
  /** Codes of errors about types and names, found while decoding. */
  readonly decodeErrors: readonly string[];
  /** Codes of errors about required options, choices, ranges and declared rules. */
  readonly checkErrors: readonly string[];
}

/** What the command line does with a component's body, custom rules apart: JSON Schema cannot say them. */
function decode(component: ComponentSchema, config: JsonValue): Decoded {
  const source = new SourceText("config.pkr.json", JSON.stringify(config));
  const decoding = new DiagnosticBag();
  const body = decodeBody(
    jsonBody(parseJson(source, decoding.report)),
    component.body,
    createScope({}),
    decoding.report,
  );
  const checking = new DiagnosticBag();
  const declared = { ...component, rules: component.rules.filter((rule) => rule.kind !== "custom") };
  checkConfig(declared, body, checking.report);
  const codes = (bag: DiagnosticBag): readonly string[] =>
    bag.items.filter((item) => item.severity === "error").map((item) => item.code);
  return { body, decodeErrors: codes(decoding), checkErrors: codes(checking) };
}

/** The evaluated configuration as a document. */
function documentOf(decoded: DecodedBody, schema: BlockSchema): JsonValue {
  const document: Record<string, JsonValue> = {};
  for (const [name, { value }] of decoded.attributes) if (!isNull(value)) document[name] = jsonOf(value);
  for (const [name, nested] of Object.entries(schema.blocks)) {
    const blocks = decoded.blocks.get(name) ?? [];
    const documents = blocks.map((block) => documentOf(block, nested.body));
    if (documents.length > 0) document[name] = nested.nesting === "single" ? (documents[0] as JsonValue) : documents;
  }
  return document;
}

function jsonOf(value: Value): JsonValue {
  return JSON.parse(toJson(unmarkDeep(value).value) as string) as JsonValue;
}

function validators(form: "strict" | "authoring"): (component: ComponentSchema) => DocumentValidator {
  const compiled = new Map<ComponentSchema, DocumentValidator>();
  return (component) => {
    const known = compiled.get(component) ?? createValidator(toJsonSchema(component, form));
    compiled.set(component, known);
    return known;
  };
}

const strict = validators("strict");
const authoring = validators("authoring");

describe("schemas and the decoder", () => {
  it(`agree on ${runs} configurations`, { timeout: 600_000 }, () => {
    const seen = { accepted: 0, refusedByTypes: 0, refusedByChecks: 0 };
    fc.assert(
      fc.property(configurations(components), ({ index, config }) => {
        const component = components[index] as ComponentSchema;
        const { body, decodeErrors, checkErrors } = decode(component, config);
        if (decodeErrors.length === 0) {
          const mismatches = strict(component)(documentOf(body, component.body));
          expect(mismatches.length === 0, `${checkErrors.join(", ")} / ${JSON.stringify(mismatches)}`).toBe(
            checkErrors.length === 0,
          );
          if (checkErrors.length > 0) seen.refusedByChecks++;
          else {
            expect(authoring(component)(config), "authoring accepts what is right").toEqual([]);
            seen.accepted++;
          }
        } else {
          expect(strict(component)(config), decodeErrors.join(", ")).not.toEqual([]);
          seen.refusedByTypes++;
        }
      }),
      { numRuns: runs },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs / 20);
  });
});

describe("emitted schemas", () => {
  it.each(components.map((component) => [`${component.kind} ${component.name}`, component] as const))(
    "%s fits the meta-schema in both forms",
    (_, component) => {
      expect(checkJsonSchema(toJsonSchema(component, "strict"))).toEqual([]);
      expect(checkJsonSchema(toJsonSchema(component, "authoring"))).toEqual([]);
    },
  );

  it("describe whole templates", () => {
    const schema = toDocumentSchema(registry);
    expect(checkJsonSchema(schema)).toEqual([]);
    const validate = createValidator(schema);
    const template: JsonValue = {
      "//": "a remark",
      packer: { required_plugins: { docker: { source: "github.com/hashicorp/docker", version: ">= 1.0.0" } } },
      variable: { image: { type: "string", default: "alpine" }, tags: [{ type: "list(string)" }] },
      locals: { name: "x-${var.image}" },
      data: { http: { keys: { url: "https://example.org" } } },
      source: {
        docker: { base: { image: "${var.image}", commit: true } },
        "other-plugin": { x: { any: { thing: 1 } } },
      },
      build: [
        {
          sources: ["source.docker.base"],
          provisioner: [
            { shell: { inline: ["true"], only: ["docker.base"] } },
            { "shell-local": [{ inline: ["true"] }] },
          ],
          "post-processors": [{ "post-processor": [{ manifest: {} }, { checksum: { checksum_types: ["md5"] } }] }],
        },
      ],
    };
    expect(validate(template)).toEqual([]);
    expect(validate({ ...template, sourc: {} }).length).toBeGreaterThan(0);
    expect(validate({ source: { docker: { base: { imag: "x" } } } }).length).toBeGreaterThan(0);
    expect(validate({ build: { provisioner: { shell: { inline: { a: 1 } } } } }).length).toBeGreaterThan(0);
  });

  it("describe the variable files of a template", () => {
    const schema = toVariableFileSchema([
      { name: "image", type: stringType, description: "Image to start from.", sensitive: false, default: "alpine" },
      { name: "sizes", type: listOf(numberType), sensitive: false },
      { name: "password", type: stringType, sensitive: true, default: "never shown" },
      {
        name: "disk",
        type: objectOf({ name: stringType, size: numberType }, new Set(["size"])),
        sensitive: false,
      },
      { name: "pair", type: tupleOf([stringType, numberType]), sensitive: false },
    ]);
    expect(checkJsonSchema(schema)).toEqual([]);
    expect(JSON.stringify(schema)).not.toContain("never shown");
    const validate = createValidator(schema);
    expect(validate({ image: "x", sizes: [1, 2] })).toEqual([]);
    expect(validate({ imag: "x" }).length).toBe(1);
    expect(validate({ sizes: [{}] }).length).toBe(1);
    // As cty converts: what is missing or too much in a tuple is an error, further attributes of an object are not.
    expect(validate({ disk: { name: "root", more: 1 }, pair: ["a", "1"] })).toEqual([]);
    expect(validate({ disk: { size: 1 } }).length).toBe(1);
    expect(validate({ pair: ["a"] }).length).toBe(1);
    expect(validate({ pair: ["a", 1, 2] }).length).toBe(1);
  });
});

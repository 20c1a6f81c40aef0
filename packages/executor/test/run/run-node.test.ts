import { createScope } from "@hclbuild/eval";
import { defineComponent, s } from "@hclbuild/schema";
import { BuildError } from "@hclbuild/sdk";
import { markValue, numberValue, objectValue, stringValue } from "@hclbuild/value";
import { describe, expect, it } from "vitest";
import { ConfigurationError, resolveConfig, type ConfigSources } from "../../src/run/run-node.js";

const schema = defineComponent({
  kind: "builder",
  name: "x",
  since: "0.1.0",
  summary: "Everything.",
  body: {
    text: s.string(),
    raw: s.string().noInterpolation(),
    count: s.int().min(1).max(9),
    on: s.bool().default(true),
    list: s.list(s.string()),
    map: s.map(s.string()),
    wait: s.duration(),
    kinds: s.list(s.string().enum(["a", "rendered"])),
    pass: s.string().sensitive(),
    one: s.block({ a: s.string(), b: s.int().default(7) }).single(),
    many: s.block({ a: s.string().required() }).list(),
    named: s.block({ a: s.string() }).map("key"),
  },
});

function resolve(config: Parameters<typeof resolveConfig>[0]["config"], more: Partial<ConfigSources> = {}) {
  const secrets: string[] = [];
  const inputs = objectValue(
    new Map([
      ["secret", markValue(stringValue("hidden-text"), "sensitive")],
      ["number", numberValue(3)],
    ]),
  );
  const sources: ConfigSources = {
    scope: createScope({ var: inputs }),
    spans: { n: { "": ["a.hcl", 0, 9], "/count": ["a.hcl", 4, 5] } },
    render: (text) => text.replace("{{x}}", "rendered"),
    addSecrets: (more) => secrets.push(...more),
    ...more,
  };
  return { ...resolveConfig({ id: "n", schema, config }, sources), secrets: [...new Set(secrets)] };
}

const findings = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationError)
      return error.diagnostics.map(({ code, primary }) => [code, primary?.start]);
    throw error;
  }
  return [];
};

describe("a configuration at run time", () => {
  it("has its types, defaults and rendered texts, and nothing for what is absent", () => {
    const { config } = resolve({
      text: "a {{x}}",
      raw: "{{x}}",
      count: "3",
      list: ["{{x}}", 1],
      map: { k: true },
      one: { a: "{{x}}" },
      many: [{ a: "1" }, { a: 2 }],
      named: { first: { a: "f" } },
    });
    expect(config).toEqual({
      text: "a rendered",
      raw: "{{x}}",
      count: 3,
      on: true,
      list: ["rendered", "1"],
      map: { k: "true" },
      one: { a: "rendered", b: 7 },
      many: [{ a: "1" }, { a: "2" }],
      named: { first: { a: "f" } },
    });
    expect(resolve({ text: null }).config).toEqual({ on: true, many: [], named: {} });
  });

  it("tells all secrets: marked values, what was made of them, and sensitive options", () => {
    const { config, secrets } = resolve({
      text: { $tmpl: ["with ", { $input: "var.secret" }] },
      pass: "open-password",
      one: { a: { $input: "var.secret" } },
    });
    expect(config["text"]).toBe("with hidden-text");
    expect(secrets.toSorted()).toEqual(["hidden-text", "open-password", "with hidden-text"]);
  });

  it("is refused with places when values do not fit", () => {
    expect(findings(() => resolve({ count: { $tmpl: ["x", { $input: "var.number" }] } }))).toEqual([
      ["execute/wrong-type", 4],
    ]);
    expect(findings(() => resolve({ count: { $binary: ["*", { $input: "var.number" }, 10] } }))).toEqual([
      ["schema/out-of-range", 4],
    ]);
    expect(findings(() => resolve({ many: [{}] }))).toEqual([["schema/missing-option", 0]]);
    expect(findings(() => resolve({ text: { $out: "other", path: ["x"] } }))).toEqual([["execute/unknown-option", 0]]);
    expect(findings(() => resolve({ text: { $input: "var.nothing" } }))).toMatchObject([
      [expect.stringMatching(/^eval\//), undefined],
    ]);
  });

  it("is checked again once it is rendered", () => {
    expect(resolve({ kinds: ["{{x}}", "a"] }).config["kinds"]).toEqual(["rendered", "a"]);
    expect(findings(() => resolve({ wait: "{{x}}" }))).toEqual([["schema/invalid-duration", 0]]);
    expect(findings(() => resolve({ kinds: ["a{{x}}"] }))).toEqual([["schema/invalid-choice", 0]]);
  });

  it("tells where a Go template cannot be rendered", () => {
    const render = (): string => {
      throw new BuildError("bad template", { code: "gotemplate/unexpected" });
    };
    expect(findings(() => resolve({ text: "{{" }, { render }))).toEqual([["gotemplate/unexpected", 0]]);
  });
});

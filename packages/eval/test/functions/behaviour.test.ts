import { constants, generateKeyPairSync, publicEncrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { asText, isKnown, refinementOf, stringType, stringValue, unknownValue, unmarkDeep } from "@hclbuild/value";
import bcryptjs from "bcryptjs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  functionNames,
  functionsBeyondPacker,
  functionTable,
  variableDefaultTable,
} from "../../src/functions/index.js";
import { evaluatePartially, createScope } from "../../src/index.js";
import { DiagnosticBag } from "@hclbuild/diagnostics";
import { exprOf, run } from "../helpers.js";
import { createMemoryHost } from "./memory-host.js";

const table = functionTable(createMemoryHost());

function evaluate(text: string, variables: Parameters<typeof run>[1] extends infer O ? O : never = {}): string {
  const { value, diagnostics } = run(text, { functions: table, ...(variables as object) });
  if (diagnostics.length > 0) return diagnostics.map(({ code, detail }) => `${code}: ${detail ?? ""}`).join("; ");
  return asText(unmarkDeep(value).value);
}

describe("messages", () => {
  it.each([
    ["uuidv4(1)", 'The function "uuidv4" takes no arguments.'],
    ["upper(1, 2)", 'The function "upper" takes only 1 argument.'],
    ['formatlist("%s%s", ["a", "b"], ["c"])', "It has 1 element, but a list before it has 2."],
    ['csvdecode("a,b\\n1")', "It is not valid CSV: line 2: it has 1 field instead of 2."],
    ['cidrsubnet("10.0.0.0/31", 2, 0)', "The prefix can be extended by at most 1 bit."],
  ])("count in good English: %s", (expr, expected) => {
    const { diagnostics } = run(expr, { functions: table });
    expect(diagnostics.map(({ message, detail }) => `${message} ${detail ?? ""}`).join("\n")).toContain(expected);
  });

  it("suggest no function that has little in common with what was written", () => {
    expect(run("nope(1)", { functions: table }).diagnostics.map(({ detail }) => detail)).toEqual([undefined]);
    expect(evaluate("ones([1])")).toContain('Did you mean "one"?');
  });
});

describe("functions that Packer lacks", () => {
  const compatibility = readFileSync(resolve(import.meta.dirname, "../../../../docs/compatibility.md"), "utf8");

  it("exist, and the list of differences names all of them", () => {
    const row =
      compatibility.split("\n").find((line) => line.startsWith("| Functions that Packer does not have |")) ?? "";
    const named = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name as string);
    expect(named.toSorted()).toEqual([...functionsBeyondPacker].toSorted());
    expect(functionNames).toEqual(expect.arrayContaining(named));
  });
});

describe("rsadecrypt", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ciphertext = publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from("secret"),
  ).toString("base64");
  const variables = (key: string): object => ({ variables: { c: stringValue(ciphertext), k: stringValue(key) } });

  it.each(["pkcs1", "pkcs8"] as const)("takes keys in %s", (type) => {
    expect(
      evaluate("rsadecrypt(c, k)", variables(privateKey.export({ type, format: "pem" }).toString()) as never),
    ).toBe("secret");
  });

  it("refuses other keys", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    expect(evaluate("rsadecrypt(c, k)", variables(other.toString()) as never)).toContain("type ec, not RSA");
    const another = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    expect(evaluate("rsadecrypt(c, k)", variables(another.toString()) as never)).toContain("cannot be decrypted");
  });
});

describe("bcrypt and base64gzip", () => {
  it("make what others can read", () => {
    expect(bcryptjs.compareSync("hello", evaluate('bcrypt("hello", 5)'))).toBe(true);
    const long = "text ".repeat(5000);
    const packed = Buffer.from(evaluate("base64gzip(t)", { variables: { t: stringValue(long) } } as never), "base64");
    expect(gunzipSync(packed).toString()).toBe(long);
  });
});

describe("where functions may be called", () => {
  it("lets only env be called in the default of a variable", () => {
    const functions = variableDefaultTable(createMemoryHost());
    expect(run('env("HOME")', { functions }).value).toEqual(stringValue("/home/user"));
    const { diagnostics } = run('upper("a")', { functions });
    expect(diagnostics.map(({ code, detail }) => [code, detail?.includes('only "env"')])).toEqual([
      ["eval/unknown-function", true],
    ]);
  });

  it("says where the environment can be read, and what other tools' names are", () => {
    expect(evaluate('env("HOME")')).toContain("only in the default of a variable");
    expect(evaluate("uuid()")).toContain('"uuidv4"');
  });

  it("keeps volatile and effectful calls in residuals", () => {
    for (const text of [
      "timestamp()",
      "uuidv4()",
      'bcrypt("a")',
      'vault("a", "b")',
      'consul_key("a")',
      "legacy_isotime()",
    ]) {
      const bag = new DiagnosticBag();
      const { value, residual } = evaluatePartially(exprOf(text), createScope({}, table), bag.report);
      expect({ text, errors: bag.items, isKnown: isKnown(value), kind: residual?.kind }).toEqual({
        text,
        errors: [],
        isKnown: false,
        kind: "call",
      });
    }
  });
});

describe("patterns", () => {
  it.each(['regex("(?P<a>x)(?P<a>y)", "xy")', 'regexall("(?P<a>x)|(?P<a>y)", "xy")'])(
    "refuse two groups of one name, as RE2 does: %s",
    (text) => expect(evaluate(text)).toMatch(/^eval\/invalid-argument: .*duplicate/),
  );
});

describe("unknown texts", () => {
  it("tell what their beginning decides", () => {
    const u = unknownValue(stringType, { notNull: true, stringPrefix: "ami-" });
    const ask = (text: string): unknown => run(text, { functions: table, variables: { u } }).value.representation;
    expect(ask('startswith(u, "ami")')).toBe(true);
    expect(ask('startswith(u, "x")')).toBe(false);
    expect(ask('strcontains(u, "mi")')).toBe(true);
    const { value } = run('format("a-%s", u)', { functions: table, variables: { u } });
    expect(refinementOf(value).stringPrefix).toBe("a-");
  });
});

describe("hostile input", () => {
  it.each([
    'regex("(a*)*b", "%A%")',
    'regex("(a|a)*$", "%A%b")',
    'regexall("(x+x+)+y", "%X%")',
    'format("%999999999s", "a")',
    'indent(999999999, "a\\nb")',
    "setproduct(range(1000), range(1000), range(1000))",
    'bcrypt("a", 31)',
    'base64gunzip("x")',
    "pow(10, 1e9)",
    'yamldecode("%Y%")',
    'formatlist("%s", [for i in range(1000): "%A%"])',
    'replace("%A%", "", "%A%")',
    'regex_replace("%A%", "a", "%A%%A%")',
    'parseint("1%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%%A%", 36)',
    'basename("%S%x")',
    'jsondecode("%J%")',
  ])("%s is bounded", (template) => {
    const text = template
      .replaceAll("%A%", "a".repeat(20_000))
      .replaceAll("%S%", "/".repeat(500_000))
      .replaceAll("%X%", "x".repeat(20_000))
      .replaceAll("%J%", "[".repeat(20_000))
      .replaceAll(
        "%Y%",
        "a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\\ng: [*f,*f,*f,*f,*f,*f,*f,*f]",
      );
    // What takes too long fails by the runner's own limit.
    expect(() => run(text, { functions: table })).not.toThrow();
  });
});

describe("laws", () => {
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "grapheme" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme", maxLength: 8 }), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const hcl = (data: unknown): string => JSON.stringify(data).replaceAll("${", "$${").replaceAll("%{", "%%{");
  const same = (text: string): boolean => {
    const { value: result, diagnostics } = run(text, { functions: table });
    return diagnostics.length === 0 && result.representation === true;
  };

  it("decode what they encode", () => {
    fc.assert(
      fc.property(value, (data) =>
        same(
          `jsondecode(jsonencode(jsondecode(${JSON.stringify(JSON.stringify(data)).replaceAll("${", "$${").replaceAll("%{", "%%{")}))) == jsondecode(${JSON.stringify(JSON.stringify(data)).replaceAll("${", "$${").replaceAll("%{", "%%{")})`,
        ),
      ),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(value, (data) =>
        same(
          `yamldecode(yamlencode(jsondecode(${hcl(JSON.stringify(data))}))) == jsondecode(${hcl(JSON.stringify(data))})`,
        ),
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) =>
        same(
          `base64decode(base64encode(${hcl(text)})) == ${hcl(text)} && urldecode(urlencode(${hcl(text)})) == ${hcl(text)} && base64gunzip(base64gzip(${hcl(text)})) == ${hcl(text)}`,
        ),
      ),
      { numRuns: 300 },
    );
  });

  it("split and join, reverse and sort", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const list = hcl(texts.map((text) => text.replaceAll(",", "")));
        return (
          same(`${list} == [] || split(",", join(",", ${list})) == tolist(${list})`) &&
          same(`reverse(reverse(${list})) == ${list} && sort(reverse(${list})) == sort(${list})`)
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("templatefile", () => {
  it("counts the file's work with that of the caller", () => {
    const files = {
      "/template/loop.tmpl": "%{ for i in range(1000) }%{ for j in range(1000) }${i}${j}%{ endfor }%{ endfor }",
    };
    const functions = functionTable(createMemoryHost(files));
    const { diagnostics } = run('[for i in range(100): templatefile("loop.tmpl", {})]', { functions });
    expect(diagnostics.map(({ code }) => code)).toContain("eval/limit-exceeded");
  });
});

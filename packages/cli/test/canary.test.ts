import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderBugReport } from "../src/bug-report.js";
import { hclbuild, makeFolder, type RunResult } from "./run-binary.js";

/** A secret for each way by which one comes in: long enough to be masked, and changed by every encoding. */
const secrets = {
  flag: `flag "S3cret"/<&+ %é`,
  environment: `env's S3cret?&=<x>/ü`,
  file: `file~S3cret+{"a":1}`,
  automatic: `auto S3cret #\\ tail`,
  default: "default-S3cret/and=more",
  local: "local.S3cret~<tag>&rest",
  object: "inside+an/object S3cret",
  option: "option S3cret:ssh_password",
  number: "471108154711",
  lines: "first S3cret line\nsecond S3cret line",
} as const;

/** What functions make of a secret is another secret. */
const derived = [
  secrets.default.replaceAll("-", "_"),
  secrets.flag.toUpperCase(),
  Buffer.from(secrets.flag).toString("base64"),
  Buffer.from(secrets.environment).toString("base64"),
];

/** Prints what it finds in its environment in every form in which programs show such things. */
const leak = `
const show = (text) => process.stdout.write(text + "\\n");
for (const [name, value] of Object.entries(process.env)) {
  if (!name.startsWith("LEAK_")) continue;
  show(name + "=" + value);
  process.stderr.write(value + "\\n");
  show(JSON.stringify({ value }));
  show("https://example.test/?q=" + encodeURIComponent(value) + "&r=" + new URLSearchParams({ value }));
  for (const before of ["", "u", "u:", "a:b"]) {
    show(Buffer.from(before + value).toString("base64"));
    show(Buffer.from(before + value + "tail").toString("base64url"));
  }
}
// In two pieces, as a slow program writes it.
process.stdout.write(process.env.LEAK_FLAG.slice(0, 9));
setTimeout(() => process.stdout.write(process.env.LEAK_FLAG.slice(9) + "\\n"), 400);
`;

const template = `
variable "flag" {
  type      = string
  sensitive = true
}
variable "environment" {
  type      = string
  sensitive = true
}
variable "file" {
  type      = string
  sensitive = true
}
variable "automatic" {
  type      = string
  sensitive = true
}
variable "default" {
  type      = string
  default   = ${JSON.stringify(secrets.default)}
  sensitive = true
}
variable "object" {
  type      = object({ inner = list(string) })
  default   = { inner = [${JSON.stringify(secrets.object)}] }
  sensitive = true
}
variable "number" {
  type      = number
  default   = ${secrets.number}
  sensitive = true
}
variable "lines" {
  type      = string
  default   = ${JSON.stringify(secrets.lines)}
  sensitive = true
}
local "secret" {
  expression = ${JSON.stringify(secrets.local)}
  sensitive  = true
}
locals {
  shout = upper(var.flag)
  all   = jsonencode({ a = var.flag, b = local.secret, c = var.object })
}

source "null" "x" {
  communicator = "none"
  ssh_password = ${JSON.stringify(secrets.option)}
  ssh_username = var.default
}

build {
  name    = "canary"
  sources = ["source.null.x"]

  provisioner "shell-local" {
    environment_vars = [
      "LEAK_FLAG=\${var.flag}",
      "LEAK_ENVIRONMENT=\${var.environment}",
      "LEAK_FILE=\${var.file}",
      "LEAK_AUTOMATIC=\${var.automatic}",
      "LEAK_DEFAULT=\${var.default}",
      "LEAK_LOCAL=\${local.secret}",
      "LEAK_OBJECT=\${var.object.inner[0]}",
      "LEAK_NUMBER=\${var.number}",
      "LEAK_LINES=\${var.lines}",
      "LEAK_OPTION=\${build.User}",
      "LEAK_SHOUT=\${local.shout}",
      "LEAK_JSON=\${local.all}",
      "LEAK_URL=\${urlencode(var.file)}",
      "LEAK_BASE64=\${base64encode(var.environment)}",
    ]
    inline = ["NODE leak.cjs"]
  }
  provisioner "shell-local" {
    inline = ["echo '\${base64encode(var.flag)} \${local.all} \${urlencode(local.secret)}'"]
  }
  post-processor "manifest" {
    custom_data = { owner = "nobody" }
  }
  error-cleanup-provisioner "shell-local" {
    inline = ["echo '\${local.all}' '\${replace(var.default, "-", "_")}'"]
  }
  provisioner "shell-local" {
    name             = "fails"
    environment_vars = ["S=\${var.flag}"]
    inline           = ["echo $S >&2; exit EXIT"]
  }
}
`;

/** The forms of a secret that must not be found, made without the code under test. */
function formsOf(secret: string): readonly string[] {
  const forms = new Set<string>();
  for (const text of [secret, ...secret.split("\n")]) {
    forms.add(text);
    forms.add(JSON.stringify(text).slice(1, -1));
    forms.add(encodeURIComponent(text));
    forms.add(encodeURIComponent(text).replaceAll("%20", "+"));
    for (const skipped of [0, 1, 2]) {
      const bytes = Buffer.from(text).subarray(skipped);
      forms.add(bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64"));
    }
  }
  return [...forms].flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

const forbidden = [...Object.values(secrets), ...derived].flatMap((secret) =>
  formsOf(secret).map((form) => ({ secret, form })),
);

function expectClean(name: string, text: string): void {
  const found = forbidden.filter(({ form }) => text.includes(form));
  expect({ name, found }).toEqual({ name, found: [] });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-canary-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Traces extends RunResult {
  /** Everything that the run left in files, by what it is. */
  readonly files: Readonly<Record<string, string>>;
}

function inputs(exit: number): {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
} {
  const cwd = makeFolder({
    "canary.pkr.hcl": template.replace("NODE", process.execPath).replace("EXIT", String(exit)),
    "leak.cjs": leak,
    "x.auto.pkrvars.json": JSON.stringify({ automatic: secrets.automatic }),
    "given.pkrvars.json": JSON.stringify({ file: secrets.file }),
  });
  const env = { PKR_VAR_environment: secrets.environment, HCLBUILD_STATE_DIR: "state", PACKER_LOG_PATH: "packer.log" };
  return { cwd, env, args: [`-var=flag=${secrets.flag}`, "-var-file=given.pkrvars.json"] };
}

function build(exit: number, flags: readonly string[]): Traces {
  const { cwd, args, env } = inputs(exit);
  const all = ["build", ...flags, ...args, "-log-dir=logs", "-report=report.html", "."];
  const result = hclbuild(all, { cwd, env });
  const files: Record<string, string> = { "debug log": readFileSync(join(cwd, "packer.log"), "utf8") };
  for (const path of ["report.html", ...listFiles(cwd, "logs"), ...listFiles(cwd, "state")]) {
    files[path] = readFileSync(join(cwd, path), "utf8");
  }
  return { ...result, files };
}

function listFiles(root: string, below: string): readonly string[] {
  if (!existsSync(join(root, below))) return [];
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}

describe("no sink of a run shows a secret in any form", () => {
  test.each([
    ["human", []],
    ["human with times", ["-timestamp-ui", "-color=true"]],
    ["ndjson", ["-format=ndjson"]],
    ["machine-readable", ["-machine-readable"]],
  ])("%s", (_name, flags) => {
    for (const exit of [0, 7]) {
      const { code, stdout, stderr, files } = build(exit, flags);
      expect(code).toBe(exit === 0 ? 0 : 1);
      // The script did print them, so the test looks at something.
      expect(stdout.match(/<sensitive>/g)?.length).toBeGreaterThan(60);
      expectClean("stdout", stdout);
      expectClean("stderr", stderr);
      expect(Object.keys(files).some((path) => path.endsWith("journal.ndjson"))).toBe(true);
      expect(Object.keys(files)).toContain("logs/canary.null.x.log");
      for (const [path, text] of Object.entries(files)) expectClean(path, text);
    }
  });
});

describe("no other command shows a secret", () => {
  test.each([
    ["validate", []],
    ["validate", ["-format=json"]],
    ["inspect", []],
    ["inspect", ["-format=json"]],
    ["graph", ["-format=text"]],
    ["graph", ["-format=json"]],
    ["graph", ["-format=dot"]],
    ["graph", ["-format=mermaid"]],
  ])("%s %j", (command, flags) => {
    const { cwd, args, env } = inputs(0);
    const { code, stdout, stderr } = hclbuild([command, ...flags, ...args, "."], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expectClean("stdout", stdout);
    const log = readFileSync(join(cwd, "packer.log"), "utf8");
    expect(log).toContain("ends with exit code 0");
    expectClean("debug log", log);
  });

  test("console", () => {
    const { cwd, args, env } = inputs(0);
    const expressions = [
      "var.flag",
      "local.shout",
      "local.all",
      "var.object",
      "[var.number]",
      "{ a = local.secret }",
      "",
    ];
    const { stdout, stderr } = hclbuild(["console", ...args, "."], { cwd, env, input: expressions.join("\n") });
    expect(stdout).toContain("sensitive");
    expectClean("stdout", stdout);
    expectClean("stderr", stderr);
  });

  test("diagnostics about values", () => {
    const { cwd, args, env } = inputs(0);
    const wrong = `
locals {
  broken  = var.flag + 1
  missing = var.object.outer
  index   = var.object.inner[var.flag]
}
variable "checked" {
  type      = string
  default   = ${JSON.stringify(secrets.local)}
  sensitive = true
  validation {
    condition     = length(var.checked) < 3
    error_message = "Too long is \${var.checked}."
  }
}
source "null" "y" {
  communicator = var.flag
  ssh_port     = local.secret
}
build {
  sources = ["source.null.y"]
  provisioner "shell-local" {
    inline           = [var.file[0]]
    valid_exit_codes = [var.automatic]
  }
}
`;
    const path = makeFolder({ "wrong.pkr.hcl": wrong + template.replace("NODE", "node").replace("EXIT", "0") });
    for (const format of ["human", "json", "sarif", "github"]) {
      const files = [`-var-file=${join(cwd, "given.pkrvars.json")}`, `-var-file=${join(cwd, "x.auto.pkrvars.json")}`];
      const result = hclbuild(["validate", `-format=${format}`, args[0] as string, ...files, path], { cwd, env });
      expect(result.code).toBe(1);
      // The template's own text, which excerpts quote, holds the secret of a default.
      expectClean("stdout", result.stdout.replaceAll(JSON.stringify(secrets.local), "").replaceAll(secrets.local, ""));
    }
  });
});

test("a bug report shows no values of the command line", () => {
  const argv = ["build", `-var=flag=${secrets.flag}`, "-var", `file=${secrets.file}`, secrets.default];
  expectClean("bug report", renderBugReport(new Error("broken"), "node", argv));
});

import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../run-binary.js";

const corpus =
  process.env["HCLBUILD_CORPUS"] ?? fileURLToPath(new URL("../../../../../shared/corpus", import.meta.url));
const packer = join(corpus, "packer");
const table = join(packer, "command_cases.jsonl");

/** A test case of Packer's own test suite. */
interface CommandCase {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: readonly string[];
  readonly stdin?: string;
  readonly exit: number;
  readonly stdout?: string;
  readonly stdout_contains?: readonly string[];
  readonly stdout_not_contains?: readonly string[];
  readonly combined_contains?: readonly string[];
  readonly combined_not_contains?: readonly string[];
  readonly expect_files?: readonly string[];
  readonly expect_no_files?: readonly string[];
  readonly expect_content?: Readonly<Record<string, string>>;
}

const commands = ["build", "validate", "inspect", "console"];

/** Legacy JSON templates cannot be read yet; a console without a template is in that mode too. */
function isLegacy({ command, args }: CommandCase): boolean {
  const path = args.at(-1) ?? "";
  if (path.endsWith(".json") && !path.endsWith(".pkr.json")) return true;
  return command === "console" && (args.length === 0 || (path.startsWith("-") && !args.join().includes("hcl2")));
}

/** The cases of these commands; those of `fmt` are run by its own test. */
function readCases(): readonly CommandCase[] {
  if (!existsSync(table)) return [];
  return readFileSync(table, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as CommandCase)
    .filter(({ command }) => commands.includes(command));
}

/** Files that the table says are not made, although Packer itself makes them: checked with Debian's packer. */
const wrongInTable = new Set(["pear.txt", "banana.txt"]);

/** Cases that name something which is not in the corpus: a mock data source, a script. */
const incomplete = ["hcl/datasource.pkr.hcl", "validate/datasource.pkr.hcl", "hcl/reprepare/shell-local.pkr.hcl"];

/**
 * What depends on a data source that has not been read is unknown here, and passes; Packer checks a placeholder and
 * refuses it. See docs/compatibility.md.
 */
const unknownPasses = "validate command/test-fixtures/hcl/local-ds-validate.pkr.hcl";

/** The cases run in the folder `command`; the table's paths begin one folder higher. */
function inCommandFolder(text: string): string {
  return text.replace(/(^|=|\s)(command\/)+/g, "$1");
}

/** What a manifest holds that differs from run to run. */
function normaliseContent(text: string): string {
  return text.replaceAll(/"(packer_run_uuid|last_run_uuid)": "[^"]*"/g, '"$1": ""');
}

const all = readCases();
const usesIncomplete = ({ args }: CommandCase): boolean => incomplete.some((path) => args.at(-1)?.endsWith(path));
const cases = all.filter((item) => !isLegacy(item) && !usesIncomplete(item));
const lineOf = (item: CommandCase): string => `${item.command} ${item.args.join(" ")}`;

describe.skipIf(all.length === 0)("Packer's cases that cannot be followed", () => {
  const legacy = all.filter((item) => isLegacy(item) && item.args.at(-1)?.endsWith(".json") === true);
  test.each(legacy.map((item) => [lineOf(item), item] as const))("%s: a legacy template, and said so", (_, item) => {
    const { code, stdout } = hclbuild([item.command, ...item.args.map(inCommandFolder)], {
      cwd: join(packer, "command"),
      env: { HCLBUILD_STATE_DIR: makeFolder({}) },
    });
    expect(code, stdout).toBe(1);
    expect(stdout).toMatch(/\[load\/(?:legacy-template|not-found|unreadable)\]/);
  });

  const mocks = all.filter((item) => !isLegacy(item) && item.args.at(-1)?.endsWith("datasource.pkr.hcl") === true);
  test.each(mocks.map((item) => [lineOf(item), item] as const))("%s: a data source of Packer's tests", (_, item) => {
    const { code, stdout } = hclbuild([item.command, ...item.args.map(inCommandFolder)], {
      cwd: join(packer, "command"),
      env: { HCLBUILD_STATE_DIR: makeFolder({}) },
    });
    expect(code, stdout).toBe(1);
    expect(stdout).toContain('"mock"');
  });

  test("are few", () => {
    const counts = Object.fromEntries(
      ["build", "validate", "inspect", "console"].map((command) => [
        command,
        all.filter((item) => item.command === command && (isLegacy(item) || usesIncomplete(item))).length,
      ]),
    );
    expect(counts).toEqual({ build: 17, validate: 12, inspect: 1, console: 0 });
  });
});

describe.skipIf(cases.length === 0)("Packer's own test cases", () => {
  test("are there", () => expect(cases.length).toBeGreaterThan(80));

  test.each(cases.map((item) => [`${item.command} ${item.args.join(" ")}`, item] as const))("%s", (_, item) => {
    const folder = makeFolder({});
    cpSync(join(packer, "command"), join(folder, "command"), { recursive: true });
    const cwd = join(folder, "command");
    for (const name of item.expect_no_files ?? []) rmSync(join(cwd, name), { force: true });
    const { code, stdout, stderr } = hclbuild([item.command, ...item.args.map(inCommandFolder)], {
      cwd,
      env: Object.fromEntries((item.env ?? []).map((entry) => entry.split("=", 2) as [string, string])),
      input: item.stdin ?? "",
    });
    expect(code, stdout + stderr).toBe(`${item.command} ${item.args.join(" ")}` === unknownPasses ? 0 : item.exit);
    if (item.stdout !== undefined && ["inspect", "console"].includes(item.command)) {
      expect(stdout).toBe(inCommandFolder(item.stdout));
    }
    // Messages of diagnostics are our own; everything else that a case names must be there.
    const texts = [...(item.stdout_contains ?? []), ...(item.combined_contains ?? [])];
    for (const text of texts.filter((entry) => !/^(Error|Warning): /.test(entry)))
      expect(stdout + stderr).toContain(text);
    const absent = [...(item.stdout_not_contains ?? []), ...(item.combined_not_contains ?? [])];
    for (const text of absent) expect(stdout + stderr).not.toContain(text);
    for (const name of item.expect_files ?? []) expect(existsSync(join(cwd, name)), `${name} exists`).toBe(true);
    const unwanted = (item.expect_no_files ?? []).filter((name) => !wrongInTable.has(name));
    for (const name of unwanted) expect(existsSync(join(cwd, name)), `${name} exists`).toBe(false);
    for (const [name, content] of Object.entries(item.expect_content ?? {})) {
      expect(normaliseContent(readFileSync(join(cwd, name), "utf8"))).toBe(normaliseContent(content));
    }
  });
});

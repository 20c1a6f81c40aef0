import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { binary, hclbuild, makeFolder } from "../run-binary.js";
import { greeting } from "../templates.js";

const hasScript = spawnSync("script", ["--version"]).status === 0;

/** A key or a line that is typed once `after` has been shown since the one before. */
interface Typed {
  readonly after: string;
  readonly text: string;
}

interface Shown {
  readonly code: number | null;
  /** What the terminal was sent, without control sequences. */
  readonly text: string;
  readonly folder: string;
}

/** Runs the console on a terminal of its own, which the program `script` of util-linux makes. */
async function typed(typing: readonly Typed[], options: { folder?: string; args?: string } = {}): Promise<Shown> {
  hclbuild(["version"]);
  const folder = options.folder ?? makeFolder({ "a.pkr.hcl": greeting });
  const command = `stty cols 120 rows 30; '${process.execPath}' '${binary}' console ${options.args ?? "."}`;
  const env = { PATH: process.env["PATH"], HOME: folder, TERM: "xterm", NO_COLOR: "1", SHELL: "/bin/sh" };
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder, env });
  onTestFinished(() => void child.kill());
  const pending = [...typing];
  let text = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const [next] = pending;
    if (next === undefined) return;
    const at = text.indexOf(next.after, seen);
    if (at === -1) return;
    seen = at + next.after.length;
    pending.shift();
    child.stdin.write(next.text);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  expect(pending).toEqual([]);
  return { code, text: stripVTControlCharacters(text).replaceAll("\r", ""), folder };
}

const prompt = "> \u001b[3G";
const more = "... \u001b[5G";
const controlC = "\u0003";
const controlD = "\u0004";
const up = "\u001b[A";

const line = (text: string, after = prompt): Typed => ({ after, text: `${text}\r` });

describe.skipIf(!hasScript)(
  "the console on a terminal (skipped without the program script)",
  { timeout: 60_000 },
  () => {
    test("answers one line after the other, mistakes too", async () => {
      const { code, text } = await typed([
        line("1 + 1"),
        line("var.nope"),
        line("local.shout"),
        line("path.root"),
        line("var.password"),
        line("exit"),
      ]);
      expect(code).toBe(0);
      expect(text).toContain("> 1 + 1\n2\n");
      expect(text).toContain("  <console>:1:5\n  1 | var.nope\n    |     ^^^^\n");
      expect(text).toContain("> local.shout\nHELLO\n");
      expect(text).toContain("> path.root\n");
      expect(text).toContain("> var.password\n<sensitive>\n");
      expect(text).toMatch(/> exit\n$/);
    });

    test("goes on while a bracket or a heredoc is open", async () => {
      const { text } = await typed([
        line('upper(join("-", ['),
        line('  "a", "b"', more),
        line("]))", more),
        line("<<EOT"),
        line("a ${local.shout}", more),
        line("EOT", more),
        line("[1,"),
        line("2 3]", more),
        { after: prompt, text: controlD },
      ]);
      expect(text).toContain("... ]))\nA-B\n");
      expect(text).toContain("... EOT\na HELLO\n\n");
      expect(text).toContain("  <console>:2:3\n  2 | 2 3]\n    |   ^\n");
    });

    test("Ctrl-C drops what is typed, and leaves where nothing is", async () => {
      const { code, text } = await typed([
        line("[1,"),
        { after: more, text: "oops" },
        { after: "oops", text: controlC },
        { after: prompt, text: "1 + oops" },
        { after: "oops", text: controlC },
        line("2 + 3"),
        { after: `5\r\n`, text: controlC },
      ]);
      expect(code).toBe(0);
      expect(text).toContain("> 2 + 3\n5\n");
      expect(text).not.toContain("Error");
    });

    test("the tab key completes names, functions and commands", async () => {
      const { text } = await typed([
        { after: prompt, text: "upp" },
        { after: "upp", text: "\t" },
        { after: "er(", text: "var.gr" },
        { after: "var.gr", text: "\t" },
        { after: "eeting", text: ")\r" },
        { after: prompt, text: "exi" },
        { after: "exi", text: "\t" },
        { after: "t", text: "\r" },
      ]);
      expect(text).toContain("\nHELLO\n");
    });

    test("help and the variables", async () => {
      const { text } = await typed([line("help"), line("variables"), line("exit")]);
      expect(text).toContain("  variables   lists the template's variables");
      expect(text).toContain('var.greeting: "hello"\n');
      expect(text).not.toContain("correct horse");
    });

    test("remembers what was typed, in a file of the user's own, and never a value", async () => {
      const { folder } = await typed([
        line("upper(var.password)"),
        line(' "kept to myself"'),
        line("40 + 2"),
        { after: "42", text: controlD },
      ]);
      const file = join(folder, ".hclbuild/console-history");
      expect(readFileSync(file, "utf8")).toBe("upper(var.password)\n40 + 2\n");
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const { text } = await typed([{ after: prompt, text: up }, { after: "40 + 2", text: `${up}\r` }, line("exit")], {
        folder,
      });
      expect(text).toContain("upper(var.password)\n<sensitive>\n");
    });

    test("needs no template, and then makes no folder beside it", async () => {
      const { text, folder } = await typed([line("packer.version"), line("path.cwd"), line("var.x"), line("exit")], {
        folder: makeFolder({}),
        args: "",
      });
      expect(text).toContain("> packer.version\n1.16.0\n");
      expect(text).toContain(`> path.cwd\n${folder}\n`);
      expect(text).toContain('There is no variable named "x".');
      expect(existsSync(join(folder, ".hclbuild"))).toBe(false);
      expect(readFileSync(join(folder, ".cache/packer/state/console-history"), "utf8")).toContain("path.cwd\n");
    });

    test("-format=json has nothing but documents on standard output", async () => {
      const folder = makeFolder({ "a.pkr.hcl": greeting });
      await typed([line("var.greeting"), line("var.nope"), line("help"), line("[var.password]"), line("exit")], {
        folder,
        args: "-format=json . > out.txt",
      });
      expect(readFileSync(join(folder, "out.txt"), "utf8")).toBe(
        '{"value":"hello","type":"string"}\n{"value":null,"type":"any","sensitive":true}\n',
      );
    });
  },
);

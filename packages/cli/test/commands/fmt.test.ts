import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliHost } from "../../src/command.js";
import { dispatch } from "../../src/dispatch.js";
import { makeFolder } from "../run-binary.js";

const ugly = "a=1\nbungle=2\n";
const pretty = "a      = 1\nbungle = 2\n";
const isRoot = process.getuid?.() === 0;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly system?: Partial<typeof fs>;
  /** Called with each line of standard output, and with what interrupts the command. */
  readonly onLine?: (interrupt: () => void) => void;
}

/** Runs the command in this process, in real folders. */
async function fmt(
  cwd: string,
  args: readonly string[],
  input: string | Uint8Array = "",
  { system = {}, onLine }: Surroundings = {},
): Promise<Outcome> {
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<Parameters<CliHost["onInterrupt"]>[0]>();
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      output[name] += text;
      onLine?.(() => listeners.forEach((listener) => listener("SIGINT")));
    },
    isTerminal: false,
    columns: undefined,
  });
  const unused = (): never => {
    throw new Error("not used by fmt");
  };
  const host: CliHost = {
    stdin: { isTerminal: false, readAll: async () => Buffer.from(input), lines: unused, question: unused },
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env: {},
    cwd,
    platform: "linux",
    hostname: "test",
    processStartTime: 0,
    runtime: "test",
    processId: 1,
    userId: undefined,
    homeDirectory: cwd,
    temporaryDirectory: cwd,
    clock: { now: unused, monotonic: unused },
    random: { uuid: () => "01234567-89ab", bytes: unused },
    fs: { ...fs, ...system },
    openTerminal: unused,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fetch: unused,
    importModule: unused,
    onUncaught: unused,
    onIdle: unused,
    exitWith: unused,
    abandon: unused,
  };
  const code = await dispatch(["fmt", ...args], host);
  expect(listeners.size).toBe(0);
  return { code, ...output };
}

const read = (folder: string, name: string): string => fs.readFileSync(join(folder, name), "utf8");

describe("hclbuild fmt", () => {
  it("rewrites changed files and prints their names", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly, "b.pkrvars.hcl": ugly, "ok.pkr.hcl": pretty });
    expect(await fmt(folder, ["."])).toEqual({ code: 0, stdout: "a.pkr.hcl\nb.pkrvars.hcl\n", stderr: "" });
    expect([read(folder, "a.pkr.hcl"), read(folder, "b.pkrvars.hcl"), read(folder, "ok.pkr.hcl")]).toEqual([
      pretty,
      pretty,
      pretty,
    ]);
    expect(await fmt(folder, ["."])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(fs.readdirSync(folder)).toEqual(["a.pkr.hcl", "b.pkrvars.hcl", "ok.pkr.hcl"]);
  });

  it("changes nothing with -check and exits with 3", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly, "ok.pkr.hcl": pretty });
    expect(await fmt(folder, ["-check", "."])).toEqual({ code: 3, stdout: "a.pkr.hcl\n", stderr: "" });
    expect(await fmt(folder, ["-check", "-write=true", "."])).toMatchObject({ code: 3 });
    expect(read(folder, "a.pkr.hcl")).toBe(ugly);
    expect(await fmt(folder, ["-check", "ok.pkr.hcl"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("changes nothing with -write=false and exits with 0", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    expect(await fmt(folder, ["-write=false", "."])).toEqual({ code: 0, stdout: "a.pkr.hcl\n", stderr: "" });
    expect(read(folder, "a.pkr.hcl")).toBe(ugly);
  });

  it("shows a unified diff with -diff", async () => {
    const folder = makeFolder({ "sub/a.pkr.hcl": ugly });
    const diff =
      "--- old/sub/a.pkr.hcl\n+++ new/sub/a.pkr.hcl\n@@ -1,2 +1,2 @@\n-a=1\n-bungle=2\n+a      = 1\n+bungle = 2\n";
    expect(await fmt(folder, ["-check", "-diff", "sub"])).toEqual({
      code: 3,
      stdout: `sub/a.pkr.hcl\n${diff}`,
      stderr: "",
    });
    expect(await fmt(folder, ["-diff", "sub/a.pkr.hcl"])).toEqual({
      code: 0,
      stdout: `sub/a.pkr.hcl\n${diff}`,
      stderr: "",
    });
    expect(read(folder, "sub/a.pkr.hcl")).toBe(pretty);
  });

  it("descends only with -recursive, in order of names", async () => {
    const files = { "b/x.pkr.hcl": ugly, "b/c/y.pkr.hcl": ugly, "c.pkr.hcl": ugly };
    const flat = makeFolder(files);
    expect(await fmt(flat, ["."])).toMatchObject({ code: 0, stdout: "c.pkr.hcl\n" });
    const deep = makeFolder(files);
    expect(await fmt(deep, ["-recursive", "."])).toMatchObject({
      code: 0,
      stdout: "b/c/y.pkr.hcl\nb/x.pkr.hcl\nc.pkr.hcl\n",
    });
    expect(read(deep, "b/c/y.pkr.hcl")).toBe(pretty);
  });

  it("skips hidden files, backups and other files in folders", async () => {
    const names = [
      ".hidden.pkr.hcl",
      "a.pkr.hcl~",
      "#a.pkr.hcl#",
      "a.hcl",
      "a.pkr.json",
      "a.tf",
      "a.pkrtpl.hcl",
      ".git/x.pkr.hcl",
      "old~/x.pkr.hcl",
    ];
    const folder = makeFolder(Object.fromEntries(names.map((name) => [name, ugly])));
    expect(await fmt(folder, ["-recursive", "."])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await fmt(folder, [".hidden.pkr.hcl"])).toEqual({ code: 0, stdout: ".hidden.pkr.hcl\n", stderr: "" });
  });

  it("takes many paths, and each file once", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly, "sub/b.pkr.hcl": ugly });
    const { code, stdout } = await fmt(folder, ["sub", "a.pkr.hcl", ".", "sub/b.pkr.hcl"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "sub/b.pkr.hcl\na.pkr.hcl\n" });
  });

  it("formats standard input to standard output", async () => {
    const folder = makeFolder({ "-": ugly });
    expect(await fmt(folder, ["-"], ugly)).toEqual({ code: 0, stdout: pretty, stderr: "" });
    expect(await fmt(folder, ["-"], pretty)).toEqual({ code: 0, stdout: pretty, stderr: "" });
    expect(await fmt(folder, ["-check", "-"], ugly)).toEqual({ code: 3, stdout: "", stderr: "" });
    expect(await fmt(folder, ["-check", "-"], pretty)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await fmt(folder, ["-write=false", "-"], ugly)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await fmt(folder, ["-check", "-diff", "-"], "a=1\n")).code).toBe(3);
    expect((await fmt(folder, ["-diff", "-"], "a=1\n")).stdout).toBe(
      "--- old/<stdin>\n+++ new/<stdin>\n@@ -1 +1 @@\n-a=1\n+a = 1\n",
    );
    expect(read(folder, "-")).toBe(ugly);
  });

  it("refuses other files that are named", async () => {
    const folder = makeFolder({ "a.tf": ugly, "a.pkr.json": "{}", "a.hcl": ugly });
    const { code, stdout, stderr } = await fmt(folder, ["a.tf", "a.pkr.json", "a.hcl", "gone.pkr.hcl"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.match(/^Error: .*$/gm)).toEqual([
      "Error: The path gone.pkr.hcl cannot be read. [fmt/unreadable]",
      "Error: The file a.tf is none that can be formatted. [fmt/unsupported-file]",
      "Error: The file a.pkr.json is none that can be formatted. [fmt/unsupported-file]",
      "Error: The file a.hcl is none that can be formatted. [fmt/unsupported-file]",
    ]);
    expect(stderr).toContain("JSON has no canonical layout in HCL.");
    expect(stderr).toContain("The system says: there is no such file or folder.");
  });

  it("leaves files with syntax errors alone, shows where they are, and formats the others", async () => {
    const broken = 'a=1\nb = [\nsource "null" "x" {\n';
    const folder = makeFolder({ "bad.pkr.hcl": broken, "good.pkr.hcl": ugly });
    const { code, stdout, stderr } = await fmt(folder, ["."]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "good.pkr.hcl\n" });
    expect(stderr).toMatch(/^Error: [^[]*\[syntax\/[a-z-]+\]\n\n {2}bad\.pkr\.hcl:\d+:\d+\n/);
    expect(read(folder, "bad.pkr.hcl")).toBe(broken);
    expect((await fmt(folder, ["-check", "."])).code).toBe(1);
    expect(await fmt(folder, ["-"], broken)).toMatchObject({ code: 1, stdout: "" });
  });

  it("reports the error in a file that is laid out well, too", async () => {
    const folder = makeFolder({ "bad.pkr.hcl": "invalid\n" });
    expect(await fmt(folder, ["-check", "."])).toMatchObject({ code: 1, stdout: "" });
  });

  it("leaves files that are no UTF-8 alone", async () => {
    const folder = makeFolder({});
    const bytes = Buffer.from("a=1 # caf\u00e9\n", "latin1");
    fs.writeFileSync(join(folder, "latin.pkr.hcl"), bytes);
    const { code, stderr } = await fmt(folder, ["."]);
    expect(code).toBe(1);
    expect(stderr.match(/\[.*\]/g)).toEqual(["[syntax/invalid-utf8]"]);
    expect(stderr).toContain("  latin.pkr.hcl:1:10\n");
    expect(fs.readFileSync(join(folder, "latin.pkr.hcl"))).toEqual(bytes);
    expect(await fmt(folder, ["-"], bytes)).toMatchObject({ code: 1, stdout: "" });
  });

  it("keeps CRLF line ends, the mode, and symbolic links", async () => {
    const folder = makeFolder({ "real/a.pkr.hcl": "a=1\r\nbb=2\r\n" });
    fs.chmodSync(join(folder, "real/a.pkr.hcl"), 0o640);
    fs.symlinkSync("real/a.pkr.hcl", join(folder, "link.pkr.hcl"));
    expect(await fmt(folder, ["."])).toMatchObject({ code: 0, stdout: "link.pkr.hcl\n" });
    expect(fs.lstatSync(join(folder, "link.pkr.hcl")).isSymbolicLink()).toBe(true);
    expect(read(folder, "real/a.pkr.hcl")).toBe("a  = 1\r\nbb = 2\r\n");
    expect(fs.statSync(join(folder, "real/a.pkr.hcl")).mode & 0o7777).toBe(0o640);
  });

  it("follows no links to folders on its way, and reports links to nothing", async () => {
    const folder = makeFolder({ "sub/a.pkr.hcl": ugly });
    fs.symlinkSync("..", join(folder, "sub/up"));
    fs.symlinkSync("nowhere", join(folder, "dead.pkr.hcl"));
    const { code, stdout, stderr } = await fmt(folder, ["-recursive", "."]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "sub/a.pkr.hcl\n" });
    expect(stderr).toContain("The path dead.pkr.hcl cannot be read.");
  });

  it("keeps hard links together", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    fs.linkSync(join(folder, "a.pkr.hcl"), join(folder, "b.txt"));
    expect(await fmt(folder, ["."])).toMatchObject({ code: 0 });
    expect(read(folder, "b.txt")).toBe(pretty);
  });

  it("loses nothing when the new text cannot be written", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    const full = (): never => {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    };
    const { code, stdout, stderr } = await fmt(folder, ["."], "", { system: { fsyncSync: full } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("The file a.pkr.hcl cannot be written. [fmt/unwritable]");
    expect(stderr).toContain("no space left on the device");
    expect(read(folder, "a.pkr.hcl")).toBe(ugly);
    expect(fs.readdirSync(folder)).toEqual(["a.pkr.hcl"]);
  });

  it("overwrites in place where the folder takes no new files", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    const openSync: typeof fs.openSync = (path, flags, mode) => {
      if (flags === "wx") throw Object.assign(new Error("EACCES"), { code: "EACCES" });
      return fs.openSync(path, flags, mode);
    };
    expect(await fmt(folder, ["."], "", { system: { openSync } })).toMatchObject({ code: 0, stdout: "a.pkr.hcl\n" });
    expect(read(folder, "a.pkr.hcl")).toBe(pretty);
  });

  it("gives a file that cannot be replaced its old text back when the new one does not fit", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    fs.linkSync(join(folder, "a.pkr.hcl"), join(folder, "b.txt"));
    const ftruncateSync: typeof fs.ftruncateSync = (file, length) => {
      fs.ftruncateSync(file, length);
      if (length === pretty.length) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    };
    const { code, stderr } = await fmt(folder, ["."], "", { system: { ftruncateSync } });
    expect(code).toBe(1);
    expect(stderr).toContain("The file is as it was.");
    expect([read(folder, "a.pkr.hcl"), read(folder, "b.txt")]).toEqual([ugly, ugly]);
  });

  describe("a file that cannot be replaced and whose new text does not fit", () => {
    const failure = (code: string): Error => Object.assign(new Error(code), { code });
    const linked = (): string => {
      const folder = makeFolder({ "a.pkr.hcl": ugly });
      fs.linkSync(join(folder, "a.pkr.hcl"), join(folder, "b.txt"));
      return folder;
    };
    const fsyncSync = (): never => {
      throw failure("ENOSPC");
    };

    it("gets its old text back, in however many pieces", async () => {
      const folder = linked();
      const writeSync = ((...[file, bytes, offset, , position]: readonly [number, Buffer, number, number, number]) =>
        fs.writeSync(file, bytes, offset, 1, position)) as typeof fs.writeSync;
      const { code, stderr } = await fmt(folder, ["."], "", { system: { fsyncSync, writeSync } });
      expect(code).toBe(1);
      expect(stderr).toContain("The file is as it was.");
      expect(read(folder, "a.pkr.hcl")).toBe(ugly);
    });

    it("is said to be lost when that fails as well", async () => {
      const folder = linked();
      const writeSync = (): never => {
        throw failure("EIO");
      };
      const { code, stdout, stderr } = await fmt(folder, ["."], "", { system: { fsyncSync, writeSync } });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      const told = stderr.replaceAll(/\s+/g, " ");
      expect(told).toContain("The file a.pkr.hcl was written in part, and could not be put back. [fmt/file-lost]");
      expect(told).toContain("The system said: no space left on the device; and when the old text was written back: ");
      expect(told).not.toContain("as it was");
    });
  });

  it("ends between two files when it is interrupted", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly, "b.pkr.hcl": ugly, "c.pkr.hcl": ugly });
    const { code, stdout, stderr } = await fmt(folder, ["."], "", { onLine: (interrupt) => interrupt() });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "a.pkr.hcl\n" });
    expect(stderr).toContain("[fmt/interrupted]");
    expect(["a", "b", "c"].map((name) => read(folder, `${name}.pkr.hcl`))).toEqual([pretty, ugly, ugly]);
    expect(fs.readdirSync(folder)).toEqual(["a.pkr.hcl", "b.pkr.hcl", "c.pkr.hcl"]);
  });

  it("takes an empty path for the mistake that it is", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    const { code, stdout, stderr } = await fmt(folder, [""]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("[fmt/empty-path]");
    expect(read(folder, "a.pkr.hcl")).toBe(ugly);
  });

  it.skipIf(process.platform !== "linux")("names files and folders whose names are no UTF-8", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    const inFolder = (name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    fs.writeFileSync(inFolder("\xff.pkr.hcl"), ugly);
    fs.mkdirSync(inFolder("\xfe"));
    const { code, stdout, stderr } = await fmt(folder, ["-recursive", "."]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "a.pkr.hcl\n" });
    expect(stderr.match(/\[fmt\/file-name\]/g)).toHaveLength(2);
    expect((await fmt(folder, ["\ufffd.pkr.hcl"])).stderr).toContain("[fmt/file-name]");
    expect(fs.readFileSync(inFolder("\xff.pkr.hcl"), "utf8")).toBe(ugly);
  });

  it.skipIf(isRoot)("changes no write-protected file", async () => {
    const folder = makeFolder({ "a.pkr.hcl": ugly });
    fs.chmodSync(join(folder, "a.pkr.hcl"), 0o444);
    expect(await fmt(folder, ["."])).toMatchObject({ code: 1, stdout: "" });
    expect(read(folder, "a.pkr.hcl")).toBe(ugly);
  });

  it("needs an argument", async () => {
    const { code, stderr } = await fmt(makeFolder({}), []);
    expect(code).toBe(1);
    expect(stderr).toContain("[cli/wrong-argument-count]");
  });
});

const cases = resolve(
  import.meta.dirname,
  "../../../..",
  process.env["HCLBUILD_CORPUS"] ?? "../shared/corpus",
  "packer/command_cases.jsonl",
);

interface CommandCase {
  readonly command: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly exit?: number;
  readonly stdout?: string;
  readonly files_before?: Readonly<Record<string, string>>;
  readonly expect_content?: Readonly<Record<string, string>>;
}

describe.skipIf(!fs.existsSync(cases))(
  "hclbuild fmt against the reference's own tests (skipped when the corpus folder is absent)",
  () => {
    const rows = fs.existsSync(cases)
      ? fs
          .readFileSync(cases, "utf8")
          .trimEnd()
          .split("\n")
          .map((row) => JSON.parse(row) as CommandCase)
          .filter((row) => row.command === "fmt")
      : [];

    it.each(rows.map((row, index) => [index, row] as const))("agrees in case %d", async (_, row) => {
      const folder = makeFolder(row.files_before ?? {});
      const cwd = row.files_before ? folder : resolve(cases, "..");
      // Whatever goes wrong, the corpus itself must not be written to.
      const safe = row.files_before || row.stdin !== undefined ? [] : ["-write=false"];
      const args = row.args.map((arg) => (arg === "<tempdir>" ? "." : arg));
      const { code, stdout } = await fmt(cwd, [...safe, ...args], row.stdin);
      if (row.exit !== undefined) expect(code).toBe(row.exit);
      if (row.stdout !== undefined) expect(stdout).toBe(row.stdout);
      for (const [name, text] of Object.entries(row.expect_content ?? {})) expect(read(folder, name)).toBe(text);
    });
  },
);

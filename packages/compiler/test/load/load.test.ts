import { describe, expect, it } from "vitest";
import { loadProject, type LoadHost, type Project } from "@hclbuild/compiler";

/** A file system in memory, below `/project`. */
function createHost(files: Readonly<Record<string, string>>, input = ""): LoadHost {
  const isFolder = (path: string): boolean => Object.keys(files).some((name) => name.startsWith(`${path}/`));
  return {
    cwd: "/project",
    readFile: async (path) => files[path] ?? { kind: "failure", reason: "there is no such file" },
    kindOf: async (path) => (files[path] !== undefined ? "file" : isFolder(path) ? "directory" : "missing"),
    listFiles: async (path) =>
      Object.keys(files)
        .filter((name) => name.startsWith(`${path}/`) && !name.slice(path.length + 1).includes("/"))
        .map((name) => name.slice(path.length + 1)),
    readStandardInput: async () => input,
  };
}

const files = {
  "/project/t/b.pkr.hcl": "",
  "/project/t/a.pkr.json": "{}",
  "/project/t/a.pkr.hcl": "",
  "/project/t/notes.hcl": "not read",
  "/project/t/z.auto.pkrvars.json": "{}",
  "/project/t/y.auto.pkrvars.hcl": "",
  "/project/t/x.pkrvars.hcl": "",
  "/project/t/sub/deep.pkr.hcl": "",
  "/project/outside.pkrvars.hcl": "",
};

function summary(project: Project): Readonly<Record<string, unknown>> {
  return {
    files: project.files.map((file) => `${file.syntax} ${file.source.name}`),
    variables: project.variableFiles.map((file) => `${file.origin} ${file.source.name}`),
    root: project.rootDirectory,
    path: project.rootPath,
    codes: project.diagnostics.map((diagnostic) => diagnostic.code),
  };
}

describe("loading", () => {
  it("takes a folder's templates and automatic variable files, native syntax first", async () => {
    const project = await loadProject(createHost(files), "t", {
      variableFiles: ["t/x.pkrvars.hcl", "outside.pkrvars.hcl"],
    });
    expect(summary(project)).toEqual({
      files: ["native a.pkr.hcl", "native b.pkr.hcl", "json a.pkr.json"],
      variables: [
        "automatic y.auto.pkrvars.hcl",
        "automatic z.auto.pkrvars.json",
        "flag x.pkrvars.hcl",
        "flag outside.pkrvars.hcl",
      ],
      root: "/project/t",
      path: "t",
      codes: [],
    });
  });

  it("finds what was meant by a variable file that is not there", async () => {
    const variableFiles = ["outsid.pkrvars.hcl", "t/yy.auto.pkrvars.hcl", "nowhere/x.hcl", "b\ufffd.hcl"];
    const { diagnostics } = await loadProject(createHost(files), "t", { variableFiles });
    expect(diagnostics.map(({ code, detail }) => [code, /Did you mean ([^?]*)\?/.exec(detail ?? "")?.[1]])).toEqual([
      ["load/variable-file-missing", "outside.pkrvars.hcl"],
      ["load/variable-file-missing", "t/y.auto.pkrvars.hcl"],
      ["load/variable-file-missing", undefined],
      ["load/file-name", undefined],
    ]);
  });

  it("takes a single file alone", async () => {
    const project = await loadProject(createHost(files), "./t/b.pkr.hcl");
    expect(summary(project)).toEqual({
      files: ["native b.pkr.hcl"],
      variables: [],
      root: "/project/t",
      path: "t",
      codes: [],
    });
  });

  it("takes native syntax from standard input, relative to the working directory", async () => {
    const project = await loadProject(createHost(files, "locals {\n}\n"), "-");
    expect(summary(project)).toEqual({
      files: ["native <stdin>"],
      variables: [],
      root: "/project",
      path: ".",
      codes: [],
    });
    expect(project.sources.get("<stdin>")?.text).toBe("locals {\n}\n");
  });

  it.each([
    ["{}", undefined, "json"],
    ['\uFEFF \n{"source": {}}', undefined, "json"],
    ['{"source": {}}', "hcl2", "json"],
    ['{"source": ', undefined, "json"],
    ["a {", undefined, "native"],
    ["", "hcl2", "native"],
  ] as const)("tells the syntax of %j from standard input, which is said to be %s", async (text, inputType, syntax) => {
    const { files: found } = await loadProject(createHost({}, text), "-", { inputType });
    expect(found.map((file) => file.syntax)).toEqual([syntax]);
  });

  it.each([
    ['{"builders":[{"type":"null"}]}', undefined, 'has a property named "builders"'],
    ['{"variables":{"a":"1"},"builders":[', undefined, 'has a property named "builders"'],
    ['{"builders":[]}', "json", "because of -config-type=json"],
    ["locals {}", "json", "because of -config-type=json"],
  ] as const)("takes no legacy template from standard input: %j, said to be %s", async (text, inputType, why) => {
    const project = await loadProject(createHost({}, text), "-", { inputType });
    expect(project.files).toEqual([]);
    expect(project.diagnostics.map(({ code }) => code)).toEqual(["load/legacy-template"]);
    expect(project.diagnostics[0]?.detail).toContain(why);
  });

  it("does not call a folder empty that cannot be listed", async () => {
    const reason = "permission denied";
    const host: LoadHost = { ...createHost(files), listFiles: async () => ({ kind: "failure", reason }) };
    const { diagnostics } = await loadProject(host, "t");
    expect(diagnostics.map(({ code, message, detail }) => [code, message, detail])).toEqual([
      ["load/unreadable", "Reading t failed.", "The system says: permission denied."],
    ]);
  });

  it("does not call missing what cannot be looked at", async () => {
    const reason = "permission denied";
    const host: LoadHost = { ...createHost(files), kindOf: async () => ({ kind: "failure", reason }) };
    const { diagnostics, rootDirectory } = await loadProject(host, "t/a.pkr.hcl");
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["load/unreadable", "Reading t/a.pkr.hcl failed."],
    ]);
    expect(rootDirectory).toBe("/project/t");
  });

  // What packer 1.6.6 gives for path.root, called with these paths in /project.
  it.each([
    [".", "."],
    ["./t", "./t"],
    ["t", "t"],
    ["t/", "t/"],
    ["t/a.pkr.hcl", "t"],
    ["./t/a.pkr.hcl", "t"],
    ["/project/t", "/project/t"],
    ["../project/t", "../project/t"],
  ])("path.root of %s is %s", async (path, expected) => {
    const host = createHost({ ...files, "/project/top.pkr.hcl": "" });
    expect((await loadProject(host, path)).rootPath).toBe(expected);
  });

  it("reports bytes that are no UTF-8, in templates, variable files and standard input", async () => {
    // "é" in Latin-1, inside of a string, where a replacement character would go unseen.
    const bytes = Buffer.from('x = "caf\xe9"\n', "latin1");
    const host = {
      ...createHost(files),
      readFile: async (path: string) => (path.endsWith(".hcl") ? bytes : "{}"),
      readStandardInput: async () => bytes,
    };
    const places = async (path: string): Promise<unknown> =>
      (await loadProject(host, path, { variableFiles: ["outside.pkrvars.hcl"] })).diagnostics.map(
        ({ code, primary }) => [code, primary?.file, primary?.start],
      );
    const code = "syntax/invalid-utf8";
    expect(await places("-")).toEqual([
      [code, "<stdin>", 8],
      [code, "outside.pkrvars.hcl", 8],
    ]);
    expect(await places("t")).toEqual(
      ["a.pkr.hcl", "b.pkr.hcl", "y.auto.pkrvars.hcl", "outside.pkrvars.hcl"].map((file) => [code, file, 8]),
    );
  });

  it("says what is wrong with a path", async () => {
    const codes = async (path: string): Promise<unknown> =>
      summary(await loadProject(createHost(files), path))["codes"];
    expect(await codes("nowhere")).toEqual(["load/not-found"]);
    expect(await codes("t/notes.hcl")).toEqual(["load/legacy-template"]);
    expect(await codes("t/sub")).toEqual([]);
  });

  it("says that a name is not UTF-8 when it cannot be opened for that reason", async () => {
    const missing = await loadProject(createHost(files), "t/\ufffd.pkr.hcl");
    expect(missing.diagnostics.map(({ code }) => code)).toEqual(["load/file-name"]);
    const host = createHost({ "/project/t/a.pkr.hcl": "" });
    const listed: LoadHost = { ...host, listFiles: async () => ["a.pkr.hcl", "\ufffd.pkr.hcl"] };
    const project = await loadProject(listed, "t");
    expect(project.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["load/file-name", "The name t/\ufffd.pkr.hcl holds bytes that are not UTF-8."],
    ]);
  });

  it("says what to do about a path", async () => {
    const said = async (path: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> =>
      (await loadProject(createHost({ ...files, ...more }), path)).diagnostics.map(
        ({ message, detail }) => `${message} ${detail ?? ""}`,
      );
    const relative =
      "No file or folder has this name. Relative paths start in the folder that hclbuild was started in.";
    expect(await said("t/a.pkr.hc")).toEqual([
      `There is no template at t/a.pkr.hc. Did you mean t/a.pkr.hcl? ${relative}`,
    ]);
    expect(await said("x/y/z")).toEqual([`There is no template at x/y/z. ${relative}`]);
    expect(await said("other", { "/project/other/main.hcl": "", "/project/other/a.pkrvars.hcl": "" })).toEqual([
      "The folder other holds no template. No file in it has a name that ends in .pkr.hcl or .pkr.json; folders inside " +
        "of it are not searched. If main.hcl is a template, rename it to main.pkr.hcl.",
    ]);
  });

  it("does not parse what is no text, and says what it is", async () => {
    const said = async (bytes: Uint8Array): Promise<unknown> => {
      const host = { ...createHost(files), readFile: async () => bytes, readStandardInput: async () => bytes };
      const items = [
        ...(await loadProject(host, "t/a.pkr.hcl")).diagnostics,
        ...(await loadProject(host, "-")).diagnostics,
      ];
      return items.map(({ code, message, detail }) => `${code} ${message} ${detail ?? ""}`);
    };
    const named = (what: string): readonly string[] =>
      ["t/a.pkr.hcl", "<stdin>"].map((name) => `load/not-text The file ${name} is not a text in UTF-8. ${what}`);
    const wide = named("It is a text in UTF-16. Save it with the encoding UTF-8.");
    expect(await said(Buffer.from("\ufeffa = 1\n", "utf16le"))).toEqual(wide);
    expect(await said(Buffer.from("\ufeffa = 1\n", "utf16le").swap16())).toEqual(wide);
    expect(await said(Buffer.from("\x7fELF\x02\x01\x01\x00\x00", "latin1"))).toEqual(
      named("It holds bytes that are zero, as programs, images and archives do. Check the path, or restore the file."),
    );
  });
});

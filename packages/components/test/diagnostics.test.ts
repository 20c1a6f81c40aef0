import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fakeComponent } from "@hclbuild/testkit";
import { expect, test } from "vitest";
import { localBuilder, localMachine, makeFolder, post, runComponents, step, type ComponentRequest } from "./harness.js";

interface Failure {
  readonly name: string;
  /** Prepares the folder. */
  readonly arrange?: (folder: string) => void;
  readonly request: (folder: string) => Omit<ComponentRequest, "folder">;
  readonly code: string;
  readonly message: string | RegExp;
  /** A part of the detail. */
  readonly detail: string;
}

const fileMachine = (config: Readonly<Record<string, string>>): Pick<ComponentRequest, "machine"> => ({
  machine: { component: fakeComponent("builder", "file", "core"), config },
});

const onFolder = (folder: string, ...steps: NonNullable<ComponentRequest["steps"]>) => ({
  machine: localMachine,
  plugins: [localBuilder(folder)],
  steps,
});

const failures: readonly Failure[] = [
  {
    name: "checksum of a file that is gone",
    arrange: (folder) => writeFileSync(path.join(folder, "a.txt"), "a"),
    request: () => ({
      posts: [
        post("artifice", { files: ["a.txt"] }),
        post("shell-local", { inline: ["rm a.txt"] }, { keepInput: true }),
        post("checksum", {}),
      ],
    }),
    code: "artifact/file-unreadable",
    message: "Unable to read the artifact file a.txt: no such file or directory.",
    detail: "must still be there when the post-processor runs",
  },
  {
    name: "compress of an artifact without files",
    request: () => ({ posts: [post("compress", { output: "x.gz" })] }),
    code: "artifact/no-files",
    message: "The artifact Null has no files.",
    detail: "The post-processor compress works on files",
  },
  {
    name: "a manifest below a file",
    arrange: (folder) => writeFileSync(path.join(folder, "a.txt"), "a"),
    request: () => ({ posts: [post("manifest", { output: "a.txt/manifest.json" })] }),
    code: "artifact/output-unwritable",
    message: "Unable to write a.txt/manifest.json: not a directory.",
    detail: "has space left",
  },
  {
    name: "an archive below a file",
    arrange: (folder) => writeFileSync(path.join(folder, "b.txt"), "b"),
    request: () => ({
      ...fileMachine({ target: "a.txt", content: "a" }),
      posts: [post("compress", { output: "b.txt/x.tar" })],
    }),
    code: "artifact/output-unwritable",
    message: "Unable to write b.txt/x.tar: file exists.",
    detail: "has space left",
  },
  {
    name: "a breakpoint without a terminal",
    request: () => ({ steps: [step("breakpoint", {})] }),
    code: "breakpoint/not-interactive",
    message: "The breakpoint cannot wait, because nobody can press enter.",
    detail: "set disable = true",
  },
  {
    name: "compress of several files without an archive",
    arrange: (folder) => {
      for (const name of ["a", "b"]) writeFileSync(path.join(folder, name), name);
    },
    request: () => ({ posts: [post("artifice", { files: ["a", "b"] }), post("compress", { output: "x.gz" })] }),
    code: "compress/several-files",
    message: "Only one file can be compressed without an archive, but the artifact has 2.",
    detail: "Let the name in output end with .tar",
  },
  {
    name: "compress with a program that fails",
    arrange: (folder) => {
      mkdirSync(path.join(folder, "programs"));
      writeFileSync(path.join(folder, "programs/zstd"), "#!/bin/sh\ncat > /dev/null\necho no dictionary >&2\nexit 1\n");
      chmodSync(path.join(folder, "programs/zstd"), 0o755);
    },
    request: () => ({
      ...fileMachine({ target: "a.txt", content: "a" }),
      posts: [post("compress", { output: "x", format: "zst" })],
    }),
    code: "compress/tool-failed",
    message: "The program zstd failed: no dictionary.",
    detail: "It was compressing to x.",
  },
  {
    name: "the file builder's source that is missing",
    request: () => fileMachine({ source: "none.txt", target: "a.txt" }),
    code: "file-builder/source-unreadable",
    message: "The file none.txt cannot be read: there is no such file or folder.",
    detail: "Relative paths start in the folder that hclbuild was started in.",
  },
  {
    name: "the file builder's target that is a folder",
    arrange: (folder) => mkdirSync(path.join(folder, "taken")),
    request: () => fileMachine({ content: "x", target: "taken" }),
    code: "file-builder/target-unwritable",
    message: "The file taken cannot be written: it is a folder.",
    detail: "its folder may be written to",
  },
  {
    name: "a file that is no manifest",
    arrange: (folder) => writeFileSync(path.join(folder, "m.json"), "[]"),
    request: () => ({ posts: [post("manifest", { output: "m.json" })] }),
    code: "manifest/not-json",
    message: "Unable to parse content from m.json: it does not hold an object.",
    detail: "name another one in output",
  },
  {
    name: "a script that is gone",
    request: (folder) => onFolder(folder, step("shell", { script: "none.sh", remote_folder: folder })),
    code: "script/unreadable",
    message: "The script none.sh cannot be read: no such file or directory.",
    detail: "It was there when the build began",
  },
  {
    name: "inline commands that cannot be put into a temporary file",
    request: () => ({ steps: [step("shell-local", { inline: ["true"], tempfile_extension: "/none/x" })] }),
    code: "script/temporary-unwritable",
    message: /^The temporary file .*\/packer-shell\d+\/none\/x cannot be written: no such file or directory\.$/,
    detail: "Set TMPDIR to a folder",
  },
  {
    name: "a script that cannot be removed",
    request: (folder) =>
      onFolder(
        folder,
        step("shell", { inline: ['rm "$0"', 'mkdir "$0"'], remote_folder: folder, remote_file: "script.sh" }),
      ),
    code: "script/clean-up-failed",
    message: /^Error removing temporary script at .*\/script\.sh: exit code 1\.$/,
    detail: "Set skip_clean = true",
  },
];

test.each(failures)("$name: $code", async ({ arrange, request, code, message, detail }) => {
  using folder = makeFolder();
  arrange?.(folder.path);
  const found: { readonly code: string; readonly message: string; readonly detail?: string }[] = [];
  const host = {
    platform: "linux" as const,
    hostname: "builder.test",
    pid: 4242,
    processStartTime: 0,
    env: { PATH: `${folder.path}/programs:${process.env["PATH"] ?? ""}` },
    cwd: folder.path,
    homeDirectory: folder.path,
    temporaryDirectory: folder.path,
    cacheDirectory: folder.path,
  };
  const run = await runComponents({
    folder: folder.path,
    options: { host },
    ...request(folder.path),
    onEvent: (event) => {
      if (event.type === "diagnostic") found.push(event.diagnostic);
    },
  });
  rmSync(path.join(folder.path, "taken"), { recursive: true, force: true });
  expect(run.outcome).toBe("failed");
  expect(found.map((item) => item.code)).toEqual([code]);
  expect(found[0]?.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  expect(found[0]?.detail).toContain(detail);
});

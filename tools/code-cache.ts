import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./run-tool.js";

const template = `variable "greeting" {
  type    = string
  default = "hello"
}

locals {
  words = [for word in split(" ", "\${var.greeting} world") : upper(word)]
}

source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"]

  provisioner "shell-local" {
    inline = ["true \${join("-", local.words)}"]
  }

  post-processor "manifest" {}
}
`;

/** Preloaded into the program: keeps every chunk's script, and writes what V8 has compiled of it when the process ends. */
const recorder = `
const Module = require("node:module");
const { existsSync, statSync, writeFileSync } = require("node:fs");
const { basename, dirname } = require("node:path");
const { constants, Script } = require("node:vm");
const compile = Module.prototype._compile;
const scripts = new Map();
const record = function (content, filename) {
  if (!filename.startsWith(process.env.CHUNK_DIRECTORY)) return compile.call(this, content, filename);
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  // The name stays in the compiled form and is what stacks show then, so that it must not tell where this machine has it.
  // A part of a text holds on to the whole; this copy does not.
  const name = Buffer.from(basename(filename)).toString();
  const script = new Script(Module.wrap(content), { filename: name, importModuleDynamically });
  scripts.set(filename + ".cache", script);
  const require = (id) => this.require(id);
  return script.runInThisContext().call(this.exports, this.exports, require, this, filename, dirname(filename));
};
// The program installs its own reader, which must not replace this.
Object.defineProperty(Module.prototype, "_compile", { get: () => record, set: () => {} });
let isWritten = false;
const write = () => {
  if (isWritten) return;
  isWritten = true;
  for (const [path, script] of scripts) {
    const data = script.createCachedData();
    if (!existsSync(path) || statSync(path).size < data.length) writeFileSync(path, data);
  }
};
// The program ends itself in its first listener for the end, so that a listener of ours may never be called.
const { exit } = process;
process.exit = (code) => {
  write();
  exit.call(process, code);
};
process.on("exit", write);
`;

const commandLines: readonly (readonly string[])[] = [
  ["build", "."],
  ["validate", "."],
  ["fmt", "-check", "."],
  ["inspect", "."],
];

/**
 * Runs the usual commands once with the fresh bundle and stores what V8 compiled beside each chunk. A command that fails
 * is shown; the bundle is usable without its part of the cache.
 */
export function writeCodeCache(chunkDirectory: string): void {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-cache-"));
  try {
    writeFileSync(join(folder, "a.pkr.hcl"), template);
    writeFileSync(join(folder, "recorder.cjs"), recorder);
    const program = join(repositoryRoot, "packages/cli/bin/hclbuild.cjs");
    for (const argv of commandLines) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--require", join(folder, "recorder.cjs"), program, ...argv],
        { cwd: folder, encoding: "utf8", env: { ...process.env, CHUNK_DIRECTORY: chunkDirectory } },
      );
      if (status !== 0) console.error(`hclbuild ${argv.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

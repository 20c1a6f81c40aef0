// Brings a fresh clone to life: installs what the lock file names, builds what is out of date, and runs one task.
// Plain JavaScript, because it runs before anything is installed. Each step is skipped when its inputs are unchanged.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bundle = join(root, "packages/cli/dist/cli.cjs");
const bundleState = join(root, "packages/cli/dist/.inputs");
const bundlers = ["bundle", "chevrotain-lexer", "code-cache", "deferred-modules"].map((name) => `tools/${name}.ts`);
const program = join(root, "packages/cli/bin/hclbuild.cjs");

const tasks = {
  install: () => installIfStale(),
  build: () => {
    installIfStale();
    compileIfStale();
    bundleIfStale();
  },
  bundle: () => bundleIfStale(),
  // For tests of the bundle, which must never run an old one.
  "is-bundled": () => {
    process.exitCode = isBundleFresh() ? 0 : 1;
  },
  quickstart: (args) => {
    installIfStale();
    bundleIfStale();
    run("hclbuild build examples/quickstart", process.execPath, [
      program,
      "build",
      "-force",
      ...args,
      "examples/quickstart",
    ]);
  },
  test: (args) => {
    installIfStale();
    compileIfStale();
    bundleIfStale();
    run("tests", tool("tsx"), ["tools/test.ts", ...args]);
  },
};

const [name = "", ...rest] = process.argv.slice(2);
if (!Object.hasOwn(tasks, name)) {
  process.stderr.write(`Usage: node tools/bootstrap.mjs ${Object.keys(tasks).join(" | ")}\n`);
  process.exit(1);
}
requireNode();
tasks[name](rest);

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.\n`);
  process.exit(1);
}

function installIfStale() {
  if (installedMatchesLock()) return;
  say("installing dependencies");
  // The npm that runs this script, so that the version stays the user's choice.
  const npm = process.env["npm_execpath"];
  const args = ["ci", "--no-audit", "--no-fund", "--prefer-offline"];
  if (npm?.endsWith(".js")) run("npm ci", process.execPath, [npm, ...args]);
  else run("npm ci", process.platform === "win32" ? "npm.cmd" : "npm", args);
}

/** npm records what it installed last; the tree is fresh when that says the same as the lock file. */
function installedMatchesLock() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path];
    // Packages for other platforms are optional and absent.
    if (path === "" || (found === undefined && entry.optional)) return true;
    return found !== undefined && found.version === entry.version && found.integrity === entry.integrity;
  });
}

function compileIfStale() {
  const state = join(root, "node_modules/.cache/hclbuild/compiled");
  const inputs = sourceHash(["packages", "tsconfig.json", "tsconfig.base.json", "package-lock.json"]);
  if (isFresh(state, inputs) && existsSync(join(root, "packages/cli/dist/esm/main.js"))) return;
  say("compiling");
  run("tsc -b", tool("tsc"), ["-b"]);
  remember(state, inputs);
}

function bundleIfStale() {
  if (isBundleFresh()) return;
  say("bundling the command line interface");
  const inputs = bundleInputs();
  run("bundle", tool("tsx"), ["tools/bundle.ts"]);
  remember(bundleState, inputs);
}

function isBundleFresh() {
  return existsSync(bundle) && isFresh(bundleState, bundleInputs());
}

function bundleInputs() {
  return sourceHash(["packages", ...bundlers, "package-lock.json"]);
}

function isFresh(state, inputs) {
  return existsSync(state) && readFileSync(state, "utf8") === inputs;
}

function remember(state, inputs) {
  mkdirSync(dirname(state), { recursive: true });
  writeFileSync(state, inputs);
}

/** One hash over the names and contents of the source files below `paths`. */
function sourceHash(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((entry) => listSources(join(root, entry)))) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
}

function listSources(path) {
  if (path.endsWith(".json") || path.endsWith(".ts")) return [path];
  const found = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (["dist", "node_modules", "test"].includes(entry.name) || entry.name.startsWith(".")) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) found.push(...listSources(child));
    else if (/\.(ts|json)$/.test(entry.name)) found.push(child);
  }
  return found;
}

function tool(command) {
  return join(root, "node_modules/.bin", process.platform === "win32" ? `${command}.cmd` : command);
}

function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}

function run(label, command, args) {
  const started = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: command.endsWith(".cmd") });
  if (error !== undefined) say(`${label} could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  say(`${label} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

import { spawn, spawnSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { configOfImage, listImage } from "../setup/image-listing.js";
import { docker } from "../setup/docker.js";
import { createOwnBase, type OwnBase } from "../setup/own-base.js";

const program = fileURLToPath(new URL("../../packages/cli/bin/hclbuild.cjs", import.meta.url));

/** One provisioner of a random build. */
type CaseStep =
  | { readonly kind: "inline"; readonly line: string; readonly variable: string; readonly timesOut?: boolean }
  | { readonly kind: "script"; readonly text: string }
  | { readonly kind: "upload"; readonly text: string; readonly mode: number }
  | { readonly kind: "content"; readonly text: string }
  | { readonly kind: "folder"; readonly names: readonly string[]; readonly text: string };

/** A build whose inputs can be edited. */
interface CaseState {
  readonly base: number;
  readonly user: string;
  readonly label: string;
  readonly steps: readonly CaseStep[];
  /** Number of a step that asks not to be cached; -1 for none. */
  readonly uncached: number;
}

export interface CaseReport {
  readonly cases: number;
  /** Builds that went on from a checkpoint. */
  readonly restored: number;
  readonly failures: readonly string[];
}

/** Small, fast and repeatable: mulberry32. */
export function randomFrom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/**
 * Builds a random template with checkpoints, then edits one input after another; after each edit the image built with
 * checkpoints must equal the one built without.
 */
export async function checkEdits(
  options: { readonly seed: number; readonly count: number },
  note: (text: string) => void = () => undefined,
): Promise<CaseReport> {
  const random = randomFrom(options.seed);
  const surroundings = createSurroundings();
  const failures: string[] = [];
  let restored = 0;
  try {
    let state = initialState(random);
    build(surroundings, state, ["-cache"]);
    for (let index = 0; index < options.count; index++) {
      const edit = edits[random(edits.length)] as Edit;
      state = edit.apply(state, random);
      const cached = build(surroundings, state, ["-cache"]);
      const fresh = build(surroundings, state, []);
      if (cached.output.includes("Going on from the checkpoint")) restored += 1;
      const difference = await compareImages(cached.image, fresh.image);
      note(`${index + 1}/${options.count} ${edit.name}: ${difference ?? "equal"}`);
      if (difference !== undefined)
        failures.push(`seed ${options.seed}, case ${index + 1}, ${edit.name}: ${difference}`);
    }
  } finally {
    removeSurroundings(surroundings);
  }
  return { cases: options.count, restored, failures };
}

/** Kills a build after each of its steps and resumes it; the image must be that of a build that was not killed. */
export async function checkKills(seed: number): Promise<readonly string[]> {
  const random = randomFrom(seed);
  const surroundings = createSurroundings();
  const failures: string[] = [];
  try {
    const state = initialState(random);
    const reference = build(surroundings, state, []);
    for (let step = 1; step <= state.steps.length; step++) {
      run(surroundings, ["cache", "prune", "."]);
      await killAfter(surroundings, step);
      const resumed = build(surroundings, state, ["-resume"]);
      const difference = await compareImages(resumed.image, reference.image);
      if (difference !== undefined) failures.push(`killed after step ${step}: ${difference}`);
    }
    run(surroundings, ["cleanup", "."]);
  } finally {
    removeSurroundings(surroundings);
  }
  return failures;
}

interface Surroundings {
  readonly folder: string;
  readonly own: OwnBase;
  /** Name of the base image, which moves between two images. */
  readonly base: string;
  readonly bases: readonly string[];
}

function createSurroundings(): Surroundings {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-checkpoints-"));
  const own = createOwnBase();
  const container = docker("container", "create", own.name);
  const other = docker("container", "commit", "--change", "ENV BASE=other", container);
  docker("container", "rm", container);
  const bases = [docker("image", "inspect", "--format", "{{.Id}}", own.name), other];
  return { folder, own, base: `${own.mark}:moving`, bases };
}

function removeSurroundings({ folder, own }: Surroundings): void {
  spawnSync(process.execPath, [program, "cache", "prune", folder]);
  own.remove();
  rmSync(folder, { recursive: true, force: true });
}

function initialState(random: (limit: number) => number): CaseState {
  const steps: CaseStep[] = [
    { kind: "inline", line: "echo one >> /log", variable: "a" },
    { kind: "upload", text: "first\n", mode: 0o644 },
    { kind: "script", text: "echo script >> /log; cat /etc/uploaded* >> /log 2>&1 || true\n" },
    { kind: "folder", names: ["a", "b/c"], text: "inside\n" },
    { kind: "inline", line: 'echo "$BASE $(id -u)" >> /log; ls /etc/folder >> /log 2>&1 || true', variable: "b" },
    { kind: "content", text: "written\n" },
  ];
  // Every seed starts with another order.
  for (let index = steps.length - 1; index > 0; index--) {
    const other = random(index + 1);
    [steps[index], steps[other]] = [steps[other] as CaseStep, steps[index] as CaseStep];
  }
  return { base: 0, user: "root", label: "x", steps, uncached: -1 };
}

interface Edit {
  readonly name: string;
  apply(state: CaseState, random: (limit: number) => number): CaseState;
}

function editStep(state: CaseState, index: number, edit: (step: CaseStep) => CaseStep): CaseState {
  return { ...state, steps: state.steps.map((step, at) => (at === index ? edit(step) : step)) };
}

/** An edit of a random step among those that have what it edits. */
function stepEdit(
  name: string,
  kinds: readonly CaseStep["kind"][],
  edit: (step: CaseStep, random: (limit: number) => number) => CaseStep,
): Edit {
  return {
    name,
    apply(state, random) {
      const places = state.steps.flatMap((step, index) => (kinds.includes(step.kind) ? [index] : []));
      const place = places[random(places.length)] as number;
      return editStep(state, place, (step) => edit(step, random));
    },
  };
}

const edits: readonly Edit[] = [
  stepEdit("script byte", ["script"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "script" }>),
    text: `echo script ${random(3)} >> /log\n`,
  })),
  stepEdit("inline line", ["inline"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "inline" }>),
    line: `echo line ${random(3)} "$V" >> /log`,
  })),
  stepEdit("env value", ["inline"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "inline" }>),
    variable: `v${random(3)}`,
  })),
  stepEdit("file content", ["upload", "content", "folder"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "upload" }>),
    text: `content ${random(3)}\n`,
  })),
  stepEdit("file mode", ["upload"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "upload" }>),
    mode: [0o644, 0o600, 0o755][random(3)] as number,
  })),
  stepEdit("files of a folder", ["folder"], (step, random) => ({
    ...(step as Extract<CaseStep, { kind: "folder" }>),
    names: [["a", "b/c"], ["a"], ["a", "b/c", "d"]][random(3)] as string[],
  })),
  { name: "base image", apply: (state) => ({ ...state, base: 1 - state.base }) },
  { name: "option of the run", apply: (state, random) => ({ ...state, user: ["root", "0:0"][random(2)] as string }) },
  { name: "option of the artifact", apply: (state, random) => ({ ...state, label: `l${random(3)}` }) },
  {
    name: "order",
    apply(state, random) {
      const at = random(state.steps.length - 1);
      const steps = [...state.steps];
      [steps[at], steps[at + 1]] = [steps[at + 1] as CaseStep, steps[at] as CaseStep];
      return { ...state, steps };
    },
  },
  { name: "step added", apply: (state, random) => added(state, random) },
  {
    name: "step removed",
    apply: (state, random) =>
      state.steps.length <= 6 ? added(state, random) : { ...state, steps: state.steps.slice(0, -1) },
  },
  {
    name: "cache = false",
    apply: (state, random) => ({ ...state, uncached: state.uncached >= 0 ? -1 : random(state.steps.length) }),
  },
];

function added(state: CaseState, random: (limit: number) => number): CaseState {
  if (state.steps.length > 9) return { ...state, steps: state.steps.slice(0, -1) };
  const step: CaseStep = { kind: "inline", line: `echo added ${random(4)} >> /log`, variable: "n" };
  return { ...state, steps: [...state.steps, step] };
}

function writeCase({ folder, base, bases }: Surroundings, state: CaseState): void {
  docker("image", "tag", bases[state.base] as string, base);
  const blocks = state.steps.map((step, index) => {
    const cache = index === state.uncached ? "    cache = false\n" : "";
    return `  provisioner ${provisionerText(folder, step, index)}${cache}  }\n`;
  });
  const template = `source "docker" "kept" {
  image       = ${JSON.stringify(base)}
  pull        = false
  commit      = true
  exec_user   = ${JSON.stringify(state.user)}
  changes     = ["LABEL edited=${state.label}"]
}

build {
  sources = ["source.docker.kept"]
${blocks.join("")}}
`;
  write(folder, "it.pkr.hcl", template);
}

/** The opening of a provisioner block with its options; its files are written beside the template. */
function provisionerText(folder: string, step: CaseStep, index: number): string {
  switch (step.kind) {
    case "inline":
      return `"shell" {\n    inline = [${JSON.stringify(step.line)}]\n    env    = { V = ${JSON.stringify(step.variable)} }\n`;
    case "script":
      write(folder, `script${index}.sh`, `#!/bin/sh\n${step.text}`);
      return `"shell" {\n    script = "script${index}.sh"\n`;
    case "upload":
      write(folder, `upload${index}`, step.text, step.mode);
      return `"file" {\n    source      = "upload${index}"\n    destination = "/etc/uploaded${index}"\n`;
    case "content":
      return `"file" {\n    content     = ${JSON.stringify(step.text)}\n    destination = "/etc/content"\n`;
    case "folder":
      rmSync(join(folder, `folder${index}`), { recursive: true, force: true });
      for (const name of step.names) write(folder, `folder${index}/${name}`, step.text);
      return `"file" {\n    source      = "folder${index}/"\n    destination = "/etc/folder"\n`;
  }
}

function write(folder: string, name: string, text: string, mode = 0o644): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

interface BuiltCase {
  readonly image: string;
  readonly output: string;
}

function run({ folder }: Surroundings, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`hclbuild ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

function build(surroundings: Surroundings, state: CaseState, flags: readonly string[]): BuiltCase {
  writeCase(surroundings, state);
  const output = run(surroundings, ["build", "-color=false", ...flags, "."]);
  const image = /Imported Docker image: (sha256:[0-9a-f]{64})/.exec(output)?.[1];
  if (image === undefined) throw new Error(`no image in:\n${output}`);
  return { image, output };
}

/** Starts a build and kills it without warning when the step with this number has ended. */
async function killAfter({ folder }: Surroundings, step: number): Promise<void> {
  const args = [program, "build", "-cache", "-format=ndjson", "."];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    const ended = text
      .split("\n")
      .filter((line) => line.includes('"type":"node.end"') && line.includes('"kind":"step"'));
    if (ended.length >= step) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
}

/** What differs between two images; `undefined` when nothing that counts does. */
export async function compareImages(one: string, other: string): Promise<string | undefined> {
  const [config, expected] = [configOfImage(one), configOfImage(other)];
  if (!isDeepStrictEqual(config, expected)) {
    return `configuration ${JSON.stringify(config)} instead of ${JSON.stringify(expected)}`;
  }
  const [files, wanted] = await Promise.all([listImage(one), listImage(other)]);
  const names = new Set([...Object.keys(files), ...Object.keys(wanted)]);
  const different = [...names].filter((name) => !isDeepStrictEqual(files[name], wanted[name]));
  return different.length === 0 ? undefined : `files ${different.join(", ")}`;
}

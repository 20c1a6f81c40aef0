import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  containsMark,
  consoleText,
  isJsonArray,
  isWhollyKnown,
  parseLosslessJson,
  toJson,
  unmarkDeep,
  type LosslessJson,
  type Value,
} from "../packages/value/src/index.js";
import {
  describeValue,
  isExpected,
  readVectors,
  runVector,
  vectorHostFiles,
  vectorNames,
  writeVectors,
  type FunctionVector,
  type VectorOutcome,
  type VectorValue,
} from "../packages/eval/test/functions/vector-files.js";
import { hasError, namesIn, type Answer, type Peer, type Question } from "./function-peer.js";
import { createNewerPackerPeer } from "./newer-packer-peer.js";
import { repositoryRoot } from "./run-tool.js";

/**
 * Checks the vectors in fixtures/eval/functions against other programs and records which one confirmed each:
 *
 *     tsx --conditions=@hclbuild/source tools/check-function-vectors.ts [--record] [function…]
 *
 * Peers, tried in this order: a Go program on the published HCL and cty modules (built here from tools/function-oracle),
 * Debian's packer 1.6.6 console, Terraform's console, OpenTofu's functions, and the console of the Packer that the
 * environment variable PEER_PACKER names. The hashes of bcrypt, which differ from call to call, are given to the Go program
 * to be checked. A vector that none of them can evaluate is `spec`: its expectation is written by hand from the documented behaviour; `computed` in its place says that it was
 * confirmed by an independent computation, which `packages/eval/test/functions/computed.test.ts` repeats. `--record`
 * fills in expectations that are missing, from the peer, and `checked`; without it a disagreement fails.
 */

/** Packer 1.6.6 has another function of this name, which takes a key. */
const changedSince166: ReadonlySet<string> = new Set(["index"]);

/**
 * Where we are more precise than the peer on purpose: the type of an unknown list is kept, whether a sensitive value can be
 * computed is as sensitive as the value, an unknown value may turn out to be sensitive, and a null in YAML is known.
 */
const morePrecise: ReadonlySet<string> = new Set([
  'yamldecode("~")',
  "tolist(u)",
  "toset(u)",
  "tomap(u)",
  "can(s)",
  "issensitive(u)",
]);

/** Each call of these gives something else: only what all calls have in common can be compared. */
const variable: ReadonlySet<string> = new Set(["bcrypt", "timestamp"]);

const opentofuVersion = "1.9.1";

/** Functions of the peers that differ from Packer's of the same name, or that need our files. */
const notComparable: ReadonlySet<string> = new Set([
  "abspath",
  "env",
  "pathexpand",
  "templatefile",
  "timestamp",
  "uuidv4",
  "bcrypt",
]);

/** Asks the Go program; the answers to all questions are fetched at once. */
function createGoPeer(questions: readonly Question[], folder: string): Peer {
  const binary = join(folder, "function-oracle");
  const built = spawnSync("go", ["build", "-o", binary, "."], {
    cwd: `${repositoryRoot}tools/function-oracle`,
    encoding: "utf8",
  });
  if (built.status !== 0) return () => undefined;
  const known = new Set(spawnSync(binary, ["names"], { encoding: "utf8" }).stdout.split("\n"));
  const isFile = (name: string): boolean => name.startsWith("file");
  const usable = questions.filter((question) => {
    const { vector } = question;
    if (hashOf(question) !== undefined) return true;
    const names = namesIn(vector.expr);
    if (names.some((name) => !known.has(name) || notComparable.has(name))) return false;
    return !(names.some(isFile) && /~|\/template|here\.txt/.test(JSON.stringify(vector)));
  });
  const input = usable.map((question) => JSON.stringify(goQuestion(question))).join("\n");
  const output = spawnSync(binary, { input, encoding: "utf8", cwd: join(folder, "template"), maxBuffer: 1 << 28 });
  const answers = new Map<Question, Answer>();
  for (const [index, line] of output.stdout.trimEnd().split("\n").entries()) {
    const question = usable[index];
    if (question !== undefined) answers.set(question, readGoAnswer(question, line));
  }
  return (question) => answers.get(question);
}

/** The hash that a call of bcrypt came to. */
function hashOf({ name, vector, outcome }: Question): string | undefined {
  const { representation } = unmarkDeep(outcome.value).value;
  return name === "bcrypt" && vector.expr.startsWith("bcrypt(") && typeof representation === "string"
    ? representation
    : undefined;
}

function goQuestion(question: Question): { readonly expr: string; readonly vars: FunctionVector["vars"] } {
  const { expr, vars = {} } = question.vector;
  const hash = hashOf(question);
  if (hash === undefined) return { expr, vars };
  return {
    expr: expr.replace("bcrypt(", "bcryptmatches(hash, "),
    vars: { ...vars, hash: { type: "string", value: hash } },
  };
}

function readGoAnswer(question: Question, line: string, checked = "go-cty"): Answer {
  const answer = readExactJson(line) as VectorValue & { readonly error?: string };
  if (checked === "go-cty" && hashOf(question) !== undefined)
    return { checked, agrees: answer.value === true, isError: false, shown: line };
  if (answer.error !== undefined) return { checked, agrees: hasError(question), isError: true, shown: answer.error };
  const { type, value, unknown, infinite, sensitive } = answer;
  const result: VectorValue = {
    type,
    ...(value === undefined ? {} : { value }),
    ...(unknown === true ? { unknown } : {}),
    ...(infinite === undefined ? {} : { infinite }),
    ...(sensitive === true ? { sensitive } : {}),
  };
  const agrees = !hasError(question) && isExpected(question.outcome.value, result);
  return { checked, agrees, result, isError: false, shown: line };
}

/** JSON with numbers that doubles cannot hold as strings, which stand for numbers in a value of that type. */
function readExactJson(text: string): unknown {
  const json = parseLosslessJson(text);
  const convert = (part: LosslessJson): unknown => {
    if (part === null || typeof part !== "object") return part;
    if (isJsonArray(part)) return part.map(convert);
    if (part.kind === "object")
      return Object.fromEntries(part.properties.map(([name, value]) => [name, convert(value)]));
    return String(Number(part.text)) === part.text ? Number(part.text) : part.text;
  };
  return convert(json as LosslessJson);
}

function isPlain({ vector, outcome }: Question): boolean {
  return vector.vars === undefined && !containsMark(outcome.value, "sensitive");
}

interface ConsoleAnswer {
  readonly text: string;
  /** All that was printed. */
  readonly errors: string;
  readonly fails: boolean;
}

function askConsole(command: readonly [string, ...string[]], input: string, folder: string): ConsoleAnswer {
  const [program, ...args] = command;
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", HOME: folder, NO_COLOR: "1", TF_CLI_CONFIG_FILE: "" };
  const result = spawnSync(program, args, { input: `${input}\n`, encoding: "utf8", cwd: folder, env });
  const text = result.stdout + result.stderr;
  return { text: result.stdout, errors: text, fails: result.status !== 0 || text.includes("Error: ") };
}

function createPackerPeer(folder: string): Peer {
  const version =
    spawnSync("packer", ["version"], { encoding: "utf8", env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).stdout ??
    "";
  if (!version.includes("1.6.6")) return () => undefined;
  return (question) => {
    if (
      !isPlain(question) ||
      namesIn(question.vector.expr).some(
        (name) => notComparable.has(name) || name.startsWith("file") || changedSince166.has(name),
      )
    )
      return undefined;
    const { text, fails } = askConsole(["packer", "console", "--config-type=hcl2"], question.vector.expr, folder);
    if (/no function named/.test(text)) return undefined;
    if (fails) return { checked: "packer-1.6.6", agrees: hasError(question), isError: true, shown: text };
    const agrees =
      !hasError(question) &&
      `${consoleText(question.outcome.value)}\n`.replace(/\n+$/, "") === text.replace(/\n+$/, "");
    return { checked: "packer-1.6.6", agrees, isError: false, shown: text };
  };
}

function createTerraformPeer(folder: string): Peer {
  const version = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" }).stdout ?? "";
  const checked = `terraform-${/"terraform_version": "([0-9.]+)"/.exec(version)?.[1] ?? ""}`;
  if (checked === "terraform-") return () => undefined;
  return (question) => {
    if (
      !isPlain(question) ||
      namesIn(question.vector.expr).some((name) => notComparable.has(name) || name.startsWith("file"))
    )
      return undefined;
    const { text, fails, errors } = askConsole(["terraform", "console"], `jsonencode(${question.vector.expr})`, folder);
    // Terraform has no convert, and knows no value of the types it names.
    if (/no function named|Invalid reference|Reference to undeclared/.test(errors)) return undefined;
    if (fails) return { checked, agrees: hasError(question), isError: true, shown: errors };
    const answer = readTerraformText(text);
    return {
      checked,
      agrees: !hasError(question) && jsonOf(question.outcome.value) === answer,
      isError: false,
      shown: answer,
    };
  };
}

/** OpenTofu's functions, of which some are Packer's too, on unknown and sensitive values as well. Takes minutes to build. */
function createOpentofuPeer(questions: readonly Question[], folder: string): Peer {
  const binary = buildOpentofuOracle(folder);
  if (binary === undefined) return () => undefined;
  const checked = `opentofu-${opentofuVersion}`;
  const environment = { ...process.env, HOME: join(folder, "home/user"), ORACLE_BASE: join(folder, "template") };
  const known = new Set(spawnSync(binary, ["names"], { encoding: "utf8", env: environment }).stdout.split("\n"));
  const usable = questions.filter(({ name, vector }) => {
    const names = namesIn(vector.expr);
    if (!known.has(name) || names.some((each) => !known.has(each) || changedSince166.has(each))) return false;
    return !vector.expr.includes("here.txt");
  });
  // The vectors' folders are at the root.
  const moved = (text: string): string => text.replaceAll(/\/(template|current)(?![a-z])/g, `${folder}/$1`);
  const input = usable.map(({ vector }) => moved(JSON.stringify({ expr: vector.expr, vars: vector.vars ?? {} })));
  const output = spawnSync(binary, {
    input: `${input.join("\n")}\n`,
    encoding: "utf8",
    cwd: join(folder, "current"),
    env: environment,
    maxBuffer: 1 << 28,
  });
  const answers = new Map<Question, Answer>();
  for (const [index, line] of output.stdout.trimEnd().split("\n").entries()) {
    const question = usable[index];
    if (question === undefined) continue;
    const { result: _, ...answer } = readGoAnswer(question, line.replaceAll(folder, ""), checked);
    const isComparable = answer.agrees || !namesIn(question.vector.expr).some((name) => variable.has(name));
    if (isComparable) answers.set(question, answer);
  }
  return (question) => answers.get(question);
}

function buildOpentofuOracle(folder: string): string | undefined {
  const module = `github.com/opentofu/opentofu@v${opentofuVersion}`;
  const options = { encoding: "utf8", env: { ...process.env, GOFLAGS: "-mod=mod" } } as const;
  const { status, stdout } = spawnSync("go", ["mod", "download", "-json", module], { ...options, cwd: folder });
  if (status !== 0) return undefined;
  const copy = join(folder, "opentofu");
  cpSync((JSON.parse(stdout) as { readonly Dir: string }).Dir, copy, { recursive: true });
  // What is in the module cache cannot be written.
  for (const path of [copy, join(copy, "cmd"), join(copy, "go.mod"), join(copy, "go.sum")]) chmodSync(path, 0o755);
  mkdirSync(join(copy, "cmd/oracle"), { recursive: true });
  copyFileSync(`${repositoryRoot}tools/function-oracle/main.go`, join(copy, "cmd/oracle/main.go"));
  copyFileSync(`${repositoryRoot}tools/function-oracle/opentofu/functions.go`, join(copy, "cmd/oracle/functions.go"));
  const binary = join(folder, "opentofu-oracle");
  return spawnSync("go", ["build", "-o", binary, "./cmd/oracle"], { ...options, cwd: copy }).status === 0
    ? binary
    : undefined;
}

function jsonOf(value: Value): string {
  const plain = unmarkDeep(value).value;
  const json = isWhollyKnown(plain) ? toJson(plain) : "unknown";
  return typeof json === "string" ? json : json.message;
}

function readTerraformText(text: string): string {
  const line = text.trim();
  const heredoc = /^<<EOT\n([^]*)\nEOT$/.exec(line);
  return heredoc?.[1] ?? (JSON.parse(line.replaceAll("$${", "${").replaceAll("%%{", "%{")) as string);
}

function recordAnswer(question: Question, answer: Answer): FunctionVector {
  const { vector, outcome } = question;
  const { name, expr, vars } = vector;
  const head = { name, expr, ...(vars === undefined ? {} : { vars }) };
  if (answer.isError) return { ...head, diags: codesOf(outcome), checked: answer.checked };
  return { ...head, result: answer.result ?? describeValue(outcome.value), checked: answer.checked };
}

function codesOf({ diagnostics }: VectorOutcome): readonly { readonly code: string }[] {
  return diagnostics.map(({ code }) => ({ code }));
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "function-vectors-"));
  for (const [path, content] of Object.entries(vectorHostFiles)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function main(args: readonly string[]): boolean {
  const isRecording = args.includes("--record");
  const wanted = args.filter((arg) => !arg.startsWith("--"));
  const names = wanted.length > 0 ? wanted : vectorNames();
  const questions = names.flatMap((name) =>
    readVectors(name).map((vector): Question => ({ name, vector, outcome: runVector(name, vector) })),
  );
  const folder = makeFolder();
  const peers = [
    createGoPeer(questions, folder),
    createPackerPeer(folder),
    createTerraformPeer(folder),
    createOpentofuPeer(questions, folder),
    createNewerPackerPeer(folder),
  ];
  const updated = new Map<string, FunctionVector[]>(names.map((name) => [name, []]));
  let isGood = true;
  for (const question of questions) {
    const answer = morePrecise.has(question.vector.expr)
      ? undefined
      : peers.reduce<Answer | undefined>((found, peer) => found ?? peer(question), undefined);
    const { name, vector } = question;
    if (answer !== undefined && !answer.agrees) {
      isGood = false;
      console.error(
        `${name}: ${vector.expr}\n  ${answer.checked}: ${answer.shown.trim().slice(0, 400)}\n  here: ${shownOutcome(question)}`,
      );
    }
    const settled =
      answer?.agrees === true
        ? recordAnswer(question, answer)
        : { ...vector, checked: vector.checked === "computed" ? "computed" : "spec" };
    updated.get(name)?.push(isRecording ? settled : vector);
  }
  if (isRecording) for (const [name, vectors] of updated) writeVectors(name, vectors);
  rmSync(folder, { recursive: true });
  return isGood;
}

function shownOutcome(question: Question): string {
  const { outcome } = question;
  if (hasError(question))
    return outcome.diagnostics.map(({ message, detail }) => `${message} ${detail ?? ""}`).join(" ");
  return JSON.stringify(describeValue(outcome.value)).slice(0, 400);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2)) ? 0 : 1;

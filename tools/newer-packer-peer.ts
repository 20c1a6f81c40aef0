import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containsMark, consoleText } from "../packages/value/src/index.js";
import { hasError, namesIn, type Peer, type Question } from "./function-peer.js";

/**
 * The console of a Packer that knows more functions than Debian's: the program that PEER_PACKER names. It is asked what the
 * other peers cannot tell, which is what only Packer has.
 */
export function createNewerPackerPeer(folder: string): Peer {
  const program = process.env["PEER_PACKER"];
  if (program === undefined) return () => undefined;
  const home = join(folder, "peer");
  mkdirSync(home, { recursive: true });
  const env = {
    CHECKPOINT_DISABLE: "1",
    NO_COLOR: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    PACKER_CONFIG_DIR: home,
    // What the vectors of env expect.
    HOME: "/home/user",
  };
  const version = spawnSync(program, ["version"], { encoding: "utf8", env }).stdout;
  const checked = `packer-${/v([0-9.]+)/.exec(version)?.[1] ?? "unknown"}`;
  return (question) => {
    const expr = consoleExpression(question);
    if (expr === undefined) return undefined;
    const inDefault = question.name === "env" && !/\b(?:can|try)\(/.test(expr);
    const template = join(home, "template");
    mkdirSync(template, { recursive: true });
    writeFileSync(join(template, "a.pkr.hcl"), inDefault ? `variable "v" {\n  default = ${expr}\n}\n` : "locals {}\n");
    const input = `${inDefault ? "var.v" : expr}\n`;
    const result = spawnSync(program, ["console", template], {
      input,
      encoding: "utf8",
      env,
      cwd: join(folder, "current"),
    });
    const shown = result.stdout + result.stderr;
    if (/no function named/.test(shown)) return undefined;
    // What Node gives as input is no pipe to Packer, which then ends with 0.
    if (result.status !== 0 || shown.includes("Error: "))
      return { checked, agrees: hasError(question), isError: true, shown };
    const text = `${consoleText(question.outcome.value)}\n`;
    if (text !== result.stdout && namesIn(expr).some((name) => changing.has(name))) return undefined;
    return { checked, agrees: !hasError(question) && text === result.stdout, isError: false, shown };
  };
}

/**
 * Packer gives something unknown for a null that is formatted, which stands in for unknown variables. Other variables are
 * not set in a console, secrets are not known to its values, and what depends on clock or chance cannot be compared.
 */
function consoleExpression(question: Question): string | undefined {
  const { vector, outcome } = question;
  const names = namesIn(vector.expr);
  // The test that computes these wants all of them.
  if (vector.checked === "computed") return undefined;
  if (containsMark(outcome.value, "sensitive")) return undefined;
  const isVariable = names.some((name) =>
    ["timestamp", "bcrypt", "abspath", "pathexpand", "templatefile"].includes(name),
  );
  if (isVariable || names.some((name) => name.startsWith("file") && name !== "filebase64")) return undefined;
  let { expr } = vector;
  for (const [name, { type, unknown, marks }] of Object.entries(vector.vars ?? {})) {
    if (unknown !== true || marks !== undefined) return undefined;
    const standIn = unknownsOfPacker.get(type);
    if (standIn === undefined) return undefined;
    expr = expr.replaceAll(new RegExp(`\\b${name}\\b(?!\\()`, "g"), () => standIn);
  }
  return expr;
}

/** What depends on clock or chance. */
const changing: ReadonlySet<string> = new Set(["legacy_isotime", "legacy_strftime", "uuidv4"]);

const unknownsOfPacker: ReadonlyMap<unknown, string> = new Map([
  ["dynamic", 'format("%s", null)'],
  ["string", '"${"a"}${format("%s", null)}"'],
  ["number", '(1 + format("%s", null))'],
]);

import { diagnose, suggestName, type Diagnostic } from "@hclbuild/diagnostics";
import { cliCatalog } from "./catalog.js";
import { commands } from "./command-table.js";
import type { CliHost, CommandSpec, Invocation } from "./command.js";
import { printDiagnostics } from "./output/diagnostic-output.js";
import { wantsDocument } from "./flags/command-line.js";
import { parseFlags, type FlagProblem } from "./flags/flags.js";
import { renderCommandHelp, renderOverview } from "./flags/help.js";

/** Exit code for a command that does not exist, as shells use it. */
const unknownCommand = 127;

/**
 * Finds the command that a command line names, checks its flags and arguments and runs it. Resolves to the exit code.
 */
export async function dispatch(argv: readonly string[], host: CliHost): Promise<number> {
  const machineReadable = argv.includes("-machine-readable");
  const words = withoutFirst(argv, "-machine-readable");
  const position = words.findIndex((word) => !word.startsWith("-"));
  const before = position === -1 ? words : words.slice(0, position);
  const name = words[position];
  if (name === "help" || (name === undefined && before.some(isHelp))) {
    return showHelp(words.slice(position + 1), host);
  }
  if (before.some(isVersion)) return runCommand("version", [], { host, machineReadable });
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    host.stdout.write(renderOverview(commands));
    // Last and apart, so that it stays in sight below the overview, which is all that Packer prints.
    if (name !== undefined) printDiagnostics([describeUnknown(name)], { host, stream: host.stderr });
    return unknownCommand;
  }
  if (before.length > 0) return refuseEarlyFlag(command, before[0] as string, host);
  return runCommand(command.name, words.slice(position + 1), { host, machineReadable });
}

function withoutFirst(words: readonly string[], word: string): readonly string[] {
  const index = words.indexOf(word);
  return index === -1 ? words : words.toSpliced(index, 1);
}

function isHelp(word: string): boolean {
  return /^--?h(elp)?$/.test(word);
}

function isVersion(word: string): boolean {
  return /^--?v(ersion)?$/.test(word);
}

function showHelp(words: readonly string[], host: CliHost): number {
  const command = commands.find((candidate) => candidate.name === words[0]);
  host.stdout.write(command === undefined ? renderOverview(commands) : renderCommandHelp(command));
  return 0;
}

function refuseEarlyFlag(command: CommandSpec, flag: string, host: CliHost): number {
  if (isHelp(flag)) return showHelp([command.name], host);
  const diagnostic = diagnose(cliCatalog["flag-before-command"], { flag, command: command.name });
  refuse(command, { host, words: [], diagnostic });
  return 1;
}

async function runCommand(
  name: string,
  words: readonly string[],
  context: Pick<Invocation, "host" | "machineReadable">,
): Promise<number> {
  const command = commands.find((candidate) => candidate.name === name) as CommandSpec;
  const parsed = parseFlags(command.flags, command.rawArguments && !words.some(isHelp) ? ["--", ...words] : words);
  if (parsed.kind === "problem") {
    if (parsed.problem.kind === "help") return showHelp([name], context.host);
    refuse(command, { ...context, words, diagnostic: describeProblem(command, parsed.problem) });
    return 1;
  }
  const { min, max } = command.arguments;
  if (parsed.args.length < min || parsed.args.length > max) {
    refuse(command, { ...context, words, diagnostic: describeCount(command, parsed.args.length) });
    return 1;
  }
  const { run } = await command.load();
  return run({ command, ...parsed, ...context });
}

function describeUnknown(name: string): Diagnostic {
  const names = commands.filter((command) => !command.hidden).map((command) => command.name);
  return diagnose(cliCatalog["unknown-command"], { name, near: suggestName(name.toLowerCase(), names) });
}

function describeProblem(command: CommandSpec, problem: Exclude<FlagProblem, { kind: "help" }>): Diagnostic {
  switch (problem.kind) {
    case "unknown": {
      const names = command.flags.map((flag) => flag.name);
      return diagnose(cliCatalog["unknown-flag"], {
        command: command.name,
        flag: problem.flag,
        near: suggestName(problem.flag, names),
      });
    }
    case "missing-value":
      return diagnose(cliCatalog["missing-flag-value"], { flag: problem.flag });
    case "bad-syntax":
      return diagnose(cliCatalog["bad-flag-syntax"], { text: problem.text });
    case "invalid-value":
      return diagnose(cliCatalog["invalid-flag-value"], problem);
  }
}

function describeCount(command: CommandSpec, count: number): Diagnostic {
  const { min, max } = command.arguments;
  const bound = min === max ? "exactly" : count < min ? "at least" : "at most";
  const limit = count < min ? min : max;
  return diagnose(cliCatalog["wrong-argument-count"], {
    command: command.name,
    expected: `${bound} ${limit} ${limit === 1 ? "argument" : "arguments"}`,
    count,
    usage: command.usage,
  });
}

function refuse(command: CommandSpec, refusal: Refusal): void {
  const { host, words, diagnostic } = refusal;
  printDiagnostics([diagnostic], { host, stream: wantsDocument(words) ? host.stderr : host[command.diagnostics] });
}

interface Refusal {
  readonly host: CliHost;
  readonly words: readonly string[];
  readonly diagnostic: Diagnostic;
}

import type { CommandSpec } from "../command.js";
import type { FlagSpec } from "./flags.js";

const width = 80;

/** The list of commands, as printed by `help` and for an unknown command. */
export function renderOverview(commands: readonly CommandSpec[]): string {
  const shown = commands.filter((command) => command.hidden !== true);
  const column = Math.max(...shown.map((command) => command.name.length)) + 3;
  const lines = shown.map((command) => `  ${command.name.padEnd(column)}${command.summary}`);
  return [
    "Usage: hclbuild [--version] [--help] COMMAND [options]",
    "",
    "Turns one .pkr.hcl template into identical machine images for many platforms.",
    "",
    "Commands:",
    ...lines,
    "",
    "`hclbuild COMMAND --help` explains one command.",
    "",
  ].join("\n");
}

/** The help text of one command. */
export function renderCommandHelp(command: CommandSpec): string {
  const usage = `Usage: hclbuild ${command.name} ${command.usage}`.trimEnd();
  const paragraphs = command.description.flatMap((paragraph) => ["", ...wrap(paragraph, "")]);
  const flags = command.flags.filter((flag) => flag.hidden !== true);
  const options = flags.length === 0 ? [] : ["", "Options:", ...flags.flatMap(renderFlag)];
  return [usage, ...paragraphs, ...options, ""].join("\n");
}

/** How a flag is written, such as `-var NAME=VALUE`. */
export function flagUsage(flag: FlagSpec): string {
  if (flag.placeholder === undefined) return `-${flag.name}`;
  return `-${flag.name}${flag.kind === "bool" ? "=" : " "}${flag.placeholder}`;
}

function renderFlag(flag: FlagSpec): readonly string[] {
  return [`  ${flagUsage(flag)}`, ...wrap(flag.help, "      ")];
}

function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

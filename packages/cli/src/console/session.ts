import { createPlaceScope, renderVariablesText, type CompileResult, type Definitions } from "@hclbuild/compiler";
import { diagnose, DiagnosticBag, SourceSet, SourceText } from "@hclbuild/diagnostics";
import { evaluate, lowerExpression, type Scope } from "@hclbuild/eval";
import { decodeNativeSource, parseExpression } from "@hclbuild/syntax";
import { consoleText, type Value } from "@hclbuild/value";
import { cliCatalog } from "../catalog.js";
import type { CliHost, Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import { colorOf, hasErrors, printDiagnostics } from "../output/diagnostic-output.js";
import { createFunctions } from "../template/functions.js";
import { renderConsoleDocument } from "./document.js";

/** What expressions are evaluated against. */
export interface Session {
  readonly host: CliHost;
  readonly color: boolean;
  /** Each result is a JSON document, and standard output has nothing else. */
  readonly isJson: boolean;
  readonly scope: Scope;
  /** Answer to the command `variables`. */
  readonly variables: string;
  /** Folder of the template, if there is one. */
  readonly templateDirectory: string | undefined;
}

/** The result of one input: a text to print unless it failed, and whether anything was said about it. */
export interface Answer {
  readonly text?: string;
  readonly findings: "none" | "warnings" | "errors";
}

/** Words that are no expressions, and what they do. */
export const consoleCommands: Readonly<Record<string, string>> = {
  variables: "lists the template's variables and locals with their values",
  help: "shows this text",
  exit: "leaves, as do Ctrl-D and, where nothing is typed, Ctrl-C",
};

/** Reads the template, if one is given; `undefined` when it cannot be used, which has been reported. */
export async function openSession(invocation: Invocation): Promise<Session | undefined> {
  const { host, args, flags } = invocation;
  const isJson = flags.text("format") === "json";
  const color = colorOf(invocation);
  const path = args[0];
  if (path === undefined && flags.text("config-type") === "json") {
    const stream = isJson ? host.stderr : host.stdout;
    printDiagnostics([diagnose(cliCatalog["json-console"], {})], { host, stream, color });
    return undefined;
  }
  if (path === undefined) {
    const scope = scopeOf(emptyDefinitions(host));
    return { host, color, isJson, scope, variables: "There is no template.", templateDirectory: undefined };
  }
  const template = await loadTemplate(invocation, path);
  const declared = template.compile({ syntaxOnly: true });
  const stream = isJson ? host.stderr : host.stdout;
  printDiagnostics(declared.diagnostics, { host, stream, sources: declared.sources, color });
  if (hasErrors(declared.diagnostics)) return undefined;
  const result: CompileResult = template.compile();
  return {
    host,
    color,
    isJson,
    scope: scopeOf(result.definitions),
    variables: renderVariablesText(result),
    templateDirectory: template.project.rootDirectory,
  };
}

/** Without a template there are functions and folders. */
function emptyDefinitions(host: CliHost): Definitions {
  return {
    variables: new Map(),
    functions: createFunctions(host, host.cwd),
    local: () => undefined,
    localNames: () => [],
    data: () => undefined,
    dataNames: () => [],
    effect: () => undefined,
    notedCalls: { unanswered: new Map(), spans: new Map() },
    rootPath: host.cwd,
    workingDirectory: host.cwd,
  };
}

/** Variables, locals, folders and functions; data sources are not read here, so they have no place. */
function scopeOf(definitions: Definitions): Scope {
  const scope = createPlaceScope(definitions, { mode: "now" });
  return {
    functions: scope.functions,
    rootNames: () => scope.rootNames().filter((name) => name !== "data"),
    resolve: (root, steps, span, report) => (root === "data" ? undefined : scope.resolve(root, steps, span, report)),
  };
}

/**
 * Answers an expression or a command; bytes are those of a text that may not be UTF-8. What is wrong with it is printed
 * here, the answer is not.
 */
export function answer(session: Session, input: string | Uint8Array): Answer {
  const word = typeof input === "string" ? input.trim() : undefined;
  if (word === "help") return answerCommand(session, helpText());
  if (word === "variables") return answerCommand(session, session.variables.replace(/\n$/, ""));
  const bag = new DiagnosticBag();
  const name = "<console>";
  const source = typeof input === "string" ? new SourceText(name, input) : decodeNativeSource(name, input, bag.report);
  const sources = new SourceSet();
  sources.add(source);
  const expression = parseExpression(source, bag.report);
  const value = bag.hasErrors
    ? undefined
    : evaluate(lowerExpression({ expression, source }), session.scope, bag.report);
  const stream = session.isJson ? session.host.stderr : session.host.stdout;
  printDiagnostics(bag.items, { host: session.host, stream, sources, color: session.color });
  if (bag.hasErrors || value === undefined) return { findings: "errors" };
  return { text: renderValue(session, value), findings: bag.items.length === 0 ? "none" : "warnings" };
}

/** Prints an answer's text as a line of standard output. */
export function printAnswer({ host }: Session, { text }: Answer): void {
  if (text !== undefined) host.stdout.write(`${text}\n`);
}

function helpText(): string {
  const width = Math.max(...Object.keys(consoleCommands).map((name) => name.length)) + 3;
  return [
    "Type an expression to see its value, such as upper(var.name). An open bracket or",
    "heredoc goes on in the next line; Ctrl-C drops what is typed. The tab key completes",
    "names. Besides expressions there are",
    "",
    ...Object.entries(consoleCommands).map(([name, use]) => `  ${name.padEnd(width)}${use}`),
  ].join("\n");
}

// What a command prints is for people and no value.
function answerCommand({ host, isJson }: Session, text: string): Answer {
  if (!isJson) return { text, findings: "none" };
  host.stderr.write(`${text}\n`);
  return { findings: "none" };
}

function renderValue({ isJson }: Session, value: Value): string {
  return isJson ? renderConsoleDocument(value) : consoleText(value);
}

import { createPlaceScope, renderInspectText, type CompileResult } from "@hclbuild/compiler";
import { DiagnosticBag, SourceSet, SourceText } from "@hclbuild/diagnostics";
import { createScope, evaluate, lowerExpression, type Scope } from "@hclbuild/eval";
import { parseExpression } from "@hclbuild/syntax";
import { consoleText, type Value } from "@hclbuild/value";
import type { CliHost, Invocation } from "../command.js";
import { loadTemplate } from "../compile-template.js";
import { renderConsoleDocument } from "../console-document.js";
import { colorOf, hasErrors, printDiagnostics } from "../diagnostic-output.js";
import { createFunctions } from "../functions.js";

/** What expressions are evaluated against. */
interface Session {
  readonly host: CliHost;
  readonly color: boolean;
  /** Each result is a JSON document, and standard output has nothing else. */
  readonly isJson: boolean;
  readonly scope: Scope;
  /** Answer to the command `variables`. */
  readonly variables: string;
}

/** The result of one line: a text to print unless it failed, and whether anything was said about it. */
interface Answer {
  readonly text?: string;
  readonly findings: "none" | "warnings" | "errors";
}

/** Evaluates expressions: from a pipe line by line, on a terminal at a prompt. */
export async function run(invocation: Invocation): Promise<number> {
  const { host } = invocation;
  const session = await openSession(invocation);
  if (session === undefined) return 1;
  return host.stdin.isTerminal ? runPrompt(session) : runPiped(session);
}

async function openSession(invocation: Invocation): Promise<Session | undefined> {
  const { host, args, flags } = invocation;
  const isJson = flags.text("format") === "json";
  const color = colorOf(invocation);
  const path = args[0];
  if (path === undefined) {
    const scope = createScope({}, createFunctions(host, host.cwd));
    return { host, color, isJson, scope, variables: "There is no template." };
  }
  const template = await loadTemplate(invocation, path);
  const declared = template.compile({ syntaxOnly: true });
  printDiagnostics(declared.diagnostics, {
    host,
    stream: isJson ? host.stderr : host.stdout,
    sources: declared.sources,
    color,
  });
  if (hasErrors(declared.diagnostics)) return undefined;
  const result = template.compile();
  return { host, color, isJson, scope: scopeOf(result), variables: renderInspectText(result) };
}

/** Variables, locals, folders and functions; data sources are not read here, so they have no place. */
function scopeOf({ definitions }: CompileResult): Scope {
  const scope = createPlaceScope(definitions, { mode: "now" });
  return {
    functions: scope.functions,
    rootNames: () => scope.rootNames().filter((name) => name !== "data"),
    resolve: (root, steps, span, report) => (root === "data" ? undefined : scope.resolve(root, steps, span, report)),
  };
}

/** Prints the last line's result, as JSON that of each line; the exit code is that of the last line that had anything wrong with it. */
async function runPiped(session: Session): Promise<number> {
  let code = 0;
  let last: string | undefined;
  for await (const line of session.host.stdin.lines()) {
    const text = line.trim();
    if (text === "") continue;
    const answer = answerLine(session, text);
    if (answer.findings !== "none") code = answer.findings === "errors" ? 1 : 0;
    if (session.isJson) printAnswer(session, answer);
    else last = answer.text ?? last;
  }
  if (last !== undefined) session.host.stdout.write(`${last}\n`);
  return code;
}

async function runPrompt(session: Session): Promise<number> {
  const { host } = session;
  const interrupted = new AbortController();
  const release = host.onInterrupt(() => interrupted.abort());
  try {
    for (;;) {
      const line = await host.stdin.question("> ", interrupted.signal);
      const text = line?.trim();
      if (text === undefined || text === "exit") return 0;
      if (text === "") continue;
      printAnswer(session, answerLine(session, text));
    }
  } finally {
    release();
  }
}

function printAnswer({ host }: Session, { text }: Answer): void {
  if (text !== undefined) host.stdout.write(`${text}\n`);
}

const helpText = [
  "Type an expression to see its value. Besides expressions there are",
  "",
  "  variables   lists the template's variables and locals with their values",
  "  help        shows this text",
  "  exit        leaves, as do Ctrl-C and Ctrl-D",
].join("\n");

function answerLine(session: Session, text: string): Answer {
  if (text === "help") return answerCommand(session, helpText);
  if (text === "variables") return answerCommand(session, session.variables.trimEnd());
  const source = new SourceText("<console>", text);
  const sources = new SourceSet();
  sources.add(source);
  const bag = new DiagnosticBag();
  const expression = parseExpression(source, bag.report);
  const value = bag.hasErrors
    ? undefined
    : evaluate(lowerExpression({ expression, source }), session.scope, bag.report);
  const stream = session.isJson ? session.host.stderr : session.host.stdout;
  printDiagnostics(bag.items, { host: session.host, stream, sources, color: session.color });
  if (bag.hasErrors || value === undefined) return { findings: "errors" };
  return { text: renderValue(session, value), findings: bag.items.length === 0 ? "none" : "warnings" };
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

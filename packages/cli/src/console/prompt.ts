import { createInterface, type Interface } from "node:readline";
import { complete } from "./completion.js";
import { keptLines, openHistory, type History } from "./history.js";
import { answer, printAnswer, type Session } from "./session.js";
import { isUnfinished } from "./unfinished.js";

const firstPrompt = "> ";
const nextPrompt = "... ";

/** Answers what is typed on a terminal, until the user leaves. */
export async function runPrompt(session: Session): Promise<number> {
  const { host } = session;
  const history = await openHistory(session);
  const terminal = host.openTerminal();
  // Where standard output is for results alone, what is typed is shown elsewhere.
  const output = session.isJson || !host.stdout.isTerminal ? terminal.stderr : terminal.stdout;
  const state: PromptState = { before: "", isPrivate: false };
  const reader = createInterface({
    input: terminal.stdin,
    output,
    terminal: true,
    prompt: firstPrompt,
    history: history.lines.toReversed(),
    historySize: keptLines,
    removeHistoryDuplicates: true,
    completer: (line: string) => {
      const { candidates, fragment } = complete(line, session.scope, state.before);
      return [[...candidates], fragment];
    },
  });
  reader.on("history", (lines: string[]) => record(lines, { state, history }));
  const release = host.onInterrupt(() => reader.close());
  return new Promise((resolve) => {
    reader.on("line", (line) => readLine(line, { session, reader, state }));
    reader.on("SIGINT", () => {
      output.write("\n");
      if (state.before === "" && reader.line === "") {
        reader.close();
        return;
      }
      // The reader has no other way to drop a line than its own keys.
      reader.write(null, { ctrl: true, name: "e" });
      reader.write(null, { ctrl: true, name: "u" });
      begin(reader, state);
    });
    reader.on("close", () => {
      release();
      resolve(0);
    });
    reader.prompt();
  });
}

interface PromptState {
  /** Lines of an expression that goes on, each with its line end. */
  before: string;
  /** The expression being typed began with a blank, which keeps it out of the history. */
  isPrivate: boolean;
}

interface Prompt {
  readonly session: Session;
  readonly reader: Interface;
  readonly state: PromptState;
}

function begin(reader: Interface, state: PromptState): void {
  state.before = "";
  reader.setPrompt(firstPrompt);
  reader.prompt();
}

function readLine(line: string, { session, reader, state }: Prompt): void {
  const text = state.before + line;
  if (state.before === "" && line.trim() === "exit") {
    reader.close();
    return;
  }
  if (isUnfinished(text)) {
    state.before = `${text}\n`;
    reader.setPrompt(nextPrompt);
    reader.prompt();
    return;
  }
  // A heredoc needs the end of its last line.
  const isShort = state.before === "";
  if (text.trim() !== "") printAnswer(session, answer(session, isShort ? text : `${text}\n`));
  begin(reader, state);
}

/** Called with the newest line first, which is taken out again when it is to be forgotten. */
function record(lines: string[], { state, history }: { readonly state: PromptState; readonly history: History }): void {
  const [line = ""] = lines;
  if (state.before === "") state.isPrivate = /^\s/.test(line);
  if (state.isPrivate) lines.shift();
  else history.add(line);
}

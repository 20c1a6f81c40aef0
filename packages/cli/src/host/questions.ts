import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";

/** Where questions are asked. */
export interface QuestionTerminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WritableStream;
  /** Called for Ctrl-C, which the terminal does not turn into a signal while somebody types an answer. */
  readonly interrupt: () => void;
}

/** A question. */
export interface Question {
  readonly prompt: string;
  readonly signal: AbortSignal;
  /** The answer is not shown. */
  readonly hidden?: boolean;
}

/**
 * Makes what asks questions, one at a time. What is typed ahead of a question answers it. Resolves with `undefined` when
 * the input is over or the signal aborts.
 */
export function createQuestions(terminal: QuestionTerminal): (question: Question) => Promise<string | undefined> {
  const ahead: TypedAhead = { lines: [], rest: "" };
  return async (question) => {
    if (question.signal.aborted) return undefined;
    const line = ahead.lines.shift();
    if (line === undefined) {
      // A reader does not notice the end of what has ended before.
      return terminal.input.readableEnded ? undefined : await ask(terminal, question, ahead);
    }
    terminal.output.write(`${question.prompt}${question.hidden === true ? "" : line}\n`);
    return line;
  };
}

/** What was read with an answer, but comes after it. */
interface TypedAhead {
  readonly lines: string[];
  /** The beginning of a line. */
  rest: string;
}

async function ask(terminal: QuestionTerminal, question: Question, ahead: TypedAhead): Promise<string | undefined> {
  const { prompt, signal } = question;
  const isTerminal = terminal.input.isTTY;
  const isMuted = question.hidden === true && isTerminal;
  const output = isMuted ? new Writable({ write: discard }) : terminal.output;
  const reader = createInterface({ input: terminal.input, output, terminal: isTerminal });
  return new Promise((resolve) => {
    let isDone = false;
    let given: string | undefined;
    const finish = (answer: string | undefined): void => {
      if (isDone) return;
      isDone = true;
      signal.removeEventListener("abort", abort);
      if (isMuted) terminal.output.write("\n");
      if (answer !== undefined && isTerminal) ahead.rest = reader.line;
      reader.close();
      resolve(answer);
    };
    const abort = (): void => finish(undefined);
    signal.addEventListener("abort", abort, { once: true });
    reader.on("close", () => finish(given));
    reader.on("SIGINT", terminal.interrupt);
    // Only now, as the terminal itself shows nothing of what is typed any more.
    if (isMuted) terminal.output.write(prompt);
    reader.question(isMuted ? "" : prompt, (answer) => {
      given = answer;
      reader.on("line", (line) => ahead.lines.push(line));
      // What came in one piece with the answer is handed out before that.
      setImmediate(() => finish(answer));
    });
    resume(reader, ahead);
  });
}

/** Puts the beginning of the answer, which has been typed already, into the reader. */
function resume(reader: Interface, ahead: TypedAhead): void {
  if (ahead.rest !== "") reader.write(ahead.rest);
  ahead.rest = "";
}

/** Takes what a line editor would show. */
function discard(_shown: unknown, _encoding: BufferEncoding, done: () => void): void {
  done();
}

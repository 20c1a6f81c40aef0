import type { Writable } from "node:stream";

/** A transfer or another measurable piece of work. */
export interface Progress {
  /** Total so far, in the unit that the progress began with. */
  update(done: number): void;
  /** Ends it; must be called once, also when the work failed. */
  end(): void;
}

/** How a question is asked. */
export interface AskOptions {
  /** The answer is a secret: it is not shown while it is typed, and masked from then on. */
  readonly hidden?: boolean;
}

/** How a step talks to the person in front of the build. Everything passes the redactor before anybody sees it. */
export interface StepUi {
  /** Says something; each line of the text becomes a line of the build's output. */
  say(text: string): void;
  /** As {@link StepUi.say} for something that went wrong; does not by itself fail the build. */
  error(text: string): void;
  /**
   * Asks and waits for a line of input, without its line end.
   * @throws BuildError `run/cannot-ask` when nobody can answer.
   */
  ask(question: string, signal: AbortSignal, options?: AskOptions): Promise<string>;
  /** Begins to show progress; `total` is absent when the size is not known. */
  progress(title: string, total?: number): Progress;
  /**
   * A pair of streams for the output of a command: what is written appears line by line, at the latest when the
   * streams end, and a line of any length uses bounded memory. Honour their backpressure, and end both.
   */
  output(): OutputStreams;
}

/** Where the output of a command goes. */
export interface OutputStreams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Developer's log: off by default, redacted, never part of the output. */
export interface Logger {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
}

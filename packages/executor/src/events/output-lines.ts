import { StringDecoder } from "node:string_decoder";
import { Writable } from "node:stream";
import type { Clock, Timer } from "@hclbuild/sdk";
import type { Redactor } from "../secrets/redact.js";

/** A line, or a part of one, as it goes into a log event. */
export interface OutputLine {
  readonly text: string;
  readonly partial?: true;
  readonly continues?: true;
}

/** How the lines of a command's output are made. */
export interface OutputLinesOptions {
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly emit: (line: OutputLine) => void;
  /** Awaited between pieces of bulk output. */
  readonly backlog: () => Promise<void> | undefined;
}

/** An unfinished line is announced to live views after this time without output. */
const partialAfterMs = 250;
/** An unfinished line is shown as a line of its own after this time without output: something may be hanging. */
const showAfterMs = 5000;
/** Longest piece of a line that is kept in memory, in UTF-16 code units. */
const longestPiece = 64 * 1024;

/**
 * A stream that turns what a command writes into lines: decodes UTF-8 (invalid bytes become U+FFFD), masks secrets also
 * where they fall between two chunks, cuts at line ends, and keeps of a line with carriage returns only what a terminal
 * would still show.
 */
export function createOutputLines(options: OutputLinesOptions): Writable {
  const decoder = new StringDecoder("utf8");
  const redactor = options.redactor.stream();
  let pending = "";
  let announced = "";
  let timer: Timer | undefined;

  const flush = (continues: boolean): void => {
    const text = visibleText(pending);
    pending = "";
    announced = "";
    options.emit(continues ? { text, continues: true } : { text });
  };

  const take = (text: string): void => {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      pending += text.slice(start, end);
      flush(false);
      start = end + 1;
    }
    pending += text.slice(start);
    while (pending.length > longestPiece) {
      const rest = pending.slice(longestPiece);
      pending = pending.slice(0, longestPiece);
      flush(true);
      pending = rest;
    }
  };

  const stall = (): void => {
    if (pending === "") return;
    const text = visibleText(pending);
    if (text !== announced) options.emit({ text, partial: true });
    announced = text;
    timer = options.clock.after(showAfterMs - partialAfterMs, () => {
      if (visibleText(pending) !== "") flush(true);
    });
  };

  return new Writable({
    decodeStrings: true,
    highWaterMark: 256 * 1024,
    write(chunk: Buffer, _encoding, done) {
      timer?.cancel();
      take(redactor.push(decoder.write(chunk)));
      if (pending !== "") timer = options.clock.after(partialAfterMs, stall);
      const wait = options.backlog();
      if (wait === undefined) done();
      else void resume(wait, done);
    },
    final(done) {
      timer?.cancel();
      take(redactor.push(decoder.end()) + redactor.end());
      if (pending !== "") flush(false);
      done();
    },
    destroy(error, done) {
      timer?.cancel();
      done(error);
    },
  });
}

async function resume(wait: Promise<void>, done: () => void): Promise<void> {
  // A listener that cannot take more must not stop the command whose output this is.
  await wait.catch(() => undefined);
  done();
}

/** What a terminal still shows of a line: without white space at the end, and from the last carriage return on. */
export function visibleText(line: string): string {
  const trimmed = line.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf("\r") + 1);
}

import { linesOf } from "./lines.js";
import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import type { CliHost, InputStream, InterruptSignal, OutputStream } from "../command.js";
import type { Question } from "./questions.js";

/** The real surroundings. This is the only module that touches `process`, the clock and the random source. */
export function createProcessHost(importModule: CliHost["importModule"]): CliHost {
  return {
    stdin: createInput(),
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    runtime: `node ${process.version}, ${process.platform} ${process.arch}`,
    hostname: hostname(),
    processId: process.pid,
    userId: process.getuid?.(),
    // Node loads all of its performance hooks for this, which most commands need not wait for.
    get processStartTime() {
      return Math.round(performance.timeOrigin);
    },
    homeDirectory: homedir(),
    temporaryDirectory: tmpdir(),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: { uuid: () => randomUUID(), bytes: (size) => randomBytes(size) },
    fs,
    fetch: (url, init) => fetch(url, init),
    importModule,
    openTerminal: () => ({
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      setRaw: (raw) => void process.stdin.setRawMode?.(raw),
    }),
    onInterrupt,
    onUncaught: (listener) => {
      process.on("uncaughtException", listener);
    },
    onIdle: (listener) => {
      process.once("beforeExit", listener);
    },
    exitWith: (code) => {
      process.exitCode = code;
      // Ends at once when nothing is left to do: taking the engine apart first costs time, and a signal that comes
      // meanwhile would replace the exit code. A fault that shows later puts its own code before.
      process.prependOnceListener("exit", () => process.exit(code));
    },
    abandon: (code) => process.exit(code),
  };
}

function createOutput(stream: NodeJS.WriteStream): OutputStream {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that goes away, such as `head`, is no failure of the command.
    if (error.code === "EPIPE") return;
    // Output that is lost is a failure, whatever the command itself comes to.
    process.prependOnceListener("exit", () => process.exit(1));
    if (stream !== process.stdout) return;
    void import("../output/output-failure.js").then(({ renderOutputFailure }) => {
      process.stderr.write(renderOutputFailure(error));
      process.exit(1);
    });
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows : undefined;
    },
    stream,
  };
}

function createInput(): InputStream {
  return {
    get isTerminal() {
      return process.stdin.isTTY === true;
    },
    async readAll(atMost) {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of process.stdin) {
        chunks.push(chunk as Uint8Array);
        size += (chunk as Uint8Array).length;
        if (atMost !== undefined && size > atMost) break;
      }
      return Buffer.concat(chunks);
    },
    lines: () => linesOf(process.stdin),
    question: createQuestion(),
  };
}

function createQuestion(): InputStream["question"] {
  let asking: Promise<(question: Question) => Promise<string | undefined>> | undefined;
  const load = async (): Promise<(question: Question) => Promise<string | undefined>> => {
    const { createQuestions } = await import("./questions.js");
    const { stdin: input, stdout: output } = process;
    return createQuestions({ input, output, interrupt: () => process.emit("SIGINT") });
  };
  return async (prompt, signal, hidden = false) => {
    asking ??= load();
    return (await asking)({ prompt, signal, hidden });
  };
}

function onInterrupt(listener: (signal: InterruptSignal) => void): () => void {
  const forward = (signal: NodeJS.Signals): void => listener(signal as InterruptSignal);
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  return () => {
    process.off("SIGINT", forward);
    process.off("SIGTERM", forward);
  };
}

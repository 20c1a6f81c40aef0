import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { createQuestions } from "../../src/host/questions.js";

/** A terminal as the program sees it: what is typed arrives in pieces, and what is shown is kept. */
function createTerminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const shown: string[] = [];
  const output = new Writable({
    write(text: Buffer, _encoding, done) {
      shown.push(String(text));
      done();
    },
  });
  let interrupts = 0;
  const terminal = { input: input as never, output, interrupt: () => void (interrupts += 1) };
  const ask = createQuestions(terminal);
  const { signal } = new AbortController();
  return {
    type: (text: string) => void input.write(text),
    end: () => void input.end(),
    ask: async (prompt: string, hidden = false) => await ask({ prompt, signal, hidden }),
    askUntil: async (until: AbortSignal) => await ask({ prompt: "q ", signal: until }),
    shown: () => shown.join(""),
    interrupts: () => interrupts,
  };
}

test("what comes in one piece answers one question after the other", async () => {
  const terminal = createTerminal();
  const first = terminal.ask("first? ");
  terminal.type("x\nr\n\nc\nbegin");
  expect(await first).toBe("x");
  expect(await terminal.ask("second? ")).toBe("r");
  expect(await terminal.ask("third? ")).toBe("");
  expect(await terminal.ask("fourth? ")).toBe("c");
  const fifth = terminal.ask("fifth? ");
  terminal.type("ning\n");
  expect(await fifth).toBe("beginning");
});

test("what is typed between questions answers the next", async () => {
  const terminal = createTerminal();
  const first = terminal.ask("first? ");
  terminal.type("a\n");
  expect(await first).toBe("a");
  terminal.type("b\nc\n");
  expect(await terminal.ask("second? ")).toBe("b");
  expect(await terminal.ask("third? ")).toBe("c");
});

test("a hidden answer is not shown, typed ahead or not", async () => {
  const terminal = createTerminal();
  const first = terminal.ask("name? ");
  terminal.type("me\n");
  expect(await first).toBe("me");
  const second = terminal.ask("password? ", true);
  terminal.type("hunter2\nhunter3\n");
  expect(await second).toBe("hunter2");
  expect(await terminal.ask("again? ", true)).toBe("hunter3");
  expect(terminal.shown()).toContain("password? \n");
  expect(terminal.shown()).toContain("again? \n");
  expect(terminal.shown()).not.toContain("hunter");
});

test("the end of the input, Ctrl-D and a signal give no answer; Ctrl-C interrupts", async () => {
  const ended = createTerminal();
  const unanswered = ended.ask("q ");
  ended.end();
  expect(await unanswered).toBeUndefined();
  const last = createTerminal();
  const answered = last.ask("q ");
  last.type("c\n");
  last.end();
  expect(await answered).toBe("c");
  expect(await last.ask("q ")).toBeUndefined();
  const left = createTerminal();
  const closed = left.ask("q ");
  left.type("\u0004");
  expect(await closed).toBeUndefined();
  const interrupted = createTerminal();
  const controller = new AbortController();
  const asked = interrupted.askUntil(controller.signal);
  interrupted.type("\u0003");
  await new Promise(setImmediate);
  expect(interrupted.interrupts()).toBe(1);
  controller.abort();
  expect(await asked).toBeUndefined();
  expect(await interrupted.askUntil(controller.signal)).toBeUndefined();
});

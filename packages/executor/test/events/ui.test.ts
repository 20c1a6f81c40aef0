import { createEventBus, createRedactor, type BuildEvent, type Prompt } from "@hclbuild/executor";
import { createFakeClock } from "@hclbuild/testkit";
import { expect, it } from "vitest";
import { createStepUi } from "../../src/events/ui.js";

const { signal } = new AbortController();

/** The ui of a build whose questions are answered, and what was asked and published. */
function open(answer: string) {
  const clock = createFakeClock();
  const redactor = createRedactor();
  const bus = createEventBus({ clock });
  bus.redactWith((text) => redactor.redact(text));
  const events: BuildEvent[] = [];
  bus.subscribe((event) => events.push(event));
  const asked: Parameters<Prompt>[] = [];
  const prompt: Prompt = async (...question) => {
    asked.push(question);
    return answer;
  };
  const short: string[] = [];
  const addSecrets = (secrets: readonly string[]): void => void short.push(...redactor.add(secrets));
  return { ui: createStepUi({ bus, clock, redactor, prompt, addSecrets }, { build: "null.x" }), asked, events, short };
}

it("questions name the build that asks; the event has the question alone", async () => {
  const { ui, asked, events } = open("yes");
  expect(await ui.ask("Go on?", signal)).toBe("yes");
  expect(asked).toEqual([["==> null.x: Go on?", signal, {}]]);
  expect(events).toMatchObject([{ type: "prompt", question: "Go on?", build: "null.x" }]);
});

it("hidden answers are masked from then on, others are not", async () => {
  for (const [hidden, shown] of [
    [true, "got <sensitive>"],
    [false, "got open sesame"],
  ] as const) {
    const { ui, asked, events } = open("open sesame");
    await ui.ask("Password:", signal, { hidden });
    expect(asked[0]?.[2]).toEqual({ hidden });
    ui.say("got open sesame");
    expect(events.at(-1)).toMatchObject({ type: "log", text: shown });
  }
});

it("hidden answers that are too short to be masked are warned of", async () => {
  const { ui, short } = open("abc");
  await ui.ask("Continue?", signal);
  expect(short).toEqual([]);
  await ui.ask("Password:", signal, { hidden: true });
  expect(short).toEqual(["abc"]);
});

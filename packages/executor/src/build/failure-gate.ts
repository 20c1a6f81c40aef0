import { messageOf, type StepUi } from "@hclbuild/sdk";
import type { BuildFrame } from "./build-frame.js";
import type { Aftermath, FailedPart, FailureGate } from "../failure.js";
import { buildUi } from "./provision.js";

const question =
  "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";

/** What `-on-error` does when a part of a build fails. Writes into `aftermath` how the machine is to be left. */
export function createFailureGate(frame: BuildFrame, aftermath: Aftermath): FailureGate {
  const { onError } = frame.run.options.build;
  return async (error, part) => {
    if (frame.signal.aborted) throw error;
    const ui = buildUi(frame);
    switch (onError) {
      case "cleanup":
        throw error;
      case "abort":
      case "run-cleanup-provisioner":
        announce(ui, error, part);
        throw error;
      case "shell":
        ui.error(messageOf(error));
        await openShell(frame, ui, part);
        throw error;
      case "ask": {
        ui.error(messageOf(error));
        ui.error(`Step "${part.step}" failed`);
        const answer = await ask(frame, ui);
        if (answer === "retry") return;
        if (answer === "abort") {
          aftermath.mode = "abort";
          ui.error(`Step "${part.step}" failed, aborting...`);
        }
        throw error;
      }
    }
  };
}

function announce(ui: StepUi, error: unknown, part: FailedPart): void {
  ui.error(messageOf(error));
  ui.error(`Step "${part.step}" failed, aborting...`);
}

/** Asks until the answer is one of the three. A build that nobody can answer for, or that is interrupted, cleans up. */
async function ask(frame: BuildFrame, ui: StepUi): Promise<"clean-up" | "abort" | "retry"> {
  if (frame.run.options.prompt === undefined) {
    ui.say("There is nobody to ask what to do; cleaning up.");
    return "clean-up";
  }
  for (;;) {
    let answer: string;
    try {
      answer = await ui.ask(question, frame.signal);
    } catch {
      return "clean-up";
    }
    switch (answer.trim()) {
      case "c":
      case "":
        return "clean-up";
      case "a":
        return "abort";
      case "r":
        return "retry";
      default:
        ui.say(`Incorrect input: ${JSON.stringify(answer)}`);
    }
  }
}

/** Lets the user look at the machine as it failed; the build then cleans up. */
async function openShell(frame: BuildFrame, ui: StepUi, part: FailedPart): Promise<void> {
  const { openShell: open } = frame.run.options;
  if (part.machine === undefined || open === undefined) {
    ui.say(
      part.machine === undefined
        ? "There is no machine to open a shell on; cleaning up."
        : "There is no terminal to open a shell in; cleaning up.",
    );
    return;
  }
  ui.say(`Step "${part.what}" failed. Opening a shell on the machine; the build cleans up when it ends.`);
  try {
    await open(part.machine.communicator, frame.signal);
  } catch (error) {
    ui.error(`The shell ended: ${messageOf(error)}`);
  }
}

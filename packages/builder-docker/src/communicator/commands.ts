import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import {
  buildError,
  type BuildError,
  quoteShellWord,
  type Completion,
  type Running,
  type StartRequest,
} from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { engineFailure } from "../engine/client.js";
import { startExec } from "../engine/exec.js";
import { killMarked, markCommand } from "../engine/kill.js";
import { linkFailure, whyGone, type ContainerLink } from "./link.js";

/** Starts a command in the container; see `Communicator.start`. */
export async function startCommand(link: ContainerLink, request: StartRequest, signal: AbortSignal): Promise<Running> {
  signal.throwIfAborted();
  const { engine, options } = link;
  const mark = `hclbuild-${options.random.uuid()}`;
  const command = options.windows
    ? ["powershell", request.command]
    : ["/bin/sh", "-c", markCommand(request.command, mark)];
  const settle = async (): Promise<void> => {
    request.stdout?.end();
    request.stderr?.end();
    // Closing the connection ends nothing: the engine has no call for it.
    if (signal.aborted && !options.windows) await killMarked(engine.docker, options.containerId, mark);
  };
  const exec = {
    command,
    user: options.execUser,
    tty: request.pty ?? options.pty,
    stdin: request.stdin,
    stdout: request.stdout,
    stderr: request.stderr,
  };
  try {
    const { done } = await startExec(engine.docker, options.containerId, exec, signal);
    const ended = endOf(completionOf(link, done, signal), settle);
    ended.catch(() => undefined);
    return { done: ended };
  } catch (error) {
    await settle();
    const status = engineFailure(error)?.status;
    const death = status === 409 || status === 404 ? await whyGone(link, signal) : undefined;
    throw (
      death ??
      linkFailure(link, error, signal, (failure) => buildError(catalog["exec-failed"], { reason: failure.reason }))
    );
  }
}

async function endOf(completion: Promise<Completion>, settle: () => Promise<void>): Promise<Completion> {
  try {
    return await completion;
  } finally {
    await settle();
  }
}

/** A container that is gone does not come back: that is said instead of naming an exit code. */
async function completionOf(link: ContainerLink, done: Promise<Completion>, signal: AbortSignal): Promise<Completion> {
  const end = await done;
  const death = await deathBehind(link, end, signal);
  if (death !== undefined) throw death;
  return end;
}

/** Exit code of a command that was killed: 128 and the number of SIGKILL. */
const killedCode = 137;

async function deathBehind(link: ContainerLink, end: Completion, signal: AbortSignal): Promise<BuildError | undefined> {
  if (end.kind === "disconnected") return whyGone(link, signal);
  if (end.kind !== "exit" || end.code !== killedCode) return undefined;
  const death = await whyGone(link, signal);
  if (death !== undefined || (await canStillStart(link, signal))) return death;
  return deathToCome(link, signal);
}

/** A container whose first process has been killed runs no further commands, even while the engine says that it runs. */
async function canStillStart({ container, options }: ContainerLink, signal: AbortSignal): Promise<boolean> {
  const nothing = options.windows ? { Cmd: ["cmd", "/c", "rem"] } : { Cmd: ["/bin/sh", "-c", ":"], User: "0" };
  try {
    const exec = await container.exec({ ...nothing, abortSignal: signal });
    const answer = await exec.start({ Detach: true, abortSignal: signal });
    answer.resume();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    // Only a container that runs can be looked into for a program.
    return missingProgram.test(engineFailure(error)?.reason ?? "");
  }
}

/** What engines say when a container runs, but holds no such program, or none that its user may run. */
const missingProgram = /exec: "[^"]*": .*(no such file|not found|permission denied)/;

/** How often a container that runs no commands is asked whether it has ended, and the pause between, in milliseconds. */
const deathQuestions = 100;
const deathPause = 100;

/** The commands of a killed container end before the engine says that it has stopped; on a busy machine, long before. */
async function deathToCome(link: ContainerLink, signal: AbortSignal): Promise<BuildError | undefined> {
  for (let count = 0; count < deathQuestions; count++) {
    const death = await whyGone(link, signal);
    if (death !== undefined) return death;
    await setTimeout(deathPause, undefined, { signal });
  }
  return undefined;
}

/** Makes the container's user the owner of what was uploaded, where the options ask for it. */
export async function fixOwner(link: ContainerLink, path: string, signal: AbortSignal): Promise<void> {
  const { engine, options } = link;
  if (!options.fixUploadOwner || options.windows) return;
  const { user, group } = await containerUser(link, signal);
  const command = ["/bin/sh", "-c", `chown -R ${user}:${group} ${quoteShellWord(path)}`];
  const { done } = await startExec(engine.docker, options.containerId, { command, user: "root" }, signal);
  await done;
}

async function containerUser(
  link: ContainerLink,
  signal: AbortSignal,
): Promise<{ readonly user: string; readonly group: string }> {
  const output = new PassThrough();
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const running = await startCommand(link, { command: "id -u; id -g", stdout: output }, signal);
  await running.done;
  const [user = "0", group = "0"] = text.split(/\s+/);
  return { user, group };
}

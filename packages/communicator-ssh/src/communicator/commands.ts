import { abortable, buildError, messageOf, type Completion, type Running, type StartRequest } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { followCommand, openCommand, type RemoteCommand } from "../execute.js";
import type { RemoteProcess } from "../kill.js";
import type { RemoteMachine } from "./machine.js";

/** Starts a command on the machine; see `Communicator.start`. */
export async function startCommand(
  machine: RemoteMachine,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Running> {
  const { connection, options, processes } = machine;
  const session = await connection.session(signal);
  const process = processes.add(session);
  let command: RemoteCommand;
  try {
    command = await abortable(openCommand(session, request.command, request.pty ?? options.pty), signal);
  } catch (error) {
    request.stdout?.end();
    request.stderr?.end();
    if (signal.aborted) await processes.end(process);
    process.release();
    if (signal.aborted) throw signal.reason;
    throw buildError(
      catalog["exec-refused"],
      { host: session.endpoint.host, reason: messageOf(error) },
      { cause: error, retryable: true },
    );
  }
  const done = endOf(machine, process, followCommand(command, request, signal), signal);
  done.catch(() => undefined);
  return { done };
}

async function endOf(
  machine: RemoteMachine,
  process: RemoteProcess,
  completion: Promise<Completion>,
  signal: AbortSignal,
): Promise<Completion> {
  try {
    return await completion;
  } catch (error) {
    // Servers do not end a root user's command when they are asked to, nor what another command started.
    if (signal.aborted) await machine.processes.end(process);
    throw error;
  } finally {
    process.release();
  }
}

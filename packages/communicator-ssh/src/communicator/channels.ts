import { abortable, buildError, messageOf } from "@hclbuild/sdk";
import type { ClientChannel, SFTPWrapper } from "ssh2";
import { catalog } from "../catalog.js";
import type { Session } from "../client.js";
import { openCommand, stopCommand, type RemoteCommand } from "../execute.js";
import { ScpError } from "../transfer/scp-error.js";
import { openSftp } from "../transfer/sftp.js";
import { tarMissing } from "../transfer/tar.js";
import type { RemoteMachine } from "./machine.js";

/** The program that a transfer needs is not on the machine. */
export class MissingProgram extends Error {
  override readonly name = "MissingProgram";
}

/** How long to wait for the reason of a transfer that failed. */
const complaintTimeout = 1000;

/** Runs a command whose streams carry a transfer and turns a bad ending into an error. */
export async function transferCommand(
  machine: RemoteMachine,
  command: string,
  signal: AbortSignal,
  work: (channel: ClientChannel) => Promise<void>,
): Promise<void> {
  const session = await machine.connection.session(signal);
  const process = machine.processes.add(session);
  try {
    const started = await abortable(openCommand(session, command, false), signal);
    await carryTransfer(started, session, signal, work);
  } finally {
    process.release();
  }
}

async function carryTransfer(
  command: RemoteCommand,
  session: Session,
  signal: AbortSignal,
  work: (channel: ClientChannel) => Promise<void>,
): Promise<void> {
  const { channel } = command;
  const ending = watchEnding(command);
  const abort = (): void => stopCommand(channel);
  signal.addEventListener("abort", abort, { once: true });
  try {
    gatherPackets(channel, session);
    await raceSession(abortable(work(channel), signal), session);
    channel.resume();
    await raceSession(ending.closed, session);
    if (ending.code() === 0) return;
    throw new ScpError(
      ending.code() === undefined ? "the connection was lost" : `the command ended with ${ending.code()}`,
    );
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    channel.close();
    channel.resume();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([ending.closed, new Promise((resolve) => (timer = setTimeout(resolve, complaintTimeout)))]);
    clearTimeout(timer);
    throw transferFailure(error, ending);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

interface Ending {
  readonly closed: Promise<void>;
  /** `undefined` until the server has told it. */
  readonly code: () => number | null | undefined;
  /** What the program wrote to its standard error. */
  readonly complaint: () => string;
}

function watchEnding({ channel, ending, closed }: RemoteCommand): Ending {
  let complaint = "";
  channel.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (complaint.length < 4096) complaint += text;
  });
  const code = (): number | null | undefined => {
    const end = ending();
    if (end.kind === "disconnected") return undefined;
    return end.kind === "exit" ? end.code : null;
  };
  return { closed, code, complaint: () => complaint.trim() };
}

function transferFailure(error: unknown, ending: Ending): unknown {
  const complaint = ending.complaint();
  const code = ending.code();
  if (code === tarMissing || code === 127 || /scp: (?:command )?not found|scp: No such file/i.test(complaint)) {
    return new MissingProgram(complaint);
  }
  return complaint === "" ? error : new ScpError(complaint);
}

/** What one write becomes goes out together: a packet at a time would be a call of the system each. */
function gatherPackets(channel: ClientChannel, { socket }: Session): void {
  const write = channel._write.bind(channel);
  channel._write = (chunk: unknown, encoding: BufferEncoding, done: (error?: Error | null) => void): void => {
    socket.cork();
    try {
      write(chunk, encoding, done);
    } finally {
      socket.uncork();
    }
  };
}

/** Opens the sftp subsystem for one transfer. */
export async function withSftp<T>(
  machine: RemoteMachine,
  signal: AbortSignal,
  work: (sftp: SFTPWrapper) => Promise<T>,
): Promise<T> {
  const session = await machine.connection.session(signal);
  const process = machine.processes.add(session);
  try {
    const sftp = await abortable(openSftp(session.client), signal).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw buildError(catalog["sftp-missing"], { reason: messageOf(error) }, { cause: error });
    });
    try {
      return await raceSession(abortable(work(sftp), signal), session);
    } finally {
      sftp.end();
    }
  } finally {
    process.release();
  }
}

/** A request that waits for an answer never fails by itself when the connection is lost. */
async function raceSession<T>(work: Promise<T>, session: Session): Promise<T> {
  const lost = session.closed.then((): never => {
    throw new Error("the connection was lost");
  });
  lost.catch(() => undefined);
  return await Promise.race([work, lost]);
}

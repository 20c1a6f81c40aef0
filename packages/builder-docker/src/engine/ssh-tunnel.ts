import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";
import { quoteShellWord } from "@hclbuild/sdk";
import type { EngineAddress } from "./address.js";

/** An engine that is reached over SSH. */
export type SshAddress = Extract<EngineAddress, { kind: "ssh" }>;

/** Code of the errors of connections that the ssh program could not make or keep. */
export const sshFailure = "ESSH";

/** The words of the ssh program for a connection to an engine, as the docker program has them. */
export function sshArguments({ host, port, username, socket }: SshAddress): readonly string[] {
  return [
    // A build asks no questions: what needs a password or knows no host fails.
    "-oBatchMode=yes",
    "-oConnectTimeout=30",
    "-T",
    ...(username === undefined ? [] : ["-l", username]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    "--",
    host,
    // A shell on the other side takes the words apart.
    `docker ${socket === undefined ? "" : `--host ${quoteShellWord(`unix://${socket}`)} `}system dial-stdio`,
  ];
}

/** How many connections there are at a time: servers refuse some when more than ten of them log in at once. */
const mostConnections = 8;

/**
 * Makes connections to an engine through the ssh program and the docker program on the other side. So the user's own
 * configuration, keys, agent and known hosts count. Connections that nobody uses do not keep the program alive.
 */
export function createSshAgent(address: SshAddress, env: Readonly<Record<string, string | undefined>>): Agent {
  const createConnection = (): Duplex => connect(sshArguments(address), env);
  return Object.assign(new Agent({ keepAlive: true, maxSockets: mostConnections }), { createConnection });
}

function connect(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Duplex {
  // Ctrl-C at a terminal is for us alone, who still need the engine to clean up. The end of its input ends the program.
  const detached = process.platform !== "win32";
  const child = spawn("ssh", words, { env: env as NodeJS.ProcessEnv, stdio: "pipe", detached });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)));
  const fail = (reason: string): void =>
    void connection.destroy(Object.assign(new Error(reason), { code: sshFailure }));
  const connection = new Duplex({
    read: () => void child.stdout.resume(),
    // That nobody takes what is written is not the reason: the program's end is.
    write: (piece: Buffer, _encoding, done) => void child.stdin.write(piece, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  child.stdout.on("data", (piece: Buffer) => {
    if (!connection.push(piece)) child.stdout.pause();
  });
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => fail(`the ssh program could not be run (${error.message})`));
  child.on("close", (code) => {
    if (connection.destroyed) return;
    if (code === 0) connection.push(null);
    else fail(`ssh ended with ${code ?? "a signal"}: ${said.trim()}`);
  });
  const handles = [child, child.stdin, child.stdout, child.stderr] as unknown as readonly Handle[];
  return Object.assign(connection, socketMethods(connection, handles));
}

interface Handle {
  ref?(): void;
  unref?(): void;
}

/** What an HTTP agent asks of its sockets besides their content. */
function socketMethods(connection: Duplex, handles: readonly Handle[]): object {
  const same = (): Duplex => connection;
  return {
    setTimeout: same,
    setNoDelay: same,
    setKeepAlive: same,
    ref() {
      for (const handle of handles) handle.ref?.();
      return connection;
    },
    unref() {
      for (const handle of handles) handle.unref?.();
      return connection;
    },
  };
}

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An OpenSSH server of this test's own, on the loopback interface. */
export interface SshServer {
  readonly port: number;
  readonly folder: string;
  /** A private key that may log in as root. */
  readonly keyFile: string;
  readonly publicKey: string;
  readonly hostKey: string;
  log(): string;
  /** Number of the listening process. */
  pid(): number;
  stop(): Promise<void>;
  /** Starts again on the same port with the same keys. */
  restart(): Promise<void>;
  /** Closes every connection, as a machine that loses power does, but keeps listening. */
  dropConnections(): void;
}

/** What a test wants of its server. */
export interface SshServerOptions {
  /** Lines for sshd_config. */
  readonly config?: readonly string[];
  /** Sets this password for root inside of the server's own mount namespace. */
  readonly password?: string;
  /** Line of the certificate authority whose user certificates are accepted. */
  readonly userAuthority?: string;
  /** Log in through PAM, without which OpenSSH offers no keyboard-interactive authentication. */
  readonly pam?: boolean;
  /** Where commands look for programs; all of this machine's by default. */
  readonly path?: string;
}

export function generateKey(folder: string, name: string, args: readonly string[] = ["-t", "ed25519"]): string {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", name, ...args, "-f", file]);
  return file;
}

// Below the ports that systems give to outgoing connections, one of which could take it before the server does.
const firstPort = 10_240;
const portCount = 20_000;
let nextPort = Math.floor(Math.random() * portCount);

/** A port of the loopback interface that nothing listens on; never the same twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort = (nextPort + 1) % portCount;
    const port = firstPort + nextPort;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-sshd-"));
  mkdirSync("/run/sshd", { recursive: true });
  const hostKeyFile = generateKey(folder, "host");
  const keyFile = generateKey(folder, "user");
  writeFileSync(join(folder, "authorized_keys"), readFileSync(`${keyFile}.pub`));
  if (options.userAuthority !== undefined) writeFileSync(join(folder, "authority.pub"), options.userAuthority);
  const configuration = (port: number): string =>
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${hostKeyFile}`,
      `PidFile ${folder}/sshd.pid`,
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      "StrictModes no",
      `UsePAM ${options.pam === true ? "yes" : "no"}`,
      "PermitRootLogin yes",
      "MaxStartups 100",
      "MaxSessions 100",
      "Subsystem sftp internal-sftp",
      // A shell that believes to be a nested one does not read the dotfiles of whoever runs the tests.
      `SetEnv SHLVL=5${options.path === undefined ? "" : ` PATH=${options.path}`}`,
      ...(options.userAuthority === undefined ? [] : [`TrustedUserCAKeys ${folder}/authority.pub`]),
      ...(options.config ?? []),
      "",
    ].join("\n");
  let port = 0;
  let child: ChildProcess | undefined;
  // Somebody else may take a port after it was found free.
  for (let attempt = 0; attempt < 5 && child === undefined; attempt++) {
    port = await freePort();
    writeFileSync(join(folder, "sshd_config"), configuration(port));
    child = await launch(folder, options.password);
  }
  if (child === undefined) throw new Error("sshd found no port");
  let running = child;
  return {
    port,
    folder,
    keyFile,
    publicKey: readFileSync(`${keyFile}.pub`, "utf8").trim(),
    hostKey: readFileSync(`${hostKeyFile}.pub`, "utf8").trim(),
    log: () => readFileSync(join(folder, "sshd.log"), "utf8"),
    pid: () => serverPid(folder),
    async stop() {
      await kill(running, folder);
      rmSync(folder, { recursive: true, force: true });
    },
    async restart() {
      await kill(running, folder);
      const next = await launch(folder, options.password);
      if (next === undefined) throw new Error(`sshd did not get port ${port} again`);
      running = next;
    },
    dropConnections() {
      killSessions(folder);
    },
  };
}

/** Root's password inside of a mount namespace: the machine's own accounts stay as they are. */
function shadowScript(folder: string, password: string): string {
  const hash = execFileSync("openssl", ["passwd", "-6", password], { encoding: "utf8" }).trim();
  const shadow = readFileSync("/etc/shadow", "utf8").replace(/^root:[^:]*:/m, `root:${hash.replaceAll("$", "$$$$")}:`);
  writeFileSync(join(folder, "shadow"), shadow, { mode: 0o600 });
  return `mount --bind ${folder}/shadow /etc/shadow && `;
}

/** Starts the server and waits until it listens; `undefined` when somebody else has its port. */
async function launch(folder: string, password: string | undefined): Promise<ChildProcess | undefined> {
  const log = join(folder, "sshd.log");
  const server = `exec /usr/sbin/sshd -D -f ${folder}/sshd_config -E ${log}`;
  const before = existsSync(log) ? readFileSync(log, "utf8").length : 0;
  // Only where a password asks for it: a namespace does not see what a test mounts later.
  const child =
    password === undefined
      ? spawn("/bin/sh", ["-c", server], { stdio: "ignore", detached: true })
      : spawn("unshare", ["-m", "/bin/sh", "-c", shadowScript(folder, password) + server], {
          stdio: "ignore",
          detached: true,
        });
  for (;;) {
    const said = existsSync(log) ? readFileSync(log, "utf8").slice(before) : "";
    // Written before it begins to serve, and the process number just after.
    if (said.includes("Server listening on") && existsSync(join(folder, "sshd.pid"))) return child;
    if (child.exitCode !== null || child.signalCode !== null) {
      if (said.includes("Address already in use")) return undefined;
      throw new Error(`sshd did not start: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function descendants(pid: number): number[] {
  const text = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const [child, parent] of pairs) {
      if (parent !== next) continue;
      found.push(child);
      queue.push(child);
    }
  }
  return found;
}

function serverPid(folder: string): number {
  return Number(readFileSync(join(folder, "sshd.pid"), "utf8").trim());
}

function killSessions(folder: string): void {
  for (const pid of descendants(serverPid(folder))) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}

async function kill(child: ChildProcess, folder: string): Promise<void> {
  const exited = new Promise((resolve) => child.once("exit", resolve));
  killSessions(folder);
  try {
    process.kill(serverPid(folder), "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await exited;
  rmSync(join(folder, "sshd.pid"), { force: true });
}

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A registry of this test's own on the loopback interface, which the engine accepts without TLS. */
export interface Registry {
  readonly host: string;
  readonly folder: string;
  stop(): Promise<void>;
}

export const registryUser = "bob";
export const registryPassword = "s3cret";

// bcrypt of the password above; the registry takes nothing else. AWS is the user of every registry of Amazon's.
const passwordHash = "$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK";
const passwordLines = `bob:${passwordHash}\nAWS:${passwordHash}\n`;

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

interface RegistryOptions {
  readonly password?: boolean;
  readonly storage?: string;
  /** Process whose network the registry is in; that of the test by default. */
  readonly namespace?: number;
}

/** Starts a registry. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryRegistry(options, await freePort());
    } catch (error) {
      // Somebody else may have taken the port meanwhile.
      if (attempt === 3) throw error;
    }
  }
}

async function tryRegistry(options: RegistryOptions, port: number): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-registry-"));
  writeFileSync(join(folder, "htpasswd"), passwordLines);
  writeFileSync(
    join(folder, "config.yml"),
    [
      "version: 0.1",
      "log: { level: error }",
      `storage: { filesystem: { rootdirectory: ${options.storage ?? join(folder, "data")} }, delete: { enabled: true } }`,
      `http: { addr: "127.0.0.1:${port}" }`,
      ...(options.password ? [`auth: { htpasswd: { realm: test, path: ${join(folder, "htpasswd")} } }`] : []),
      "",
    ].join("\n"),
  );
  const command = ["docker-registry", "serve", join(folder, "config.yml")];
  const enter = options.namespace === undefined ? [] : ["nsenter", "--target", String(options.namespace), "--net"];
  const [program = "", ...args] = [...enter, ...command];
  const child = spawn(program, args, { stdio: "ignore" });
  // A program that is missing is seen by its process.
  child.on("error", () => undefined);
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listens(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: `127.0.0.1:${port}`, folder, stop };
}

/** Waits until the process accepts connections, as its own network knows. */
async function listens(port: number, child: ChildProcess): Promise<void> {
  const entry = new RegExp(
    `^ *\\d+: 0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`,
    "m",
  );
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.pid === undefined || child.exitCode !== null) break;
    if (entry.test(readFileSync(`/proc/${child.pid}/net/tcp`, "latin1"))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("docker-registry did not start");
}

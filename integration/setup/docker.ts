import { execFileSync } from "node:child_process";
import { createServer as createHttpServer, request as forward } from "node:http";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

/** Runs the docker program and returns what it printed, without the final line end. */
export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
}

/**
 * Names of the containers that builds of a source left behind, running or not. Other tests may use the engine at the
 * same time, so each test gives its source a name of its own.
 */
export function containersOf(source: string): readonly string[] {
  const text = docker("container", "ls", "--all", "--filter", `name=-docker.${source}$`, "--format", "{{.Names}}");
  return text === "" ? [] : text.split("\n");
}

/** Ids of all images of the engine, those without a name included. */
export function listImages(...filters: readonly string[]): readonly string[] {
  const options = filters.flatMap((filter) => ["--filter", filter]);
  const text = docker("image", "ls", "--all", "--quiet", "--no-trunc", ...options);
  return text === "" ? [] : [...new Set(text.split("\n"))].toSorted();
}

/** An engine's socket behind one that can be cut, as if the engine had been killed. */
export interface EngineProxy {
  /** Value of DOCKER_HOST. */
  readonly address: string;
  cut(): void;
}

/** Forwards a unix socket in `folder` to the machine's engine until it is cut. */
export async function startEngineProxy(folder: string): Promise<EngineProxy> {
  const path = join(folder, "engine.sock");
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    const engine = createConnection("/var/run/docker.sock");
    for (const socket of [client, engine]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => open.delete(socket));
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    address: `unix://${path}`,
    cut() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** Forwards a unix socket in `folder` to the machine's engine, but never answers requests that match. */
export async function startSilentEngine(
  folder: string,
  silent: RegExp,
): Promise<{ readonly address: string; readonly asked: Promise<void>; stop(): void }> {
  const path = join(folder, "silent.sock");
  let note: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (note = resolve));
  const server = createHttpServer((request, response) => {
    const { method = "", url = "", headers } = request;
    if (silent.test(`${method} ${url}`)) return note();
    const forwarded = forward({ socketPath: "/var/run/docker.sock", method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    request.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `unix://${path}`, asked, stop };
}

import net, { type Socket } from "node:net";
import { once } from "node:events";
import { describeSystemError } from "@hclbuild/diagnostics";
import { buildError } from "@hclbuild/sdk";
import type { ClientChannel } from "ssh2";
import { catalog } from "./catalog.js";
import type { Session } from "./client.js";

/** One `PORT:HOST:PORT`. */
export interface Tunnel {
  readonly text: string;
  readonly listenPort: number;
  readonly host: string;
  readonly port: number;
}

export function parseTunnel(text: string): Tunnel {
  const match = /^(\d+):(.+):(\d+)$/.exec(text.trim());
  if (!match)
    throw buildError(catalog["tunnel-failed"], { tunnel: text, reason: "a tunnel is written PORT:HOST:PORT" });
  return { text, listenPort: Number(match[1]), host: (match[2] ?? "").replace(/^\[|\]$/g, ""), port: Number(match[3]) };
}

/** A tunnel that listens on this machine. */
export interface LocalTunnel {
  /** Stops listening and cuts what goes through the tunnel: whoever uses it may hold on to its end for ever. */
  close(): void;
}

/** Listens here and connects from the machine. Survives a reconnect: every connection asks for the current session. */
export async function openLocalTunnel(tunnel: Tunnel, session: () => Promise<Session>): Promise<LocalTunnel> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.once("close", () => sockets.delete(socket)));
    void connectThrough(tunnel, socket, session);
  });
  try {
    server.listen(tunnel.listenPort, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    throw buildError(
      catalog["tunnel-failed"],
      { tunnel: tunnel.text, reason: describeSystemError(error) },
      { cause: error },
    );
  }
  return {
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function connectThrough(tunnel: Tunnel, socket: Socket, session: () => Promise<Session>): Promise<void> {
  socket.on("error", () => socket.destroy());
  try {
    const { client } = await session();
    client.forwardOut("127.0.0.1", socket.remotePort ?? 0, tunnel.host, tunnel.port, (error, channel) => {
      if (error) {
        socket.destroy();
        return;
      }
      join(socket, channel);
    });
  } catch {
    socket.destroy();
  }
}

/** Listens on the machine and connects from here. Has to be opened again after a reconnect. */
export async function openRemoteTunnel(tunnel: Tunnel, session: Session): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    session.client.forwardIn("127.0.0.1", tunnel.listenPort, (error) => {
      if (error)
        reject(buildError(catalog["tunnel-failed"], { tunnel: tunnel.text, reason: error.message }, { cause: error }));
      else resolve();
    });
  });
  session.client.on("tcp connection", (details, accept) => {
    if (details.destPort !== tunnel.listenPort) return;
    const socket = net.connect({ host: tunnel.host, port: tunnel.port });
    join(socket, accept());
    // What it is connected to may hold on to its end for ever.
    void session.closed.then(() => socket.destroy());
  });
}

function join(socket: Socket, channel: ClientChannel): void {
  socket.on("error", () => channel.end());
  channel.on("error", () => socket.destroy());
  socket.pipe(channel);
  channel.pipe(socket);
}

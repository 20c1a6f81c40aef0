import http from "node:http";
import net from "node:net";
import { onTestFinished } from "vitest";

/** A proxy that runs until the test ends and asks for a user and a password. */
export interface Proxy {
  readonly port: number;
  /** Where connections went to, as `ADDRESS:PORT`. */
  readonly seen: readonly string[];
}

/** Starts listening on a free port of the loopback interface. */
export async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as net.AddressInfo).port;
}

/** A SOCKS5 proxy: the part of RFC 1928 and RFC 1929 that one connection by address needs. */
export async function startSocksProxy(user: string, password: string): Promise<Proxy> {
  const seen: string[] = [];
  const server = net.createServer((socket) => {
    let stage = 0;
    const onData = (data: Buffer): void => {
      if (stage === 0) {
        stage = 1;
        socket.write(Buffer.from([5, data.subarray(2).includes(2) ? 2 : 255]));
      } else if (stage === 1) {
        stage = 2;
        const name = data.subarray(2, 2 + (data[1] ?? 0)).toString();
        const secret = data.subarray(3 + (data[1] ?? 0)).toString();
        socket.write(Buffer.from([1, name === user && secret === password ? 0 : 1]));
      } else {
        socket.off("data", onData);
        const host = [...data.subarray(4, 8)].join(".");
        const port = data.readUInt16BE(8);
        seen.push(`${host}:${port}`);
        connect(socket, { host, port, greeting: Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]) });
      }
    };
    socket.on("data", onData);
    socket.on("error", () => undefined);
  });
  return await untilTestEnds(server, seen);
}

/** An HTTP proxy that knows CONNECT (RFC 9110, section 9.3.6) and basic authentication. */
export async function startHttpProxy(user: string, password: string): Promise<Proxy> {
  const seen: string[] = [];
  const server = http.createServer();
  server.on("connect", (request: http.IncomingMessage, socket: net.Socket) => {
    socket.on("error", () => undefined);
    if (request.headers["proxy-authorization"] !== `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    seen.push(request.url ?? "");
    const [host = "", port = "0"] = (request.url ?? "").split(":");
    connect(socket, { host, port: Number(port), greeting: "HTTP/1.1 200 OK\r\n\r\n" });
  });
  return await untilTestEnds(server, seen);
}

async function untilTestEnds(server: net.Server, seen: readonly string[]): Promise<Proxy> {
  const port = await listening(server);
  onTestFinished(() => void server.close());
  return { port, seen };
}

function connect(
  socket: net.Socket,
  to: { readonly host: string; readonly port: number; readonly greeting: string | Buffer },
): void {
  const target = net.connect(to.port, to.host, () => {
    socket.write(to.greeting);
    socket.pipe(target);
    target.pipe(socket);
  });
  target.on("error", () => socket.destroy());
}

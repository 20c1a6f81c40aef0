import { once } from "node:events";
import http from "node:http";
import type { Socket } from "node:net";
import { describeSystemError } from "@hclbuild/diagnostics";
import { abortable, buildError } from "@hclbuild/sdk";
import { SocksClient } from "socks";
import { catalog } from "./catalog.js";
import { connectBuffered, type BufferedSocket } from "./receive-buffer.js";
import type { ProxySettings } from "./settings.js";

/** Longest time that opening one TCP connection may take. */
const dialTimeout = 15_000;

/** An open TCP connection; `share` as of `BufferedSocket`, where the connection is a direct one. */
export type OpenSocket = Pick<BufferedSocket, "socket"> & Partial<BufferedSocket>;

/** Opens a TCP connection, through the proxy when there is one. */
export async function openSocket(
  target: { readonly host: string; readonly port: number },
  proxy: ProxySettings | undefined,
  signal: AbortSignal,
): Promise<OpenSocket> {
  signal.throwIfAborted();
  if (proxy === undefined) return dial(target, signal);
  try {
    const through = proxy.type === "http" ? throughHttpProxy : throughSocks;
    return { socket: await through(target, proxy, signal) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw buildError(
      catalog["proxy-failed"],
      { host: `${proxy.host}:${proxy.port}`, reason: describeSystemError(error) },
      { cause: error, retryable: true },
    );
  }
}

async function dial(
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<OpenSocket> {
  const { socket, share } = connectBuffered(target);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${dialTimeout / 1000} s`)), dialTimeout);
  try {
    await abortable(once(socket, "connect"), signal);
    return { socket, share };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function throughSocks(
  target: { readonly host: string; readonly port: number },
  proxy: ProxySettings,
  signal: AbortSignal,
): Promise<Socket> {
  const { socket } = await abortable(
    SocksClient.createConnection({
      command: "connect",
      destination: { host: target.host, port: target.port },
      timeout: dialTimeout,
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(proxy.username === undefined ? {} : { userId: proxy.username, password: proxy.password ?? "" }),
      },
    }),
    signal,
  );
  return socket;
}

async function throughHttpProxy(
  target: { readonly host: string; readonly port: number },
  proxy: ProxySettings,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${target.host}:${target.port}`;
  const credentials = Buffer.from(`${proxy.username ?? ""}:${proxy.password ?? ""}`).toString("base64");
  const request = http.request({
    host: proxy.host,
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    agent: false,
    timeout: dialTimeout,
    headers: {
      host: authority,
      ...(proxy.username === undefined ? {} : { "proxy-authorization": `Basic ${credentials}` }),
    },
    signal,
  });
  request.once("timeout", () => request.destroy(new Error("the proxy does not answer")));
  const answer = once(request, "connect") as Promise<[http.IncomingMessage, Socket, Buffer]>;
  request.end();
  const [response, socket, head] = await abortable(answer, signal);
  if (response.statusCode !== 200) {
    socket.destroy();
    throw new Error(`the proxy answered ${response.statusCode} ${response.statusMessage ?? ""}`.trim());
  }
  socket.setTimeout(0);
  if (head.length > 0) socket.unshift(head);
  return socket;
}

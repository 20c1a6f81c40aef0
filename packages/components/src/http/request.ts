import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as tlsConnect } from "node:tls";
import type { Socket } from "node:net";

/** A request as the data source makes it. */
export interface TextRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A complete response. */
export interface TextResponse {
  readonly status: number;
  /** By canonical name, several values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const mostRedirects = 10;

/** Sends a request, follows redirects as browsers do, and reads the whole response. Uses the proxies of the environment. */
export async function sendRequest(request: TextRequest): Promise<TextResponse> {
  let current = request;
  for (let redirects = 0; ; redirects += 1) {
    const message = await exchange(current);
    const status = message.statusCode ?? 0;
    const location = message.headers.location;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      return await readResponse(message, status);
    message.resume();
    if (redirects >= mostRedirects) throw new Error(`stopped after ${mostRedirects} redirects`);
    current = redirected(current, new URL(location, current.url), status);
  }
}

function redirected(request: TextRequest, url: URL, status: number): TextRequest {
  const keeps = status === 307 || status === 308;
  const sameHost = url.host === request.url.host;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => sameHost || !/^(?:authorization|cookie)$/i.test(name)),
  );
  if (keeps) return { ...request, url, headers };
  return { ...request, url, headers, method: request.method === "HEAD" ? "HEAD" : "GET", body: undefined };
}

async function readResponse(message: IncomingMessage, status: number): Promise<TextResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = canonicalHeader(message.rawHeaders[index] ?? "");
    const value = message.rawHeaders[index + 1] ?? "";
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { status, headers, body: Buffer.concat(chunks) };
}

/** `content-type` as `Content-Type`. */
function canonicalHeader(name: string): string {
  return name.toLowerCase().replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

async function exchange(request: TextRequest): Promise<IncomingMessage> {
  const { url, method, headers, body, signal } = request;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Error(`unsupported protocol scheme "${url.protocol.replace(/:$/, "")}"`);
  }
  const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const options: RequestOptions = { method, headers: { "User-Agent": "hclbuild", ...headers, ...length }, signal };
  const proxy = proxyFor(url, request.env);
  const client = proxy === undefined ? direct(url, options) : await throughProxy(url, proxy, options);
  return await new Promise<IncomingMessage>((resolve, reject) => {
    client.once("response", resolve);
    client.once("error", reject);
    client.end(body);
  });
}

function direct(url: URL, options: RequestOptions): ClientRequest {
  return url.protocol === "https:" ? httpsRequest(url, options) : httpRequest(url, options);
}

async function throughProxy(url: URL, proxy: URL, options: RequestOptions): Promise<ClientRequest> {
  const authorization =
    proxy.username === ""
      ? {}
      : {
          "Proxy-Authorization": `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString("base64")}`,
        };
  const target = { host: proxy.hostname, port: proxy.port === "" ? 80 : Number(proxy.port) };
  if (url.protocol === "http:") {
    const headers = { ...(options.headers as Record<string, string>), Host: url.host, ...authorization };
    return httpRequest({ ...options, ...target, path: url.href, headers });
  }
  const authority = `${url.hostname}:${url.port === "" ? 443 : url.port}`;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const tunnel = httpRequest({
      ...target,
      method: "CONNECT",
      path: authority,
      headers: { Host: authority, ...authorization },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    tunnel.once("connect", (response, opened) => {
      if (response.statusCode === 200) resolve(opened as Socket);
      else reject(new Error(`the proxy answered ${response.statusCode}`));
    });
    tunnel.once("error", reject);
    tunnel.end();
  });
  return httpsRequest(url, { ...options, createConnection: () => tlsConnect({ socket, servername: url.hostname }) });
}

/** The proxy that the environment names for an address. */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): URL | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[name] ?? env[name.toLowerCase()] ?? "";
  if (value === "" || isExempt(url, env["NO_PROXY"] ?? env["no_proxy"] ?? "")) return undefined;
  return new URL(value.includes("://") ? value : `http://${value}`);
}

function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replaceAll(/[[\]]/g, "");
  if (host === "localhost" || host === "::1" || host.startsWith("127.")) return true;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [name = "", port] = entry.split(":");
      if (port !== undefined && port !== url.port) return false;
      if (name === "*") return true;
      const bare = name.replace(/^\*?\./, "");
      return host === bare ? name === bare : host.endsWith(`.${bare}`);
    });
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { externalPlugin, plugin } from "@hclbuild/components";
import type { Json } from "@hclbuild/sdk";
import {
  fakeComponent,
  fakeGraph,
  fakeMachine,
  createFakePlugin,
  createFakeHost,
  runFake,
  type BuildEvent,
} from "@hclbuild/testkit";
import { consoleText } from "@hclbuild/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder, realClock } from "./harness.js";
import { proxyFor } from "../src/http/request.js";

interface Read {
  readonly text: string | undefined;
  readonly codes: readonly string[];
  readonly events: readonly BuildEvent[];
}

async function read(
  name: string,
  config: Readonly<Record<string, Json>>,
  env: Record<string, string> = {},
): Promise<Read> {
  using folder = makeFolder();
  const source = name.startsWith("external") ? "github.com/joomcode/external" : "core";
  const fake = createFakePlugin();
  const { result, events } = await runFake({
    graph: fakeGraph([
      { kind: "effect", id: "d", component: fakeComponent("data-source", name, source), config, out: "dynamic" },
      fakeMachine("m", { steps: [], config: { launch: { $tmpl: ["say:", { $call: "x", args: [] }] } }, after: ["d"] }),
    ]),
    plugins: [plugin, externalPlugin, fake.plugin],
    folder: folder.path,
    clock: realClock,
    options: {
      host: createFakeHost({ cwd: folder.path, temporary: folder.path }, { PATH: process.env["PATH"], ...env }),
    },
  });
  const value = result.effects.get("d");
  const codes = events.flatMap((event) =>
    event.type === "diagnostic" && event.node === "d" ? [event.diagnostic.code] : [],
  );
  return { text: value === undefined ? undefined : consoleText(value), codes, events };
}

let server: Server;
let base = "";
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      requests.push(`${request.method} ${request.url} ${request.headers["x-test"] ?? ""} ${body}`);
      if (request.url === "/redirect") response.writeHead(302, { Location: "/text" }).end();
      else if (request.url === "/missing") response.writeHead(404).end("no");
      else if (request.url === "/binary")
        response.writeHead(200, { "Content-Type": "application/octet-stream" }).end("bin");
      else
        response
          .writeHead(200, { "Content-Type": "text/plain", "X-Many": ["a", "b"], Date: "today", Connection: "close" })
          .end("hello");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe("http", () => {
  it("gives the body and, as request_headers, the response's headers", async () => {
    const { text, codes } = await read("http", { url: `${base}/text` });
    expect(codes).toEqual([]);
    expect(text).toBe(
      [
        "{",
        '  "body" = "hello"',
        '  "request_headers" = {',
        '    "Connection" = "close"',
        '    "Content-Type" = "text/plain"',
        '    "Date" = "today"',
        '    "Transfer-Encoding" = "chunked"',
        '    "X-Many" = "a, b"',
        "  }",
        `  "url" = "${base}/text"`,
        "}",
      ].join("\n"),
    );
  });

  it("sends the method, headers and body, and follows redirects", async () => {
    requests.length = 0;
    await read("http", {
      url: `${base}/redirect`,
      method: "POST",
      request_headers: { "X-Test": "t" },
      request_body: "data",
    });
    expect(requests).toEqual(["POST /redirect t data", "GET /text t "]);
  });

  it("fails for other codes than 2xx, and when nobody answers", async () => {
    expect((await read("http", { url: `${base}/missing` })).codes).toEqual(["http/status"]);
    expect((await read("http", { url: "http://127.0.0.1:1/" })).codes).toEqual(["http/request-failed"]);
    expect((await read("http", { url: "ftp://x/" })).codes).toEqual(["http/request-failed"]);
  });

  it("warns about what is not text", async () => {
    const { events } = await read("http", { url: `${base}/binary` });
    expect(events.flatMap((event) => (event.type === "log" ? [event.text] : []))).toEqual([
      `The response of ${base}/binary is not text.`,
    ]);
  });

  it("uses the environment's proxies as Go does", () => {
    const env = {
      HTTP_PROXY: "proxy:3128",
      https_proxy: "http://secure:1",
      NO_PROXY: "example.com,.internal,10.0.0.1:8080",
    };
    const proxy = (url: string): string | undefined => proxyFor(new URL(url), env)?.host;
    expect([
      proxy("http://a.test/"),
      proxy("https://a.test/"),
      proxy("http://example.com/"),
      proxy("http://www.example.com/"),
      proxy("http://x.internal/"),
      proxy("http://internal/"),
      proxy("http://10.0.0.1:8080/"),
      proxy("http://10.0.0.1:9/"),
      proxy("http://localhost/"),
      proxy("http://127.0.0.1/"),
    ]).toEqual([
      "proxy:3128",
      "secure:1",
      undefined,
      undefined,
      undefined,
      "proxy:3128",
      undefined,
      "proxy:3128",
      undefined,
      undefined,
    ]);
  });
});

describe("null", () => {
  it("gives back its input", async () => {
    expect((await read("null", { input: "x" })).text).toBe('{\n  "output" = "x"\n}');
  });
});

describe("external", () => {
  const program = (script: string): string[] => ["/bin/sh", "-c", script];

  it("asks a program that speaks JSON", async () => {
    const { text } = await read("external", { program: program("cat"), query: { a: "1", b: "two" } });
    expect(text).toBe('{\n  "result" = {\n    "a" = "1"\n    "b" = "two"\n  }\n}');
  });

  it("refuses failures and other output", async () => {
    expect((await read("external", { program: program("echo why >&2; exit 3") })).codes).toEqual([
      "external/program-failed",
    ]);
    expect((await read("external", { program: program("echo no") })).codes).toEqual(["external/not-json-object"]);
    expect((await read("external", { program: program("echo '{\"a\":1}'") })).codes).toEqual([
      "external/not-json-object",
    ]);
    expect((await read("external", { program: ["/no/such/program"] })).codes).toEqual(["run/command-not-started"]);
  });

  it("passes plain text with external-raw", async () => {
    const { text } = await read("external-raw", { program: program("tr a-z A-Z"), query: "shout" });
    expect(text).toBe('{\n  "result" = "SHOUT"\n}');
  });

  it("runs in the given folder", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "here"), "");
    chmodSync(folder.path, 0o755);
    const { text } = await read("external-raw", { program: program("ls"), working_dir: folder.path });
    expect(text).toContain("here");
  });
});

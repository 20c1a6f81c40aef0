import { expect, it } from "vitest";
import { parseTunnel } from "../src/tunnels.js";

it.each([
  ["8080:example.test:80", { listenPort: 8080, host: "example.test", port: 80 }],
  [" 8080:10.0.0.1:80 ", { listenPort: 8080, host: "10.0.0.1", port: 80 }],
  ["8080:[2001:db8::1]:80", { listenPort: 8080, host: "2001:db8::1", port: 80 }],
])("a tunnel is read: %s", (text, tunnel) => {
  expect(parseTunnel(text)).toEqual({ text, ...tunnel });
});

it.each(["", "8080", "8080:80", "a:host:80", "8080:host:http", "8080::80"])("no tunnel: %j", (text) => {
  expect(() => parseTunnel(text)).toThrow(expect.objectContaining({ code: "ssh/tunnel-failed" }));
});

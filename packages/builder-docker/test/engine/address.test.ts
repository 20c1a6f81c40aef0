import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { resolveEngineAddress, type AddressEnvironment } from "../../src/engine/address.js";

function environment(
  overrides: Partial<AddressEnvironment> & { files?: Record<string, string>; sockets?: string[] },
): AddressEnvironment {
  return {
    env: {},
    homeDirectory: "/home/u",
    platform: "linux",
    readText: (path) => overrides.files?.[path],
    isSocket: (path) => overrides.sockets?.includes(path) ?? false,
    ...overrides,
  };
}

describe("resolveEngineAddress", () => {
  it("uses the default socket", () => {
    expect(resolveEngineAddress(environment({}))).toMatchObject({ kind: "socket", path: "/var/run/docker.sock" });
  });

  it.each([
    ["unix:///run/x.sock", { kind: "socket", path: "/run/x.sock" }],
    ["unix://", { kind: "socket", path: "/var/run/docker.sock" }],
    ["tcp://10.0.0.1:2375", { kind: "tcp", protocol: "http", host: "10.0.0.1", port: 2375 }],
    ["tcp://engine", { kind: "tcp", protocol: "http", host: "engine", port: 2375 }],
    ["https://engine:8443", { kind: "tcp", protocol: "https", host: "engine", port: 8443 }],
    ["tcp://[::1]:2375", { kind: "tcp", host: "::1" }],
    ["ssh://bob@build:2222", { kind: "ssh", host: "build", port: 2222, username: "bob" }],
    ["ssh://build/run/podman.sock", { kind: "ssh", host: "build", socket: "/run/podman.sock" }],
    ["ssh://bob:secret@build", { kind: "invalid", display: "ssh://bob@build" }],
  ])("reads DOCKER_HOST=%s", (host, expected) => {
    expect(resolveEngineAddress(environment({ env: { DOCKER_HOST: host } }))).toMatchObject(expected);
  });

  it.each(["engine:2375", "ftp://engine", "ssh://", "ssh://:22", "tcp://a b"])(
    "refuses DOCKER_HOST=%s with a reason",
    (host) => {
      const address = resolveEngineAddress(environment({ env: { DOCKER_HOST: host } }));
      expect(address.kind).toBe("invalid");
    },
  );

  it.each([
    "ssh://bob:secret@",
    "ssh://bob:secret@build",
    "ssh://bob:se/secret@build",
    "ssh://bob:s@secret@build:x",
    "tcp://bob:secret@a b",
    "tcp://bob:secret@build:2375",
    "bob:secret@build",
    "BOB://bob:secret@build",
    "ftp://bob:secret@build",
  ])("shows no password of %s", (host) => {
    const address = resolveEngineAddress(environment({ env: { DOCKER_HOST: host } }));
    const shown = address.kind === "invalid" ? [address.reason, address.display] : [address.display];
    expect(shown.join("\n")).not.toContain("secret");
  });

  it.each(["ssh://build:22/run/me@there.sock", "tcp://[::1]:2375", "unix:///run/a:b@c.sock"])(
    "shows %s whole",
    (host) => {
      expect(resolveEngineAddress(environment({ env: { DOCKER_HOST: host } })).display).toBe(host);
    },
  );

  it("turns TLS on with DOCKER_TLS_VERIFY and reads the certificates", () => {
    const files = { "/certs/ca.pem": "CA", "/certs/cert.pem": "CERT", "/certs/key.pem": "KEY" };
    const env = { DOCKER_HOST: "tcp://engine:2376", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    expect(resolveEngineAddress(environment({ env, files }))).toMatchObject({
      kind: "tcp",
      protocol: "https",
      tls: { ca: "CA", cert: "CERT", key: "KEY", verify: true },
    });
  });

  it("follows the current context of the client configuration", () => {
    const id = createHash("sha256").update("remote").digest("hex");
    const files = {
      "/home/u/.docker/config.json": '{"currentContext":"remote"}',
      [`/home/u/.docker/contexts/meta/${id}/meta.json`]:
        '{"Name":"remote","Endpoints":{"docker":{"Host":"tcp://far:2376"}}}',
      [`/home/u/.docker/contexts/tls/${id}/docker/ca.pem`]: "CA",
    };
    expect(resolveEngineAddress(environment({ files }))).toMatchObject({
      kind: "tcp",
      protocol: "https",
      host: "far",
      tls: { ca: "CA", verify: true },
    });
  });

  it.each([
    [true, "https", { verify: false }],
    [false, "http", undefined],
  ])("a context without certificates, SkipTLSVerify = %s: %s", (skip, protocol, tls) => {
    const id = createHash("sha256").update("bare").digest("hex");
    const meta = { Name: "bare", Endpoints: { docker: { Host: "tcp://far:2376", SkipTLSVerify: skip } } };
    const files = { [`/home/u/.docker/contexts/meta/${id}/meta.json`]: JSON.stringify(meta) };
    const address = resolveEngineAddress(environment({ env: { DOCKER_CONTEXT: "bare" }, files }));
    expect(address).toMatchObject({ kind: "tcp", protocol });
    expect(address.kind === "tcp" ? address.tls : "none").toEqual(tls);
  });

  it("says so when the context does not exist", () => {
    const address = resolveEngineAddress(environment({ env: { DOCKER_CONTEXT: "gone" } }));
    expect(address).toMatchObject({
      kind: "invalid",
      reason: 'the docker context "gone" does not exist or names no engine',
    });
  });

  it("DOCKER_HOST wins over a context", () => {
    const env = { DOCKER_HOST: "unix:///x.sock", DOCKER_CONTEXT: "gone" };
    expect(resolveEngineAddress(environment({ env }))).toMatchObject({ kind: "socket", path: "/x.sock" });
  });

  it("finds podman's socket, or explains how to start it", () => {
    const env = { XDG_RUNTIME_DIR: "/run/user/1000" };
    const path = "/run/user/1000/podman/podman.sock";
    expect(resolveEngineAddress(environment({ env, sockets: [path] }), "/usr/bin/podman")).toMatchObject({
      kind: "socket",
      path,
    });
    const missing = resolveEngineAddress(environment({ env }), "podman");
    expect(missing.kind === "invalid" && missing.reason).toContain("podman system service");
  });
});

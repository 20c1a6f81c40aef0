import { applyDefaults } from "@hclbuild/schema";
import { describe, expect, it } from "vitest";
import { sshCommunicator } from "../src/schema/index.js";
import { readSettings, type SshConfig, type SshSettings } from "../src/settings.js";

function settingsOf(given: Readonly<Record<string, string | number | boolean | string[]>>): SshSettings {
  return readSettings(applyDefaults(sshCommunicator.body, { ssh_username: "root", ...given }) as unknown as SshConfig);
}

describe("how long to try", () => {
  const minute = 60_000;

  it.each([
    ["neither option", {}, 5 * minute, 10],
    ["only the timeout: attempts without limit", { ssh_timeout: "2m" }, 2 * minute, undefined],
    ["only the attempts: no timeout", { ssh_handshake_attempts: 3 }, undefined, 3],
    ["both", { ssh_timeout: "1m", ssh_handshake_attempts: 3 }, minute, 3],
    ["no timeout at all", { ssh_timeout: "0s" }, undefined, undefined],
    ["attempts without limit count as not given", { ssh_handshake_attempts: 0 }, 5 * minute, 10],
    ["the old name, which wins", { ssh_timeout: "1m", ssh_wait_timeout: "3m" }, 3 * minute, undefined],
  ])("%s", (_name, given, timeout, handshakeAttempts) => {
    expect(settingsOf(given)).toMatchObject({ timeout, handshakeAttempts });
  });
});

it("are Packer's defaults when nothing is given", () => {
  expect(settingsOf({})).toMatchObject({
    pty: false,
    forwardAgent: true,
    keepAlive: 5000,
    idleTimeout: undefined,
    pauseBeforeConnecting: 0,
    ciphers: undefined,
    keyExchange: undefined,
    transfer: "scp",
    localTunnels: [],
    remoteTunnels: [],
    bastion: undefined,
    proxy: undefined,
    credentials: { username: "root", useAgent: false, password: undefined, privateKeyFile: undefined },
  });
});

it("take empty texts and lists for options that are not given", () => {
  const empty = {
    ssh_password: "",
    ssh_private_key_file: "",
    ssh_bastion_host: "",
    ssh_proxy_host: "",
    ssh_ciphers: [],
  };
  expect(settingsOf(empty)).toMatchObject({
    credentials: { password: undefined, privateKeyFile: undefined },
    bastion: undefined,
    proxy: undefined,
    ciphers: undefined,
  });
});

it.each([
  ["-1s", undefined],
  ["0s", undefined],
  ["1m30s", 90_000],
])("keep-alive messages every %s", (interval, keepAlive) => {
  expect(settingsOf({ ssh_keep_alive_interval: interval }).keepAlive).toBe(keepAlive);
});

describe("a bastion", () => {
  it("takes port, user and key from the machine where it has none of its own, but no password", () => {
    const given = { ssh_bastion_host: "b", ssh_private_key_file: "k", ssh_password: "p" };
    expect(settingsOf(given).bastion).toMatchObject({
      host: "b",
      port: 22,
      credentials: { username: "root", privateKeyFile: "k", password: undefined, useAgent: false },
    });
  });

  it("has its own", () => {
    const given = {
      ssh_bastion_host: "b",
      ssh_bastion_port: 2222,
      ssh_bastion_username: "jump",
      ssh_bastion_password: "q",
      ssh_bastion_private_key_file: "own",
      ssh_bastion_certificate_file: "own-cert.pub",
      ssh_bastion_agent_auth: true,
      ssh_private_key_file: "k",
    };
    expect(settingsOf(given).bastion).toMatchObject({
      port: 2222,
      credentials: {
        username: "jump",
        password: "q",
        privateKeyFile: "own",
        certificateFile: "own-cert.pub",
        useAgent: true,
      },
    });
  });
});

it.each([
  [{}, { type: "socks5", port: 1080, username: undefined }],
  [
    { ssh_proxy_type: "http", ssh_proxy_port: 3128, ssh_proxy_username: "u", ssh_proxy_password: "p" },
    { type: "http", port: 3128, username: "u", password: "p" },
  ],
])("a proxy: %o", (given, proxy) => {
  expect(settingsOf({ ssh_proxy_host: "h", ...given }).proxy).toMatchObject({ host: "h", ...proxy });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeKey, isAcceptedKey, isKnownHost } from "../src/host-keys.js";

// Keys that `ssh-keygen -t ed25519` made, with the fingerprints that `ssh-keygen -lf` prints for them.
const blob = "AAAAC3NzaC1lZDI1NTE5AAAAIGwcP/79M7TxwBCzl/d8cLjE5sPQkkRZ1n6FHtVbCVIJ";
const key = describeKey(Buffer.from(blob, "base64"));
const other = describeKey(
  Buffer.from("AAAAC3NzaC1lZDI1NTE5AAAAIAMxbXPFpn9J5NC0zyRiMk5lJtDn0bjDKJVfLwVLgUtV", "base64"),
);
const line = `ssh-ed25519 ${blob}`;

describe("a presented key", () => {
  it("has type and fingerprint", () => {
    expect(key.type).toBe("ssh-ed25519");
    expect(key.base64).toBe(blob);
  });

  it("of any bytes is described", () => {
    for (const bytes of [[], [0, 0, 0], [0, 0, 0, 0, 1]]) expect(describeKey(Buffer.from(bytes)).type).toBe("");
  });

  it("is accepted by its line, with or without type and comment, and by its fingerprint", () => {
    for (const entry of [line, `${line} root@host`, ` ${blob} `, key.fingerprint, `${key.fingerprint}=`]) {
      expect(isAcceptedKey(["SHA256:other", entry], key)).toBe(true);
      expect(isAcceptedKey([entry], other)).toBe(false);
    }
    expect(isAcceptedKey([], key)).toBe(false);
    expect(isAcceptedKey(["", "ssh-ed25519"], key)).toBe(false);
  });
});

describe("a known_hosts file", () => {
  const at = (host: string, port = 22) => ({ host, port });

  it.each([
    ["a plain name", `example.test ${line}`, at("example.test"), true],
    ["another name", `example.test ${line}`, at("example.org"), false],
    ["a name in a list", `a.test,b.test,10.0.0.1 ${line}`, at("10.0.0.1"), true],
    ["letters of another case", `Example.TEST ${line}`, at("example.test"), true],
    ["another port needs its own entry", `example.test ${line}`, at("example.test", 2222), false],
    ["another port", `[example.test]:2222 ${line}`, at("example.test", 2222), true],
    ["an IPv6 address", `2001:db8::1 ${line}`, at("2001:db8::1"), true],
    ["a star", `*.example.test ${line}`, at("a.b.example.test"), true],
    ["a star is not the dot before it", `*.example.test ${line}`, at("example.test"), false],
    ["a question mark", `host? ${line}`, at("host1"), true],
    ["a question mark is one character", `host? ${line}`, at("host12"), false],
    ["a dot is a dot", `a.test ${line}`, at("abtest"), false],
    ["a negated name", `*.test,!bad.test ${line}`, at("bad.test"), false],
    ["beside a negated name", `*.test,!bad.test ${line}`, at("good.test"), true],
    ["a revoked key", `*.test ${line}\n@revoked * ${line}`, at("a.test"), false],
    ["an authority is not a host key", `@cert-authority * ${line}`, at("a.test"), false],
    ["comments and empty lines", `\n# a.test ${line}\n\r\n  a.test ${line}\r\n`, at("a.test"), true],
    ["a comment alone", `# a.test ${line}`, at("a.test"), false],
    ["nothing", "", at("a.test"), false],
    ["a line that is cut off", "a.test ssh-ed25519", at("a.test"), false],
  ])("%s", (_name, text, endpoint, known) => {
    expect(isKnownHost(text, endpoint, key)).toBe(known);
    expect(isKnownHost(text, endpoint, other)).toBe(false);
  });
});

describe("as ssh-keygen writes it", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "host-keys-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("a hashed file is read, and the fingerprint is the same", () => {
    const file = join(folder, "known_hosts");
    writeFileSync(file, `example.test ${line}\n[example.test]:2222 ${line}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^\|1\|/);
    expect(isKnownHost(text, { host: "example.test", port: 22 }, key)).toBe(true);
    expect(isKnownHost(text, { host: "example.test", port: 2222 }, key)).toBe(true);
    expect(isKnownHost(text, { host: "example.org", port: 22 }, key)).toBe(false);
    const publicKey = join(folder, "key.pub");
    writeFileSync(publicKey, `${line}\n`);
    expect(execFileSync("ssh-keygen", ["-lf", publicKey], { encoding: "utf8" })).toContain(` ${key.fingerprint} `);
  });
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePrivateKey } from "../src/private-key.js";

let folder = "";
let made = 0;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "private-key-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const passphrase = "s3cret pass'word";

/** Runs a program that writes a key to the path behind its words; returns the path. */
function make(program: string, ...words: readonly string[]): string {
  const file = join(folder, String(made++));
  execFileSync(program, [...words, file], { stdio: ["ignore", "ignore", "pipe"] });
  return file;
}

const sshKeygen = (words: string, secret = ""): string =>
  make("ssh-keygen", "-q", "-N", secret, ...words.split(" "), "-f");
const genpkey = (words: string): string => make("openssl", "genpkey", ...words.split(" "), "-out");
const read = (file: string): string => readFileSync(file, "utf8");

/** The public key as OpenSSH derives it from a private one: type and base64. */
function publicOf(file: string, secret = ""): string {
  const line = execFileSync("ssh-keygen", ["-y", "-P", secret, "-f", file], { encoding: "utf8" });
  return line.trim().split(" ").slice(0, 2).join(" ");
}

/** What was understood, as a public key that its own signature was checked with; or the reason why nothing was. */
function decoded(text: string, secret?: string): string {
  const key = decodePrivateKey(text, secret);
  if ("reason" in key) return key.reason;
  const data = Buffer.from("data");
  expect(key.verify(data, key.sign(data) as Buffer)).toBe(true);
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

describe("keys without a passphrase", () => {
  it.each(["-t rsa -b 2048", "-t ecdsa -b 256", "-t ecdsa -b 384", "-t ecdsa -b 521", "-t ed25519"])(
    "of ssh-keygen %s, in each of its forms",
    (kind) => {
      for (const form of ["RFC4716", "PEM", "PKCS8"]) {
        const file = sshKeygen(`${kind} -m ${form}`);
        expect(decoded(read(file)), form).toBe(publicOf(file));
      }
    },
  );

  it.each([
    "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
    "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
  ])("of openssl genpkey %s", (kind) => {
    const file = genpkey(kind);
    expect(decoded(read(file))).toBe(publicOf(file));
  });

  it("of openssl genpkey -algorithm ED25519", () => {
    const file = genpkey("-algorithm ED25519");
    // ssh-keygen reads no such file; RFC 8410 ends the public key with its 32 bytes, as RFC 8709 does.
    const der = execFileSync("openssl", ["pkey", "-in", file, "-pubout", "-outform", "DER"]).subarray(-32);
    const blob = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"), der]);
    expect(decoded(read(file))).toBe(`ssh-ed25519 ${blob.toString("base64")}`);
  });
});

describe("keys with a passphrase", () => {
  it.each(["-t rsa -b 2048", "-t ecdsa", "-t ed25519"])("of ssh-keygen %s, in each of its forms", (kind) => {
    for (const form of ["RFC4716", "PEM", "PKCS8"]) {
      // One round, as what is tested is not how long a key holds out.
      const file = sshKeygen(`${kind} -a 1 -m ${form}`, passphrase);
      expect(decoded(read(file), passphrase), form).toBe(publicOf(file, passphrase));
      for (const secret of [undefined, "wrong"]) {
        expect(decoded(read(file), secret), form).toMatch(/passphrase/i);
      }
    }
  });

  it("of openssl pkcs8", () => {
    const plain = genpkey("-algorithm ED25519");
    const encrypted = make("openssl", "pkcs8", "-topk8", "-in", plain, "-passout", `pass:${passphrase}`, "-out");
    expect(decoded(read(encrypted), passphrase)).toBe(decoded(read(plain)));
    expect(decoded(read(encrypted))).toBe("it is encrypted, and there is no passphrase for it");
    expect(decoded(read(encrypted), "wrong")).toBe("the passphrase is not the right one, or the key is damaged");
  });

  it("do not need the one that is given when they are not encrypted", () => {
    const file = genpkey("-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    expect(decoded(read(file), passphrase)).toBe(publicOf(file));
  });
});

describe("what else is in the file", () => {
  const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  it.each<readonly [string, (key: string) => string]>([
    [
      "text before it, as of openssl pkcs12",
      (key) => `Bag Attributes\n    localKeyID: 2E A6\nKey Attributes: x\n${key}`,
    ],
    ["text behind it", (key) => `${key}\nthe end\n`],
    ["a certificate before it", (key) => certificate + key],
    ["a certificate behind it", (key) => key + certificate],
    ["another key behind it", (key) => `${key}${key.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA")}`],
    ["empty lines", (key) => `\n\n${key.replace("\n", "\n\n")}\n\n`],
    ["blanks around its lines", (key) => key.replaceAll(/^|$/gm, "  ")],
    ["line ends of Windows", (key) => key.replaceAll("\n", "\r\n")],
    ["a byte order mark", (key) => `\u{feff}${key}`],
    ["no line end at its end", (key) => key.trimEnd()],
  ])("does not count: %s", (_name, change) => {
    for (const file of [
      sshKeygen("-t ed25519"),
      sshKeygen("-t ecdsa -m PEM"),
      genpkey("-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
    ]) {
      expect(decoded(change(read(file)))).toBe(publicOf(file));
    }
  });

  it("does not count: parameters of openssl ecparam -genkey", () => {
    const file = make("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out");
    expect(read(file)).toMatch(/^-----BEGIN EC PARAMETERS-----/);
    expect(decoded(read(file))).toBe(publicOf(file));
  });
});

it("tells what is no key that SSH has", () => {
  expect(decoded("")).not.toBe("");
  expect(decoded("-----BEGIN PRIVATE KEY-----\n")).not.toBe("");
  expect(decoded("-----BEGIN PRIVATE KEY-----\nTk9ORQ==\n-----END PRIVATE KEY-----\n")).toBe("it is damaged");
  expect(decoded(read(`${sshKeygen("-t ed25519")}.pub`))).toBe("it is a public key");
  expect(decoded(read(genpkey("-algorithm X25519")))).toBe("keys of the kind x25519 are not supported in this form");
  expect(decoded(read(genpkey("-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1")))).toMatch(/EC OID/);
  const file = genpkey("-algorithm ED25519");
  writeFileSync(file, read(file).replace(/-----END.*\n/, ""));
  expect(decoded(read(file))).not.toContain(" AAAA");
});

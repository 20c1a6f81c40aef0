import { readFile } from "node:fs/promises";
import { describeSystemError } from "@hclbuild/diagnostics";
import { buildError, resolveLocal, type Host } from "@hclbuild/sdk";
import type { ParsedKey } from "ssh2";
import { catalog } from "./catalog.js";
import { parseCertificate, type CertifiedKey } from "./certificate.js";
import { decodePrivateKey } from "./private-key.js";
import type { Credentials } from "./settings.js";

/** A private key to log in with. */
export interface LoginKey {
  readonly key: ParsedKey;
  readonly certified?: CertifiedKey;
}

/** What {@link loadKey} reads. */
export type KeySource = Pick<Credentials, "privateKeyFile" | "privateKey" | "passphrase" | "certificateFile">;

/**
 * Reads the private key, and its certificate; `undefined` when there is none.
 * @throws BuildError `ssh/key-unreadable`, `ssh/certificate-unreadable`
 */
export async function loadKey(source: KeySource, host: Host): Promise<LoginKey | undefined> {
  const path = source.privateKeyFile;
  let text = source.privateKey;
  if (path !== undefined) text = await readText(path, host, "key-unreadable");
  if (text === undefined) return undefined;
  const key = parsePrivateKey(text, source.passphrase, path ?? "ssh_private_key");
  if (source.certificateFile === undefined) return { key };
  return { key, certified: { key, ...(await readCertificate(source.certificateFile, host)) } };
}

/**
 * Reads the file of a private key without looking into it.
 * @throws BuildError `ssh/key-unreadable`
 */
export async function readPrivateKey(path: string, host: Host): Promise<string> {
  return await readText(path, host, "key-unreadable");
}

/**
 * Understands the text of a private key. `shown` is what a user knows it by.
 * @throws BuildError `ssh/key-unreadable`
 */
export function parsePrivateKey(text: string, passphrase: string | undefined, shown: string): ParsedKey {
  const key = decodePrivateKey(text, passphrase);
  if ("reason" in key) throw buildError(catalog["key-unreadable"], { path: shown, reason: key.reason });
  return key;
}

/**
 * Reads a certificate.
 * @throws BuildError `ssh/certificate-unreadable`
 */
export async function readCertificate(
  path: string,
  host: Host,
): Promise<{ readonly type: string; readonly blob: Buffer }> {
  const certificate = parseCertificate(await readText(path, host, "certificate-unreadable"));
  if (certificate !== undefined) return certificate;
  throw buildError(catalog["certificate-unreadable"], { path, reason: "it is not an OpenSSH certificate" });
}

async function readText(
  path: string,
  host: Host,
  failure: "key-unreadable" | "certificate-unreadable",
): Promise<string> {
  try {
    return await readFile(resolveLocal(path, { host }), "utf8");
  } catch (error) {
    throw buildError(catalog[failure], { path, reason: describeSystemError(error) }, { cause: error });
  }
}

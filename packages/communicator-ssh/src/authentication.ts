import { readFile } from "node:fs/promises";
import { buildError, expandHome, messageOf, type Host } from "@hclbuild/sdk";
import ssh2, { type AnyAuthMethod, type ParsedKey } from "ssh2";
import { catalog } from "./catalog.js";
import { parseCertificate, type CertifiedKey } from "./certificate.js";
import type { Credentials } from "./settings.js";

/** What to offer to a server, in order. */
export interface Authentication {
  readonly username: string;
  readonly methods: readonly AnyAuthMethod[];
  readonly certified?: CertifiedKey | undefined;
  /** For messages: names of the methods, without secrets. */
  readonly description: string;
  readonly agentSocket?: string | undefined;
}

/** Prepares the methods in Packer's order: agent, keys, password with keyboard-interactive. */
export async function prepareAuthentication(credentials: Credentials, host: Host): Promise<Authentication> {
  const { username } = credentials;
  const methods: AnyAuthMethod[] = [];
  const names: string[] = [];
  const agentSocket = host.env["SSH_AUTH_SOCK"] || undefined;
  if (credentials.useAgent) {
    if (agentSocket === undefined) throw buildError(catalog["no-agent"], {});
    methods.push({ type: "agent", username, agent: agentSocket });
    names.push("the agent");
  }
  const key = await loadKey(credentials, host);
  if (key !== undefined) {
    methods.push({ type: "publickey", username, key: key.key as never });
    names.push(key.certified === undefined ? "a private key" : "a certificate");
  }
  const { password } = credentials;
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      // oxlint-disable-next-line max-params -- the library's signature
      prompt: (_name, _instructions, _language, prompts, answer) => answer(prompts.map(() => password)),
    });
    names.push("a password", "keyboard-interactive");
  }
  if (methods.length === 0) {
    methods.push({ type: "none", username });
    names.push("no credentials");
  }
  return { username, methods, certified: key?.certified, description: names.join(", "), agentSocket };
}

async function loadKey(
  credentials: Credentials,
  host: Host,
): Promise<{ readonly key: ParsedKey; readonly certified?: CertifiedKey } | undefined> {
  const path = credentials.privateKeyFile;
  let text = credentials.privateKey;
  if (path !== undefined) text = await readText(path, host, "key-unreadable");
  if (text === undefined) return undefined;
  const shown = path ?? "ssh_private_key";
  const parsed = ssh2.utils.parseKey(text, credentials.passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) {
    throw buildError(catalog["key-unreadable"], { path: shown, reason: key?.message ?? "it holds no key" });
  }
  if (!key.isPrivateKey()) throw buildError(catalog["key-unreadable"], { path: shown, reason: "it is a public key" });
  if (credentials.certificateFile === undefined) return { key };
  const certificate = parseCertificate(await readText(credentials.certificateFile, host, "certificate-unreadable"));
  if (certificate === undefined) {
    throw buildError(catalog["certificate-unreadable"], {
      path: credentials.certificateFile,
      reason: "it is not an OpenSSH certificate",
    });
  }
  return { key, certified: { key, ...certificate } };
}

async function readText(
  path: string,
  host: Host,
  failure: "key-unreadable" | "certificate-unreadable",
): Promise<string> {
  try {
    return await readFile(expandHome(path, host.homeDirectory), "utf8");
  } catch (error) {
    throw buildError(catalog[failure], { path, reason: messageOf(error) }, { cause: error });
  }
}

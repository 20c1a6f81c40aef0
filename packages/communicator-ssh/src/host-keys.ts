import { createHash, createHmac } from "node:crypto";

/** A host key as the server presented it. */
export interface PresentedKey {
  readonly type: string;
  readonly fingerprint: string;
  readonly base64: string;
}

/** Reads the key blob of the SSH handshake: a length-prefixed type, then the key itself (RFC 4253, section 6.6). */
export function describeKey(blob: Buffer): PresentedKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return {
    type: blob.subarray(4, 4 + length).toString("latin1"),
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    base64: blob.toString("base64"),
  };
}

/** Whether a key is among the accepted ones, each a public key line (`type base64 comment`) or a fingerprint. */
export function isAcceptedKey(accepted: readonly string[], key: PresentedKey): boolean {
  return accepted.some((entry) => {
    const text = entry.trim();
    if (text.startsWith("SHA256:")) return text.replace(/=+$/, "") === key.fingerprint;
    const parts = text.split(/\s+/);
    return parts.includes(key.base64);
  });
}

/**
 * Whether a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT") holds the key for the host: plain, wildcard,
 * negated and hashed names, `[host]:port` for ports other than 22, and `@revoked` lines, which win.
 */
export function isKnownHost(
  text: string,
  endpoint: { readonly host: string; readonly port: number },
  key: PresentedKey,
): boolean {
  const name = endpoint.port === 22 ? endpoint.host : `[${endpoint.host}]:${endpoint.port}`;
  let known = false;
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === undefined || fields[0] === "" || fields[0].startsWith("#")) continue;
    const marker = fields[0].startsWith("@") ? fields.shift() : undefined;
    const [hosts = "", , base64] = fields;
    if (base64 !== key.base64 || !matchesHost(hosts, name)) continue;
    if (marker === "@revoked") return false;
    if (marker === undefined) known = true;
  }
  return known;
}

function matchesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = hosts.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  let matched = false;
  for (const pattern of hosts.split(",")) {
    const negated = pattern.startsWith("!");
    if (!wildcard(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i");
}

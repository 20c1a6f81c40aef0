import { createPrivateKey, type KeyObject } from "node:crypto";
import ssh2, { type ParsedKey } from "ssh2";

/** What is wrong with a text that should be a private key, as the end of a sentence. */
export interface KeyProblem {
  readonly reason: string;
}

/**
 * Understands a private key as OpenSSH and OpenSSL write it: OpenSSH's own form, the older one of each kind of key, and
 * PKCS #8; encrypted or not. As in a PEM file (RFC 7468), what stands before and behind the key does not count.
 */
export function decodePrivateKey(text: string, passphrase: string | undefined): ParsedKey | KeyProblem {
  const block = findKeyBlock(text);
  const pem = block?.pem ?? text;
  const isGeneral = block?.label === "PRIVATE KEY" || block?.label === "ENCRYPTED PRIVATE KEY";
  const known = isGeneral ? toKindOfKey(block, passphrase) : pem;
  if (typeof known !== "string") return known;
  const parsed = ssh2.utils.parseKey(known, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) return { reason: key?.message ?? "it holds no key" };
  return key.isPrivateKey() ? key : { reason: "it is a public key" };
}

interface KeyBlock {
  readonly label: string;
  /** The block alone, without blanks around its lines. */
  readonly pem: string;
}

/** The first private key of a file that may hold other things, such as certificates. */
function findKeyBlock(text: string): KeyBlock | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => /^-----BEGIN ([A-Z\d]+ )*PRIVATE KEY-----$/.test(line));
  const label = lines[start]?.slice("-----BEGIN ".length, -"-----".length);
  if (label === undefined) return undefined;
  const end = lines.indexOf(`-----END ${label}-----`, start);
  return end === -1 ? undefined : { label, pem: lines.slice(start, end + 1).join("\n") };
}

/** PKCS #8, which is the same for all kinds of keys, as the form of the key's own kind, which the library reads. */
function toKindOfKey({ label, pem }: KeyBlock, passphrase: string | undefined): string | KeyProblem {
  const isEncrypted = label === "ENCRYPTED PRIVATE KEY";
  if (isEncrypted && passphrase === undefined) return { reason: "it is encrypted, and there is no passphrase for it" };
  let key: KeyObject;
  try {
    key = createPrivateKey(isEncrypted ? { key: pem, passphrase } : pem);
  } catch {
    return { reason: isEncrypted ? "the passphrase is not the right one, or the key is damaged" : "it is damaged" };
  }
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ format: "pem", type: "pkcs1" }).toString();
    case "ec":
      return key.export({ format: "pem", type: "sec1" }).toString();
    case "ed25519":
      return toOpenSsh(key);
    default:
      return { reason: `keys of the kind ${key.asymmetricKeyType} are not supported in this form` };
  }
}

/** Sizes that OpenSSH's form (PROTOCOL.key) fills its secret part up to, when it is not encrypted. */
const blockSize = 8;

function toOpenSsh(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const [point, seed] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const publicPart = Buffer.concat([field("ssh-ed25519"), field(point)]);
  // Two equal numbers, by which a wrong passphrase is noticed where there is one.
  const check = Buffer.alloc(8);
  const secret = [check, publicPart, field(Buffer.concat([seed, point])), field("")];
  const length = secret.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from(Array.from({ length: -length & (blockSize - 1) }, (_, index) => index + 1));
  const whole = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(field),
    Buffer.from([0, 0, 0, 1]),
    field(publicPart),
    field(Buffer.concat([...secret, padding])),
  ]);
  const base64 = whole.toString("base64").replace(/.{70}(?=.)/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** Bytes with their number before them. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

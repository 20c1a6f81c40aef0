import { createPrivateKey, type KeyObject } from "node:crypto";
import { problem, told, type Problem } from "./problem.js";

/** Reads an unencrypted RSA private key in PEM form, or says what is wrong. */
export function readRsaKey(pem: string): KeyObject | Problem {
  if (!/-----BEGIN [A-Z ]+-----/.test(pem)) return problem`it holds no key in PEM form`;
  if (/-----BEGIN OPENSSH PRIVATE KEY-----/.test(pem)) return readOpenSshKey(pem);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem.slice(pem.indexOf("-----BEGIN")));
  } catch {
    return /ENCRYPTED/.test(pem)
      ? problem`the key is protected by a passphrase, which is not supported`
      : problem`it is not a valid private key`;
  }
  return key.asymmetricKeyType === "rsa"
    ? key
    : problem`it is a key of the type ${told(key.asymmetricKeyType ?? "unknown")}, not RSA`;
}

/** Reads the length-prefixed fields of OpenSSH's format. */
function fieldReader(bytes: Buffer): () => Buffer {
  let at = 0;
  return () => {
    const length = bytes.readUInt32BE(at);
    const field = bytes.subarray(at + 4, at + 4 + length);
    if (field.length !== length) throw new RangeError("truncated key");
    at += 4 + length;
    return field;
  };
}

const magic = "openssh-key-v1\0";

function readOpenSshKey(pem: string): KeyObject | Problem {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)-----END/.exec(pem)?.[1] ?? "";
  const bytes = Buffer.from(body.replace(/\s/g, ""), "base64");
  if (bytes.subarray(0, magic.length).toString("latin1") !== magic) return problem`it is not a valid private key`;
  try {
    const outer = fieldReader(bytes.subarray(magic.length));
    if (outer().toString() !== "none") return problem`the key is protected by a passphrase, which is not supported`;
    const rest = bytes.subarray(magic.length);
    // Cipher, key derivation and its options, the number of keys, the public key, then the private part.
    const skip = [0, 0, 0].reduce((at) => at + 4 + rest.readUInt32BE(at), 0) + 4;
    const inner = fieldReader(rest.subarray(skip));
    inner();
    const secret = fieldReader(inner().subarray(8));
    const type = secret().toString();
    if (type !== "ssh-rsa") return problem`it is a key of the type ${type}, not RSA`;
    const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => secret()) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const number = (field: Buffer): bigint => BigInt(`0x${field.toString("hex") || "0"}`);
    const text = (value: bigint): string => {
      const hex = value.toString(16);
      return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
    };
    const dp = number(d) % (number(p) - 1n);
    const dq = number(d) % (number(q) - 1n);
    const fields = { n: number(n), e: number(e), d: number(d), p: number(p), q: number(q), dp, dq, qi: number(qi) };
    const jwk = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value)]));
    return createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
  } catch {
    return problem`it is not a valid private key`;
  }
}

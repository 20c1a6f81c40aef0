import { sign as signData } from "node:crypto";
import type { Client, ParsedKey } from "ssh2";

/** A private key with the certificate that was issued for it. */
export interface CertifiedKey {
  readonly key: ParsedKey;
  /** Type of the certificate, such as `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string;
  readonly blob: Buffer;
}

/** Reads the line of a certificate file: type, base64, comment. `undefined` when it is not one. */
export function parseCertificate(text: string): { readonly type: string; readonly blob: Buffer } | undefined {
  const [type = "", base64 = ""] = text.trim().split(/\s+/);
  if (!/-cert-v0[01]@openssh\.com$/.test(type)) return undefined;
  const blob = Buffer.from(base64, "base64");
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return blob.subarray(4, 4 + length).toString("latin1") === type ? { type, blob } : undefined;
}

interface Names {
  /** Algorithm that the request names. */
  readonly request: string;
  /** Algorithm that the signature names: never the certificate's. */
  readonly signature: string;
  readonly hash: string | undefined;
}

function namesOf(type: string): Names {
  if (type.startsWith("ssh-rsa-cert")) {
    return { request: "rsa-sha2-512-cert-v01@openssh.com", signature: "rsa-sha2-512", hash: "sha512" };
  }
  const signature = type.replace(/-cert-v0[01]@openssh\.com$/, "");
  const hashes: Readonly<Record<string, string>> = { nistp256: "sha256", nistp384: "sha384", nistp521: "sha512" };
  const curve = signature.split("-").at(-1) ?? "";
  return { request: type, signature, hash: hashes[curve] };
}

/** The parts of ssh2's protocol object that sending a request by hand needs; present in the pinned version. */
interface ProtocolInternals {
  readonly _kex: { readonly sessionID: Buffer };
  readonly _packetRW: {
    readonly write: { allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer };
  };
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _authsQueue: string[];
  authPK(username: string, key: ParsedKey, algorithm?: unknown, sign?: unknown): void;
}

/**
 * Makes the client use the certificate whenever it offers the certified key.
 *
 * ssh2 knows no certificates: it would name the certificate's type inside of the signature, where servers expect the
 * plain algorithm (OpenSSH PROTOCOL.certkeys). So for this one key the request is written here, already signed.
 */
export function useCertificate(client: Client, certified: CertifiedKey): void {
  client.once("handshake", () => {
    const protocol = (client as unknown as { readonly _protocol: ProtocolInternals })._protocol;
    const original = protocol.authPK.bind(protocol);
    protocol.authPK = (username, key, algorithm, sign) => {
      if (key !== certified.key) return original(username, key, algorithm, sign);
      const request = signedRequest(protocol._kex.sessionID, username, certified);
      const { write } = protocol._packetRW;
      const start = write.allocStart;
      const packet = write.alloc(request.length);
      packet.set(request, start);
      protocol._authsQueue.push("publickey");
      protocol._cipher.encrypt(write.finalize(packet));
      return undefined;
    };
  });
}

/** SSH_MSG_USERAUTH_REQUEST with method "publickey" and a signature (RFC 4252, section 7). */
function signedRequest(sessionId: Buffer, username: string, certified: CertifiedKey): Buffer {
  const names = namesOf(certified.type);
  const body = Buffer.concat([
    Buffer.from([50]),
    text(username),
    text("ssh-connection"),
    text("publickey"),
    Buffer.from([1]),
    text(names.request),
    text(certified.blob),
  ]);
  const signature = signRequest(certified, names, Buffer.concat([text(sessionId), body]));
  return Buffer.concat([body, text(Buffer.concat([text(names.signature), text(signature)]))]);
}

function signRequest(certified: CertifiedKey, names: Names, data: Buffer): Buffer {
  const isCurve = names.signature.startsWith("ecdsa-");
  const raw = signData(names.hash ?? null, data, {
    key: certified.key.getPrivatePEM(),
    ...(isCurve ? { dsaEncoding: "ieee-p1363" as const } : {}),
  });
  if (!isCurve) return raw;
  const half = raw.length / 2;
  return Buffer.concat([text(multiplePrecision(raw.subarray(0, half))), text(multiplePrecision(raw.subarray(half)))]);
}

function multiplePrecision(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return (trimmed[0] as number) & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed;
}

function text(content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

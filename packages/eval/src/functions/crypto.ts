import { constants, createHash, privateDecrypt } from "node:crypto";
import { asText, stringType, stringValue, type Value } from "@hclbuild/value";
import bcryptjs from "bcryptjs";
import { argumentError, functionError, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { decodeBase64, decodeUtf8 } from "./encoding.js";
import { readRsaKey } from "./rsa-key.js";
import { defineFunction, numberParameter, stringParameter, wholeNumber } from "./support.js";

const str = stringParameter("str");

function digestFunction(name: string, algorithm: string, form: "hex" | "base64"): ValueFunction {
  const label = algorithm.toUpperCase();
  return defineFunction({
    name,
    description: `Gives the ${label} checksum of a text's UTF-8 bytes in ${form === "hex" ? "hexadecimal" : "base64"}.`,
    params: [str],
    type: stringType,
    call: ([text]) =>
      stringValue(
        createHash(algorithm)
          .update(asText(text as Value))
          .digest(form),
      ),
  });
}

/** Work units of one round of the key schedule, of which there are 2^cost. */
const roundCharge = 200;

const bcrypt = defineFunction({
  name: "bcrypt",
  description: "Hashes a text with bcrypt and a random salt; the cost is 10 unless given.",
  params: [str],
  varParam: numberParameter("cost"),
  type: stringType,
  volatile: true,
  call([textValue, ...more], { host, budget }) {
    if (more.length > 1) return functionError("it takes no more than two arguments");
    const given = more[0] === undefined ? 10 : wholeNumber(more[0], 1);
    if (typeof given !== "number") return given;
    if (given > 31) return argumentError(1, "the cost must not be greater than 31");
    const cost = given < 4 ? 10 : given;
    const text = asText(textValue as Value);
    if (Buffer.byteLength(text) > 72) return argumentError(0, "bcrypt takes at most 72 bytes");
    if (!budget.charge(2 ** cost * roundCharge)) return argumentError(1, problem`a cost of ${cost} takes too long`);
    const salt = bcryptjs.encodeBase64([...host.randomBytes(16)], 16);
    return stringValue(bcryptjs.hashSync(text, `$2a$${String(cost).padStart(2, "0")}$${salt}`));
  },
});

const rsadecrypt = defineFunction({
  name: "rsadecrypt",
  description: "Decrypts base64 data with an RSA private key in PEM form (PKCS #1 version 1.5 padding).",
  params: [stringParameter("ciphertext"), stringParameter("privatekey")],
  type: stringType,
  call([ciphertext, keyValue]) {
    const bytes = decodeBase64(asText(ciphertext as Value));
    if (bytes === undefined) return argumentError(0, "it is not valid base64");
    const key = readRsaKey(asText(keyValue as Value));
    if ("words" in key) return argumentError(1, key);
    let padded: Buffer;
    try {
      // Node refuses this padding for private keys, so it is taken off here.
      padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, bytes);
    } catch {
      return functionError("the data cannot be decrypted with this key");
    }
    const text = unpad(padded);
    return text === undefined ? functionError("the data cannot be decrypted with this key") : stringValue(text);
  },
});

function unpad(padded: Buffer): string | undefined {
  const end = padded.indexOf(0, 2);
  if (padded[0] !== 0 || padded[1] !== 2 || end < 10) return undefined;
  return decodeUtf8(padded.subarray(end + 1)) ?? padded.subarray(end + 1).toString("utf8");
}

const uuidv4 = defineFunction({
  name: "uuidv4",
  description: "Gives a random UUID; each call gives its own.",
  type: stringType,
  volatile: true,
  call: (_args, { host }) => stringValue(host.randomUuid()),
});

const namespaces: ReadonlyMap<string, string> = new Map([
  ["dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ["url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"],
  ["oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"],
  ["x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"],
]);

const uuidForm = /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

const uuidv5 = defineFunction({
  name: "uuidv5",
  description: "Gives the UUID of a name within a namespace: dns, url, oid, x500 or a UUID.",
  params: [stringParameter("namespace"), stringParameter("name")],
  type: stringType,
  call([namespaceValue, name]) {
    const namespace = asText(namespaceValue as Value);
    const match = uuidForm.exec(namespaces.get(namespace) ?? namespace);
    if (match === null) return argumentError(0, 'it must be "dns", "url", "oid", "x500" or a UUID');
    const hash = createHash("sha1")
      .update(Buffer.from(match.slice(1).join(""), "hex"))
      .update(asText(name as Value))
      .digest();
    hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
    hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
    const hex = hash.toString("hex");
    return stringValue(
      [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-"),
    );
  },
});

export const cryptoFunctions: readonly ValueFunction[] = [
  digestFunction("base64sha256", "sha256", "base64"),
  digestFunction("base64sha512", "sha512", "base64"),
  bcrypt,
  digestFunction("md5", "md5", "hex"),
  rsadecrypt,
  digestFunction("sha1", "sha1", "hex"),
  digestFunction("sha256", "sha256", "hex"),
  digestFunction("sha512", "sha512", "hex"),
  uuidv4,
  uuidv5,
];

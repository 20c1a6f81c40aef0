import { crc32, deflateRawSync, constants, gunzipSync } from "node:zlib";
import { escapeQuery } from "@hclbuild/go-template";
import {
  asText,
  dynamicType,
  fromJson,
  impliedType,
  isKnown,
  isValueError,
  isWhollyKnown,
  listOf,
  listValue,
  objectOf,
  objectValue,
  refinementOf,
  stringType,
  stringValue,
  toJson,
  unknownValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import { parseCsv } from "./csv.js";
import { argumentError, functionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem, told, valueProblem } from "./problem.js";
import { anyParameter, defineFunction, stringParameter, textPartsPerStep } from "./support.js";
import { findEncoding, type TextEncoding } from "./text-encoding.js";

const str = stringParameter("str");

/** Decodes base64 as strictly as Go: standard alphabet with padding; line ends may stand anywhere. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return Buffer.from(compact, "base64");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of UTF-8 bytes; `undefined` when they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const notBase64 = "it is not valid base64: letters, digits, + and / in groups of four, padded with =";

const base64encode = defineFunction({
  name: "base64encode",
  description: "Encodes the UTF-8 bytes of a text in base64.",
  params: [str],
  type: stringType,
  call: ([text]) => stringValue(Buffer.from(asText(text as Value)).toString("base64")),
});

const base64decode = defineFunction({
  name: "base64decode",
  description: "Decodes base64 to a text; the bytes must be valid UTF-8.",
  params: [str],
  type: stringType,
  call([encoded]) {
    const bytes = decodeBase64(asText(encoded as Value));
    if (bytes === undefined) return argumentError(0, notBase64);
    const text = decodeUtf8(bytes);
    return text === undefined
      ? argumentError(0, "the decoded bytes are not valid UTF-8, so they are not a text")
      : stringValue(text);
  },
});

/** Packs as Go's gzip writer does after a flush: no name or time, a sync marker, and an empty last block. */
function gzip(bytes: Buffer): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const body = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksumOf(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([header, body, Buffer.from([1, 0, 0, 0xff, 0xff]), trailer]);
}

function checksumOf(bytes: Buffer): number {
  return crc32(bytes);
}

const base64gzip = defineFunction({
  name: "base64gzip",
  description: "Compresses the UTF-8 bytes of a text with gzip and encodes the result in base64.",
  params: [str],
  type: stringType,
  call: ([text]) => stringValue(gzip(Buffer.from(asText(text as Value))).toString("base64")),
});

/** Most bytes that unpacking may give. */
const unpackedLimit = 64 * 1024 * 1024;

const base64gunzip = defineFunction({
  name: "base64gunzip",
  description: "Decodes base64 and unpacks the gzip data in it; the bytes must be valid UTF-8.",
  params: [str],
  type: stringType,
  call([encoded]) {
    const bytes = decodeBase64(asText(encoded as Value));
    if (bytes === undefined) return argumentError(0, notBase64);
    let unpacked: Buffer;
    try {
      unpacked = gunzipSync(bytes, { maxOutputLength: unpackedLimit });
    } catch {
      return argumentError(0, `it does not hold gzip data of at most ${unpackedLimit} bytes`);
    }
    const text = decodeUtf8(unpacked);
    return text === undefined
      ? argumentError(0, "the unpacked bytes are not valid UTF-8, so they are not a text")
      : stringValue(text);
  },
});

const encodingParameter = stringParameter("encoding_name");

function encodingOf(value: Value): TextEncoding | FunctionError {
  return (
    findEncoding(asText(value)) ?? argumentError(1, "it is not the IANA name of a supported encoding, such as UTF-16LE")
  );
}

const textencodebase64 = defineFunction({
  name: "textencodebase64",
  description: "Encodes a text in a character encoding (by its IANA name) and then in base64.",
  params: [stringParameter("string"), encodingParameter],
  type: stringType,
  call([text, name]) {
    const encoding = encodingOf(name as Value);
    if ("kind" in encoding) return encoding;
    const bytes = encoding.encode(asText(text as Value));
    return bytes === undefined
      ? argumentError(0, problem`the text has a character that ${asText(name as Value)} cannot represent`)
      : stringValue(Buffer.from(bytes).toString("base64"));
  },
});

const textdecodebase64 = defineFunction({
  name: "textdecodebase64",
  description: "Decodes base64 and then the bytes by a character encoding (by its IANA name).",
  params: [stringParameter("source"), encodingParameter],
  type: stringType,
  call([source, name]) {
    const encoding = encodingOf(name as Value);
    if ("kind" in encoding) return encoding;
    const bytes = decodeBase64(asText(source as Value));
    if (bytes === undefined) return argumentError(0, notBase64);
    const text = encoding.decode(bytes);
    return text === undefined
      ? argumentError(0, problem`the bytes are not valid ${asText(name as Value)}`)
      : stringValue(text);
  },
});

const urlencode = defineFunction({
  name: "urlencode",
  partsPerStep: textPartsPerStep,
  description: "Escapes a text for the query part of a URL; a blank becomes a plus sign.",
  params: [str],
  type: stringType,
  call: ([text]) => stringValue(escapeQuery(asText(text as Value))),
});

const urldecode = defineFunction({
  name: "urldecode",
  description: "Takes back the escapes of the query part of a URL.",
  params: [str],
  type: stringType,
  call([text]) {
    const source = asText(text as Value);
    if (/%(?![0-9A-Fa-f]{2})/.test(source))
      return argumentError(0, "it has a % that two hexadecimal digits do not follow");
    const bytes = Buffer.from(
      source
        .replaceAll("+", " ")
        .replace(/[^%]|%(..)/gsu, (whole, hex?: string) =>
          hex === undefined ? Buffer.from(whole).toString("latin1") : String.fromCharCode(Number.parseInt(hex, 16)),
        ),
      "latin1",
    );
    return stringValue(decodeUtf8(bytes) ?? bytes.toString("utf8"));
  },
});

const jsonencode = defineFunction({
  name: "jsonencode",
  partsPerStep: 1,
  description: "Writes a value as JSON without blanks; object keys are sorted and <, > and & are escaped.",
  params: [anyParameter("val", { allowUnknown: true, allowDynamic: true, allowNull: true })],
  type: stringType,
  call([value]) {
    if (!isWhollyKnown(value as Value)) return unknownJson(value as Value);
    const json = toJson(value as Value);
    return typeof json === "string" ? stringValue(json) : argumentError(0, valueProblem(json), json.path);
  },
});

/** The type of an unknown value that is not null tells how its JSON begins. */
function unknownJson(value: Value): Value {
  const { kind } = value.type;
  const isNotNull = isKnown(value) || refinementOf(value).notNull === true;
  const prefixes: Readonly<Record<string, string>> = {
    object: "{",
    map: "{",
    tuple: "[",
    list: "[",
    set: "[",
    string: '"',
  };
  const stringPrefix = isNotNull ? prefixes[kind] : undefined;
  return unknownValue(stringType, { notNull: true, ...(stringPrefix === undefined ? {} : { stringPrefix }) });
}

const jsondecode = defineFunction({
  name: "jsondecode",
  description: "Reads JSON: objects become objects, arrays tuples, and numbers keep all their digits.",
  params: [str],
  nullable: true,
  type([text]) {
    const value = text as Value;
    if (!isKnown(value)) return typeByPrefix(refinementOf(value).stringPrefix ?? "");
    if (asText(value).startsWith("\ufeff")) {
      return argumentError(0, "it is not valid JSON: it begins with a byte order mark, which has to be removed");
    }
    const type = impliedType(asText(value));
    return isValueError(type) ? argumentError(0, problem`it is not valid JSON: ${type.message}`) : type;
  },
  call([text]) {
    const value = fromJson(asText(text as Value));
    return isValueError(value) ? argumentError(0, problem`it is not valid JSON: ${value.message}`) : value;
  },
});

/** What a text that is not wholly known can become, or that it cannot be JSON at all. */
function typeByPrefix(prefix: string): Type | FunctionError {
  const start = prefix.trimStart();
  if (start === "") return dynamicType;
  if (start[0] === '"') return stringType;
  if (/^[-.0-9]/.test(start)) return { kind: "number" };
  if (/^[[{]/.test(start)) return dynamicType;
  const words = ["true", "false", "null"];
  const word = words.find(
    (candidate) => candidate.startsWith(start.slice(0, candidate.length)) || start.startsWith(candidate),
  );
  if (word === undefined) return argumentError(0, "it is not valid JSON");
  return word === "null" ? dynamicType : { kind: "bool" };
}

const csvdecode = defineFunction({
  name: "csvdecode",
  description: "Reads comma separated values; the first row names the attributes of the objects in the result.",
  params: [str],
  type([text]) {
    const value = text as Value;
    if (!isKnown(value)) return dynamicType;
    const outcome = parseCsv(asText(value));
    if (outcome.kind === "csv-error") return csvProblem(outcome);
    const [headers] = outcome.rows;
    if (headers === undefined) return argumentError(0, "it has no header line");
    return headerType(headers);
  },
  call([text], { returnType, budget }) {
    const outcome = parseCsv(asText(text as Value));
    if (outcome.kind === "csv-error") return csvProblem(outcome);
    const [headers, ...rows] = outcome.rows;
    if (!budget.charge(rows.length * (headers?.length ?? 0))) return functionError("the table is too large");
    const { element } = returnType as { readonly element: Type };
    return listValue(
      element,
      rows.map((row) =>
        objectValue(new Map((headers ?? []).map((name, index) => [name, stringValue(row[index] ?? "")]))),
      ),
    );
  },
});

function csvProblem({ line, message }: { readonly line: number; readonly message: string }): FunctionError {
  return argumentError(0, problem`it is not valid CSV: line ${told(line)}: ${told(message)}`);
}

function headerType(headers: readonly string[]): Type | FunctionError {
  const seen = new Set<string>();
  for (const name of headers) {
    if (seen.has(name)) return argumentError(0, problem`the column "${name}" occurs twice`);
    seen.add(name);
  }
  return listOf(objectOf(Object.fromEntries(headers.map((name) => [name, stringType]))));
}

export const encodingFunctions: readonly ValueFunction[] = [
  base64decode,
  base64encode,
  base64gunzip,
  base64gzip,
  csvdecode,
  jsondecode,
  jsonencode,
  textdecodebase64,
  textencodebase64,
  urldecode,
  urlencode,
];

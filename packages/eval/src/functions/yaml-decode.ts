import { daysFromCivil, daysInMonth, formatGoTime, rfc3339Layout } from "@hclbuild/go-template";
import {
  asText,
  boolValue,
  convert,
  dynamicType,
  entriesOf,
  isNull,
  isValueError,
  nullValue,
  numberFromText,
  numberValue,
  objectValue,
  stringType,
  stringValue,
  tupleValue,
  type Value,
} from "@hclbuild/value";
import {
  isAlias,
  isMap,
  isScalar,
  Lexer,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Node,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { decodeBase64 } from "./encoding.js";

export interface YamlError {
  readonly kind: "yaml-error";
  readonly message: string;
}

class Refusal extends Error {}

/** Values that aliases may multiply to; a few lines of YAML can otherwise stand for billions. */
const valueLimit = 1_000_000;
const depthLimit = 500;

/** Tokens of a document; the library needs about a kilobyte for each. */
const tokenLimit = 2_000_000;
/** Texts below this have fewer tokens. */
const smallText = tokenLimit / 2;

function checkTokens(text: string): void {
  if (text.length <= smallText) return;
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    if (++count > tokenLimit) throw new Refusal(`it has more than ${tokenLimit} tokens`);
  }
}

/** What YAML does not let stand in a text, not even in quotes or comments. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

function checkCharacters(text: string): void {
  const found = unprintable.exec(text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const line = text.slice(0, found.index).split("\n").length;
  throw new Refusal(`line ${line}: the control character U+${code} is not allowed; write \\u${code} in double quotes`);
}

/** The library knows two of YAML's line ends; the others are as long. */
function withKnownLineEnds(text: string): string {
  return text.replaceAll(/\r(?!\n)|\u0085/g, "\n");
}

interface Reader {
  readonly lines: LineCounter;
  readonly text: string;
  readonly anchors: Map<string, Value | undefined>;
  left: number;
}

/**
 * Reads one YAML document: mappings become objects, sequences tuples. Besides YAML 1.2's words `yes`, `no`, `on`, `off`,
 * `y` and `n` are bools, `1_000` and `0b11` are numbers, `0x1f` and `0o17` texts, and times become RFC 3339 texts, as in Packer. `<<` merges a mapping. Other tags than YAML's own
 * are refused.
 */
export function decodeYaml(given: string): Value | YamlError {
  const lines = new LineCounter();
  const text = withKnownLineEnds(given);
  try {
    checkCharacters(text);
    checkTokens(text);
    const documents = parseAllDocuments(text, {
      schema: "failsafe",
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      merge: false,
      resolveKnownTags: false,
      logLevel: "silent",
    });
    if (!Array.isArray(documents) || documents.length === 0) throw new Refusal("it has no document");
    if (documents.length > 1) throw new Refusal("it has more than one document");
    const [document] = documents as [(typeof documents)[number]];
    const [error] = document.errors;
    if (error !== undefined) throw new Refusal(`line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
    const reader: Reader = { lines, text, anchors: new Map(), left: valueLimit };
    return document.contents === null ? nullValue(dynamicType) : readNode(document.contents as Node, reader, 0);
  } catch (error) {
    if (error instanceof Refusal) return { kind: "yaml-error", message: error.message };
    // The library recurses; a document that is nested without end exhausts its stack.
    if (error instanceof RangeError) return { kind: "yaml-error", message: "it is nested too deeply" };
    throw error;
  }
}

function refuse(node: Node, reader: Reader, message: string): never {
  const start = node.range?.[0];
  throw new Refusal(start === undefined ? message : `line ${reader.lines.linePos(start).line}: ${message}`);
}

function readNode(node: Node, reader: Reader, depth: number): Value {
  if (--reader.left < 0) refuse(node, reader, "its aliases multiply it beyond bounds");
  if (depth > depthLimit) refuse(node, reader, "it is nested too deeply");
  if (isAlias(node)) return readAlias(node, reader);
  const { anchor } = node as Scalar;
  if (anchor !== undefined) reader.anchors.set(anchor, undefined);
  const value = readContent(node, reader, depth);
  if (anchor !== undefined) reader.anchors.set(anchor, value);
  return value;
}

function readAlias(node: Alias, reader: Reader): Value {
  const value = reader.anchors.get(node.source);
  if (value !== undefined) {
    reader.left -= sizeOf(value);
    if (reader.left < 0) refuse(node, reader, "its aliases multiply it beyond bounds");
    return value;
  }
  return refuse(
    node,
    reader,
    reader.anchors.has(node.source)
      ? `the anchor "${node.source}" is used inside its own definition`
      : `there is no anchor "${node.source}"`,
  );
}

const sizes = new WeakMap<Value, number>();

/** Number of values in a value. */
function sizeOf(value: Value): number {
  const known = sizes.get(value);
  if (known !== undefined) return known;
  const { representation } = value;
  let size = 1;
  if (Array.isArray(representation)) for (const part of representation as readonly Value[]) size += sizeOf(part);
  else if (representation instanceof Map)
    for (const part of (representation as ReadonlyMap<string, Value>).values()) size += sizeOf(part);
  sizes.set(value, size);
  return size;
}

const standard = "tag:yaml.org,2002:";

function readContent(node: Node, reader: Reader, depth: number): Value {
  const tag = node.tag?.startsWith("!!") === true ? standard + node.tag.slice(2) : node.tag;
  if (isScalar(node)) return readScalar(node, tag, reader);
  const expected = isMap(node) ? "map" : "seq";
  if (tag !== undefined && tag !== standard + expected) refuse(node, reader, `the tag "${tag}" is not supported`);
  if (isMap(node)) return readMapping(node, reader, depth);
  const { items } = node as unknown as { readonly items: readonly Node[] };
  return tupleValue(items.map((item) => readNode(item, reader, depth + 1)));
}

function readMapping(node: YAMLMap, reader: Reader, depth: number): Value {
  const attributes = new Map<string, Value>();
  for (const { key, value } of node.items) {
    const keyNode = key as Node;
    const content = value === null ? nullValue(dynamicType) : undefined;
    if (isScalar(keyNode) && keyNode.source === "<<" && keyNode.type === "PLAIN" && keyNode.tag === undefined) {
      const merged = content ?? readNode(value as Node, reader, depth + 1);
      if (isNull(merged) || merged.type.kind !== "object")
        refuse(keyNode, reader, "only a mapping can be merged with <<");
      for (const [name, attribute] of entriesOf(merged)) attributes.set(name, attribute);
      continue;
    }
    const name = readKey(keyNode, reader, depth);
    attributes.set(name, content ?? readNode(value as Node, reader, depth + 1));
  }
  return objectValue(attributes);
}

function readKey(node: Node, reader: Reader, depth: number): string {
  const key = readNode(node, reader, depth + 1);
  if (isNull(key)) refuse(node, reader, "a key must not be null");
  const text = convert(key, stringType);
  return isValueError(text) ? refuse(node, reader, "a key must be a text") : asText(text);
}

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const scalarTags: ReadonlySet<string> = new Set(
  ["str", "bool", "int", "float", "null", "timestamp", "binary"].map((name) => standard + name),
);

function readScalar(node: Scalar, tag: string | undefined, reader: Reader): Value {
  const text = scalarText(node, reader);
  // A "!" alone says that the text is just a text.
  if (tag === "!") return stringValue(text);
  if (tag !== undefined && !scalarTags.has(tag)) refuse(node, reader, `the tag "${tag}" is not supported`);
  const kind = tag?.slice(standard.length);
  if (kind === "binary" && decodeBase64(text) === undefined)
    refuse(node, reader, "the binary data is not valid base64");
  if (kind === "str" || kind === "binary") return stringValue(text);
  const isQuoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
  if (isQuoted && (kind !== undefined || text !== "")) return stringValue(text);
  if (isQuoted || (node.type !== "PLAIN" && kind === undefined)) return stringValue(text);
  const resolved = resolvePlain(text, kind);
  if (resolved === undefined) refuse(node, reader, "a number must not be NaN");
  if (resolved.type.kind === "string" && kind !== undefined && kind !== "timestamp") {
    refuse(node, reader, `${JSON.stringify(text)} is not of the type ${kind}`);
  }
  return resolved;
}

/** A block scalar at the end of a text without a line end has none either. */
function scalarText(node: Scalar, { text }: Reader): string {
  const value = typeof node.value === "string" ? node.value : "";
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const endsText = isBlock && !text.endsWith("\n") && (node.range?.[1] ?? 0) >= text.length;
  return endsText ? value.replace(/\n$/, "") : value;
}

/** Value of a plain scalar; `undefined` for NaN, which HCL does not have. */
function resolvePlain(text: string, kind: string | undefined): Value | undefined {
  const word = words.get(text);
  if (word !== undefined) {
    if (word === null) return nullValue(dynamicType);
    return typeof word === "boolean" ? boolValue(word) : numberValue(word);
  }
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return kind === undefined ? undefined : stringValue(text);
  if (kind === undefined || kind === "timestamp") {
    const time = readTime(text);
    if (time !== undefined) return stringValue(time);
  }
  return readNumber(text, kind) ?? stringValue(text);
}

/** Numbers as Packer's YAML has them: with underscores, binary, and octal and hexadecimal only where a tag says so. */
function readNumber(written: string, kind: string | undefined): Value | undefined {
  if (kind !== undefined && /^(?:0o[0-7]+|0x[0-9a-fA-F]+)$/.test(written)) {
    const value = BigInt(written);
    return value < 2n ** 64n ? numberValue(value) : undefined;
  }
  const text = /^[-+0-9]/.test(written) ? written.replaceAll("_", "") : written;
  if (/^-?0b/.test(text)) return readBinary(text);
  if (!/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return undefined;
  return numberFromText(
    text
      .replace(/^\+/, "")
      .replace(/^(-?)\./, "$10.")
      .replace(/\.(?=[eE]|$)/, ""),
  );
}

function readBinary(text: string): Value {
  const digits = text.replace("-", "");
  if (!/^0b[01]+$/.test(digits)) throw new Refusal(`${JSON.stringify(text)} is no binary number`);
  return numberValue(text.startsWith("-") ? -BigInt(digits) : BigInt(digits));
}

const timeForm =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?$/;

function readTime(text: string): string | undefined {
  const match = timeForm.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number];
  const [hour, minute, second] = [match[4] ?? match[8], match[5] ?? match[9], match[6] ?? match[10]].map((part) =>
    Number(part ?? 0),
  ) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = match[7] ?? "Z";
  const offset =
    zone === "Z" ? 0 : (zone[0] === "-" ? -60 : 60) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  const epochSeconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return formatGoTime(rfc3339Layout, { epochSeconds, nanosecond: 0, offsetSeconds: offset, zone: "" });
}

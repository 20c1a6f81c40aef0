/** Turns text into bytes of an encoding and back. `undefined` when something has no counterpart. */
export interface TextEncoding {
  encode(text: string): Uint8Array | undefined;
  decode(bytes: Uint8Array): string | undefined;
}

/** Labels that mean another encoding to IANA than to web browsers, by their normal form. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["utf8", "utf-8"],
  ["csutf8", "utf-8"],
  ["utf-16be", "utf-16be"],
  ["utf-16le", "utf-16le"],
  ["utf-16", "utf-16"],
  ["csutf16", "utf-16"],
  ["ascii", "us-ascii"],
  ["ansi_x3.4-1968", "us-ascii"],
  ["iso646-us", "us-ascii"],
  ["us", "us-ascii"],
  ["us-ascii", "us-ascii"],
  ["iso-8859-1", "latin1"],
  ["iso_8859-1", "latin1"],
  ["iso_8859-1:1987", "latin1"],
  ["iso-ir-100", "latin1"],
  ["latin1", "latin1"],
  ["l1", "latin1"],
  ["ibm819", "latin1"],
  ["cp819", "latin1"],
  ["windows-1252", "windows-1252"],
  ["cswindows1252", "windows-1252"],
  ["cp1252", "windows-1252"],
]);

const unicode: ReadonlyMap<string, TextEncoding> = new Map([
  ["utf-8", { encode: (text: string) => Buffer.from(text, "utf8"), decode: decoderOf("utf-8") }],
  ["utf-16le", { encode: (text: string) => Buffer.from(text, "utf16le"), decode: decoderOf("utf-16le") }],
  ["utf-16be", { encode: (text: string) => Buffer.from(text, "utf16le").swap16(), decode: decoderOf("utf-16be") }],
  ["utf-16", { encode: encodeWithMark, decode: decodeWithMark }],
  [
    "us-ascii",
    { encode: (text: string) => encodeBytes(text, 0x7f), decode: (bytes: Uint8Array) => decodeBytes(bytes, 0x7f) },
  ],
  ["windows-1252", { encode: encodeWindows1252, decode: decodeWindows1252 }],
  [
    "latin1",
    { encode: (text: string) => encodeBytes(text, 0xff), decode: (bytes: Uint8Array) => decodeBytes(bytes, 0xff) },
  ],
]);

/** The characters of bytes 0x80 to 0x9f in windows-1252, which Node's decoder takes for ISO-8859-1. */
const windows1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

function encodeWindows1252(text: string): Uint8Array | undefined {
  let mapped = "";
  for (const character of text) {
    const index = windows1252.indexOf(character);
    if (index === -1 && character >= "\u0080" && character <= "\u009f") return undefined;
    mapped += index === -1 ? character : String.fromCharCode(0x80 + index);
  }
  return encodeBytes(mapped, 0xff);
}

function decodeWindows1252(bytes: Uint8Array): string | undefined {
  return decodeBytes(bytes, 0xff)?.replace(
    /[\u0080-\u009f]/g,
    (character) => windows1252[character.charCodeAt(0) - 0x80] as string,
  );
}

function decoderOf(label: string): (bytes: Uint8Array) => string | undefined {
  return (bytes) => {
    try {
      return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };
}

/** Big endian with a byte order mark, as RFC 2781 recommends. */
function encodeWithMark(text: string): Uint8Array {
  return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
}

function decodeWithMark(bytes: Uint8Array): string | undefined {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = decoderOf(isLittle ? "utf-16le" : "utf-16be")(bytes);
  return text?.replace(/^\ufeff/, "");
}

function encodeBytes(text: string, limit: number): Uint8Array | undefined {
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > limit) return undefined;
    bytes[index] = code;
  }
  return bytes;
}

function decodeBytes(bytes: Uint8Array, limit: number): string | undefined {
  return bytes.every((byte) => byte <= limit) ? Buffer.from(bytes).toString("latin1") : undefined;
}

const found = new Map<string, TextEncoding>();

/** The encoding with an IANA name such as `UTF-16LE` or `windows-1252`; case does not matter. */
export function findEncoding(name: string): TextEncoding | undefined {
  const label = name.trim().toLowerCase();
  const known = unicode.get(aliases.get(label) ?? label) ?? found.get(label);
  if (known !== undefined) return known;
  const decoder = createDecoder(label);
  // ISO-2022 switches character sets by escape sequences, which a table cannot encode.
  if (decoder === undefined || decoder.encoding.startsWith("iso-2022") || decoder.encoding.startsWith("utf"))
    return undefined;
  const encoding = tableEncoding(decoder.encoding);
  found.set(label, encoding);
  return encoding;
}

function createDecoder(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined;
  }
}

/** Node can decode many encodings; a table of all their one- and two-byte sequences turns that around. */
function tableEncoding(label: string): TextEncoding {
  let table: ReadonlyMap<string, Uint8Array> | undefined;
  return {
    decode: decoderOf(label),
    encode(text) {
      table ??= encodeTable(label);
      const parts: Uint8Array[] = [];
      for (const character of text) {
        const bytes = table.get(character);
        if (bytes === undefined) return undefined;
        parts.push(bytes);
      }
      return Buffer.concat(parts);
    },
  };
}

function encodeTable(label: string): ReadonlyMap<string, Uint8Array> {
  const decode = decoderOf(label);
  const table = new Map<string, Uint8Array>();
  const add = (bytes: Uint8Array): boolean => {
    const text = decode(bytes);
    if (text === undefined || [...text].length !== 1 || text === "\ufffd") return false;
    // Where several sequences mean one character, the first is the usual one.
    if (!table.has(text)) table.set(text, bytes);
    return true;
  };
  for (let first = 0; first < 256; first++) {
    if (add(Uint8Array.of(first))) continue;
    for (let second = 0x30; second < 256; second++) add(Uint8Array.of(first, second));
  }
  return table;
}

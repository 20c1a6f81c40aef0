import { isUtf8 } from "node:buffer";
import { SourceText, type Report } from "@hclbuild/diagnostics";
import { syntaxCatalog } from "./catalog.js";
import { tokenize } from "./lexer/lexer.js";

/**
 * The text of a file. Bytes that are no UTF-8 are reported, once, at the first of them (`syntax/invalid-utf8`), and the
 * text then holds replacement characters in their place; such a text must not be written back. A byte order mark stays.
 */
export function decodeSource(name: string, bytes: Uint8Array, report: Report): SourceText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(bytes)) reportByte(name, { buffer, offset: firstInvalid(buffer, 0) }, report);
  return new SourceText(name, buffer.toString("utf8"));
}

/**
 * As {@link decodeSource}, for native syntax that is only read: comments may hold any bytes, as in HCL's scanner, so that
 * a template with comments in an older encoding is accepted.
 */
export function decodeNativeSource(name: string, bytes: Uint8Array, report: Report): SourceText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(bytes)) {
    const offset = firstInvalidOutsideComments(buffer);
    if (offset < buffer.length) reportByte(name, { buffer, offset }, report);
  }
  return new SourceText(name, buffer.toString("utf8"));
}

function reportByte(name: string, place: { readonly buffer: Buffer; readonly offset: number }, report: Report): void {
  const { buffer, offset } = place;
  const start = buffer.subarray(0, offset).toString("utf8").length;
  const isWide = (buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff);
  report(syntaxCatalog["invalid-utf8"], {
    span: { file: name, start, end: start + 1 },
    byte: `0x${(buffer[offset] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`,
    offset,
    encoding: isWide ? "UTF-16" : undefined,
  });
}

function firstInvalidOutsideComments(buffer: Buffer): number {
  // One character a byte, so that places in the text are places in the file; what delimits comments is ASCII.
  const { tokens } = tokenize(new SourceText("", buffer.toString("latin1")));
  let offset = firstInvalid(buffer, 0);
  for (const { kind, start, end } of tokens) {
    if (offset < start) return offset;
    if (kind !== "LineComment" && kind !== "BlockComment") continue;
    while (offset < end) offset = firstInvalid(buffer, offset + 1);
  }
  return offset;
}

/** Where the first byte from `from` on stands that is no UTF-8 (RFC 3629, section 4); the length when there is none. */
function firstInvalid(bytes: Uint8Array, from: number): number {
  let offset = from;
  while (offset < bytes.length) {
    const length = characterLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return offset;
}

/** Number of bytes of the character at `offset`; 0 when there is none. */
function characterLength(bytes: Uint8Array, offset: number): number {
  const [first = 0xff, second = 0] = bytes.subarray(offset, offset + 2);
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  // Overlong forms, halves of surrogate pairs and code points beyond U+10FFFF show in the second byte.
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let index = offset + 2; index < offset + length; index++) {
    if (((bytes[index] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

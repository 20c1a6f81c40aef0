/** One field of a message in protobuf's binary form: a number for varints, bytes for everything with a length. */
export type WireField =
  | { readonly number: number; readonly kind: "number"; readonly value: bigint }
  | { readonly number: number; readonly kind: "bytes"; readonly value: Buffer };

/**
 * The fields of a message in their order (Protocol Buffers documentation, "Encoding"). Fields of a fixed width are
 * skipped. Reading ends at the first byte that makes no sense.
 */
export function readFields(message: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; position < message.length && shift < 70n; shift += 7n) {
      const byte = message[position++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (position < message.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        fields.push({ number, kind: "number", value: varint() });
        break;
      case 1:
        position += 8;
        break;
      case 2: {
        const length = Number(varint());
        fields.push({ number, kind: "bytes", value: message.subarray(position, position + length) });
        position += length;
        break;
      }
      case 5:
        position += 4;
        break;
      default:
        return fields;
    }
  }
  return fields;
}

/** The last value of a field that holds text; "" when it is absent. */
export function textField(fields: readonly WireField[], number: number): string {
  const field = fields.findLast((candidate) => candidate.number === number && candidate.kind === "bytes");
  return field?.kind === "bytes" ? field.value.toString("utf8") : "";
}

/** The last value of a field that holds a number; 0 when it is absent, as the format has it. */
export function numberField(fields: readonly WireField[], number: number): number {
  const field = fields.findLast((candidate) => candidate.number === number && candidate.kind === "number");
  return field?.kind === "number" ? Number(field.value) : 0;
}

/** Every value of a field that holds messages or bytes. */
export function bytesFields(fields: readonly WireField[], number: number): readonly Buffer[] {
  return fields.flatMap((field) => (field.number === number && field.kind === "bytes" ? [field.value] : []));
}

/** A message's fields by number. What is zero or empty is left out, as its absence means the same. */
export function writeMessage(fields: Readonly<Record<number, number | bigint | string | Buffer>>): Buffer {
  const pieces: Buffer[] = [];
  for (const [number, value] of Object.entries(fields)) {
    if (typeof value === "number" || typeof value === "bigint") {
      if (BigInt(value) !== 0n) pieces.push(writeVarint(BigInt(number) << 3n), writeVarint(BigInt(value)));
      continue;
    }
    const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
    if (bytes.length > 0)
      pieces.push(writeVarint((BigInt(number) << 3n) | 2n), writeVarint(BigInt(bytes.length)), bytes);
  }
  return Buffer.concat(pieces);
}

function writeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

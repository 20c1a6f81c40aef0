/** An address as a number with its family's number of bits. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A network: its first address and the length of its prefix. */
export interface Network extends Address {
  readonly prefixLength: number;
}

function parseVersion4(text: string): bigint | undefined {
  const parts = text.split(".");
  // Leading zeros are refused, because some programs read them as octal.
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseVersion6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = (tail ?? head)?.at(-1);
  let embedded: readonly string[] = [];
  if (last?.includes(".") === true) {
    const value = parseVersion4(last);
    if (value === undefined) return undefined;
    embedded = [(value >> 16n).toString(16), (value & 0xffffn).toString(16)];
  }
  const expand = (groups: readonly string[]): readonly string[] =>
    embedded.length > 0 && groups.at(-1) === last ? [...groups.slice(0, -1), ...embedded] : groups;
  const before = tail === undefined ? expand(head ?? []) : (head ?? []);
  const after = tail === undefined ? [] : expand(tail);
  const missing = 8 - before.length - after.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** Reads an IPv4 or IPv6 address as Go does. */
export function parseAddress(text: string): Address | undefined {
  const isVersion6 = text.includes(":");
  const value = isVersion6 ? parseVersion6(text) : parseVersion4(text);
  return value === undefined ? undefined : { bits: isVersion6 ? 128 : 32, value };
}

/** Reads `address/length`; bits after the prefix are cleared. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf("/");
  const length = text.slice(slash + 1);
  const address = slash === -1 ? undefined : parseAddress(text.slice(0, slash));
  if (address === undefined || !/^[0-9]{1,3}$/.test(length) || Number(length) > address.bits) return undefined;
  const prefixLength = Number(length);
  const hostBits = BigInt(address.bits - prefixLength);
  return { ...address, prefixLength, value: (address.value >> hostBits) << hostBits };
}

/** Text of an address, for IPv6 as RFC 5952 says; an IPv4 address mapped into IPv6 is written as IPv4. */
export function formatAddress({ bits, value }: Address): string {
  if (bits === 32) return formatVersion4(value);
  if (value >> 32n === 0xffffn) return formatVersion4(value & 0xffff_ffffn);
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(":");
  return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

function formatVersion4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
}

function longestZeroRun(groups: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0n) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}

/** Text of a network; one of IPv4 addresses mapped into IPv6 is written as IPv4. */
export function formatNetwork(network: Network): string {
  const isMapped = network.bits === 128 && network.value >> 32n === 0xffffn;
  return `${formatAddress(network)}/${isMapped ? Math.max(network.prefixLength - 96, 0) : network.prefixLength}`;
}

/** Last address of a network. */
export function lastAddress({ bits, value, prefixLength }: Network): bigint {
  return value | ((1n << BigInt(bits - prefixLength)) - 1n);
}

/** A value of a flag, or why the text is none: a sentence without its period. */
export type ReadValue<T> = { readonly value: T } | { readonly reason: string };

const units: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
};

/** `512`, `512m`, `.5g`, `64 MB`, `1KiB`, `1e8`; `undefined` for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = /^((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?(b|[kmgtp](?:i?b)?)?$/i.exec(text.trim());
  if (!match) return undefined;
  return Math.floor(Number(match[1]) * (units[(match[2] ?? "b").charAt(0).toLowerCase()] as number));
}

const truths: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true]),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false]),
]);

/** A switch's value as Go programs read it. */
export function parseSwitch(text: string): boolean | undefined {
  return Object.hasOwn(truths, text) ? truths[text] : undefined;
}

const nanos = 1_000_000_000n;
const longestExponent = 30;

/** A number of CPUs in billionths: a decimal number or a fraction such as `1/2`. */
export function readCpus(text: string): ReadValue<number> {
  const number = parseRational(text);
  if (number === undefined) return { reason: `"${text}" is not a number of CPUs` };
  const scaled = number.numerator * nanos;
  if (scaled % number.denominator !== 0n) return { reason: `"${text}" is too precise for a number of CPUs` };
  return { value: Number(scaled / number.denominator) };
}

function parseRational(text: string): { readonly numerator: bigint; readonly denominator: bigint } | undefined {
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  if (fraction) {
    const denominator = BigInt(fraction[2] ?? "");
    return denominator === 0n ? undefined : { numerator: BigInt(fraction[1] ?? ""), denominator };
  }
  const decimal = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  const [, whole = "", part = "", power = "0"] = decimal ?? [];
  const exponent = Number(power);
  if (decimal === null || whole + part === "" || Math.abs(exponent) > longestExponent) return undefined;
  const digits = BigInt(whole + part);
  const shift = exponent - part.length;
  const factor = 10n ** BigInt(Math.abs(shift));
  return shift < 0 ? { numerator: digits, denominator: factor } : { numerator: digits * factor, denominator: 1n };
}

/** A limit of the kernel; -1 stands for none. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

const ulimitNames =
  /^(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$/;

/** `NAME=SOFT` or `NAME=SOFT:HARD`. */
export function readUlimit(text: string): ReadValue<Ulimit> {
  const [, name = "", first = "", second = first] = /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (!ulimitNames.test(name)) return { reason: `"${text}" is not a limit such as nofile=1024:2048` };
  const [soft, hard] = [Number(first), Number(second)];
  if (hard !== -1 && (soft === -1 || soft > hard))
    return { reason: `the soft limit of "${text}" is above the hard one` };
  return { value: { name, soft, hard } };
}

/** A device of the host, as the engine's API takes it. */
export interface DeviceMapping {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
}

function isMode(text: string): boolean {
  return /^[rwm]+$/.test(text) && new Set(text).size === text.length;
}

/** `HOST[:CONTAINER][:PERMISSIONS]`; permissions are some of r, w and m. */
export function readDevice(text: string): ReadValue<DeviceMapping> {
  const parts = text.split(":");
  const [host = "", second] = parts;
  const mode = parts[2] ?? (second !== undefined && isMode(second) ? second : "rwm");
  const inside = second === undefined || (parts.length === 2 && mode === second) ? host : second;
  if (host === "" || parts.length > 3 || !isMode(mode)) {
    return { reason: `"${text}" is not a device such as /dev/fuse or /dev/sda:/dev/disk:rw` };
  }
  return { value: { PathOnHost: host, PathInContainer: inside, CgroupPermissions: mode } };
}

/** A port of the container and where it is reached on the host. */
export interface PublishedPort {
  /** With its protocol, such as `80/tcp`. */
  readonly container: string;
  readonly hostIp: string;
  /** A port or a range of ports; empty for any. */
  readonly hostPort: string;
}

interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, as `docker run -p` takes it; ranges of ports stand for as many ports. */
export function readPublished(text: string): ReadValue<readonly PublishedPort[]> {
  const wrong = { reason: `"${text}" is not a port such as 8080:80, 127.0.0.1:8080:80/tcp or 8000-8010:8000-8010` };
  const match = /^(?:(?:(\[[^\]]+\]|[^:[\]]*):)?([^:]*):)?([^:/]+)(?:\/(\w+))?$/.exec(text);
  if (match === null) return wrong;
  const [, ip = "", host = "", inside = "", protocol = "tcp"] = match;
  const [containers, hosts] = [readRange(inside), host === "" ? undefined : readRange(host)];
  if (containers === undefined || (host !== "" && hosts === undefined)) return wrong;
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) return { reason: `"${protocol}" of "${text}" is not tcp, udp or sctp` };
  const size = sizeOf(containers);
  if (hosts !== undefined && size !== 1 && sizeOf(hosts) !== size) {
    return { reason: `the ranges of "${text}" are not equally long` };
  }
  const ports = Array.from({ length: size }, (_, index) => ({
    container: `${containers.first + index}/${protocol.toLowerCase()}`,
    hostIp: ip.replaceAll(/[[\]]/g, ""),
    hostPort: size === 1 || hosts === undefined ? host : String(hosts.first + index),
  }));
  return { value: ports };
}

const largestPort = 65_535;

function readRange(text: string): PortRange | undefined {
  const [, first = "", second = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === "") return undefined;
  const range = { first: Number(first), last: Number(second) };
  return range.last > largestPort || range.first > range.last ? undefined : range;
}

function sizeOf({ first, last }: PortRange): number {
  return last - first + 1;
}

import { formatGoFloat, type GoFloatVerb } from "../text/float.js";
import { isPrintable, quoteGoRune, quoteGoString } from "../text/quote.js";
import { goTypeName, isGoList, sortedEntries, type GoValue } from "./values.js";

interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const noFlags: Flags = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

/** Widest field and highest precision, as in Go. */
const widthLimit = 1_000_000;

/** `fmt.Sprint`: a blank between operands when neither is a text. */
export function sprint(values: readonly GoValue[]): string {
  let result = "";
  for (const [index, value] of values.entries()) {
    if (index > 0 && typeof value !== "string" && typeof values[index - 1] !== "string") result += " ";
    result += formatValue(value, "v", noFlags);
  }
  return result;
}

/** `fmt.Sprintln` */
export function sprintln(values: readonly GoValue[]): string {
  return `${values.map((value) => formatValue(value, "v", noFlags)).join(" ")}\n`;
}

/** `%v` of a value. */
export function formatPlain(value: GoValue): string {
  return formatValue(value, "v", noFlags);
}

/** `fmt.Sprintf` for the values a template can have. */
export function sprintf(format: string, args: readonly GoValue[]): string {
  let result = "";
  let next = 0;
  let reordered = false;
  let at = 0;
  while (at < format.length) {
    const percent = format.indexOf("%", at);
    if (percent === -1) return finish(result + format.slice(at), args, next, reordered);
    result += format.slice(at, percent);
    const directive = readDirective(format, percent + 1, args, next);
    next = directive.next;
    reordered = directive.reordered || reordered;
    result += directive.text;
    at = directive.end;
  }
  return finish(result, args, next, reordered);
}

function finish(result: string, args: readonly GoValue[], next: number, reordered: boolean): string {
  if (reordered || next >= args.length) return result;
  const extra = args
    .slice(next)
    .map((arg) => (arg === null || arg === undefined ? "<nil>" : `${goTypeName(arg)}=${formatPlain(arg)}`));
  return `${result}%!(EXTRA ${extra.join(", ")})`;
}

interface Directive {
  readonly text: string;
  readonly end: number;
  readonly next: number;
  readonly reordered: boolean;
}

interface Cursor {
  at: number;
  next: number;
  reordered: boolean;
  goodIndex: boolean;
}

function readDirective(format: string, start: number, args: readonly GoValue[], first: number): Directive {
  const flags: Flags = { ...noFlags };
  const cursor: Cursor = { at: start, next: first, reordered: false, goodIndex: true };
  let text = "";
  for (; "#0+- ".includes(format[cursor.at] ?? "x"); cursor.at++) setFlag(flags, format[cursor.at] as string);
  let afterIndex = readIndex(format, cursor, args.length);
  if (format[cursor.at] === "*") {
    cursor.at++;
    const width = takeInteger(args, cursor);
    if (width === undefined) text += "%!(BADWIDTH)";
    else {
      flags.width = Math.abs(width);
      if (width < 0) {
        flags.minus = true;
        flags.zero = false;
      }
    }
    afterIndex = false;
  } else {
    const width = readDigits(format, cursor);
    flags.width = width;
    if (afterIndex && width !== undefined) cursor.goodIndex = false;
  }
  if (format[cursor.at] === ".") {
    cursor.at++;
    if (afterIndex) cursor.goodIndex = false;
    afterIndex = readIndex(format, cursor, args.length);
    if (format[cursor.at] === "*") {
      cursor.at++;
      const precision = takeInteger(args, cursor);
      if (precision === undefined) text += "%!(BADPREC)";
      else if (precision >= 0) flags.precision = precision;
      afterIndex = false;
    } else {
      flags.precision = readDigits(format, cursor) ?? 0;
    }
  }
  if (!afterIndex) readIndex(format, cursor, args.length);
  return finishDirective({ format, flags, args, prefix: text }, cursor);
}

interface OpenDirective {
  readonly format: string;
  readonly flags: Flags;
  readonly args: readonly GoValue[];
  readonly prefix: string;
}

function finishDirective({ format, flags, args, prefix }: OpenDirective, cursor: Cursor): Directive {
  const code = format.codePointAt(cursor.at);
  if (code === undefined) return { text: `${prefix}%!(NOVERB)`, end: cursor.at, ...counts(cursor) };
  const verb = String.fromCodePoint(code);
  const end = cursor.at + verb.length;
  if (verb === "%") return { text: `${prefix}%`, end, ...counts(cursor) };
  if (!cursor.goodIndex) return { text: `${prefix}%!${verb}(BADINDEX)`, end, ...counts(cursor) };
  if (cursor.next >= args.length) return { text: `${prefix}%!${verb}(MISSING)`, end, ...counts(cursor) };
  const value = args[cursor.next];
  cursor.next++;
  return { text: prefix + formatValue(value, verb, flags), end, ...counts(cursor) };
}

function counts(cursor: Cursor): Pick<Directive, "next" | "reordered"> {
  return { next: cursor.next, reordered: cursor.reordered };
}

function setFlag(flags: Flags, flag: string): void {
  if (flag === "#") flags.sharp = true;
  else if (flag === "+") flags.plus = true;
  else if (flag === " ") flags.space = true;
  else if (flag === "-") flags.minus = true;
  else flags.zero = true;
}

function readDigits(format: string, cursor: Cursor): number | undefined {
  const digits = /^[0-9]+/.exec(format.slice(cursor.at, cursor.at + 12))?.[0];
  if (digits === undefined) return undefined;
  cursor.at += digits.length;
  const value = Number(digits);
  return value > widthLimit ? undefined : value;
}

/** `[n]`: the next operand is the n-th. Gives whether an index was there. */
function readIndex(format: string, cursor: Cursor, count: number): boolean {
  if (format[cursor.at] !== "[") return false;
  cursor.reordered = true;
  const close = format.indexOf("]", cursor.at);
  if (close === -1) {
    cursor.goodIndex = false;
    cursor.at++;
    return false;
  }
  const body = format.slice(cursor.at + 1, close);
  cursor.at = close + 1;
  const index = /^[0-9]+$/.test(body) ? Number(body) - 1 : -1;
  if (index >= 0 && index < count) {
    cursor.next = index;
    return true;
  }
  cursor.goodIndex = false;
  return true;
}

function takeInteger(args: readonly GoValue[], cursor: Cursor): number | undefined {
  const value = args[cursor.next];
  if (cursor.next < args.length) cursor.next++;
  if (typeof value !== "bigint") return undefined;
  const number = Number(value);
  return Math.abs(number) > widthLimit ? undefined : number;
}

function formatValue(value: GoValue, verb: string, flags: Flags): string {
  if (value === null || value === undefined) {
    return verb === "v" || verb === "T" ? padText("<nil>", flags) : `%!${verb}(<nil>)`;
  }
  if (verb === "T") return cutText(goTypeName(value), flags);
  if (typeof value === "object") return formatCollection(value, verb, flags);
  const own = verb === "v" && typeof value !== "string" ? plain(flags) : flags;
  return formatScalar(value, verb, own) ?? badVerb(value, verb, flags);
}

/** `undefined` when the verb is none for such values. */
function formatScalar(value: string | boolean | bigint | number, verb: string, flags: Flags): string | undefined {
  switch (typeof value) {
    case "boolean":
      return verb === "t" || verb === "v" ? padText(String(value), flags) : undefined;
    case "bigint":
      return formatInteger(value, verb, flags);
    case "number":
      return formatFloat(value, verb, flags);
    default:
      return formatText(value, verb, flags);
  }
}

/** `%+v` and `%#v` mean another layout of collections, not signs and prefixes. */
function plain(flags: Flags): Flags {
  return { ...flags, plus: false, sharp: false };
}

/** The value stands there as with `%v`, but with the width, precision and sign that were asked for. */
function badVerb(value: string | boolean | bigint | number, verb: string, flags: Flags): string {
  const own = typeof value === "string" ? { ...flags, sharp: false } : flags;
  return `%!${verb}(${goTypeName(value)}=${formatScalar(value, "v", own) ?? ""})`;
}

function formatCollection(value: Exclude<GoValue, null | undefined>, verb: string, flags: Flags): string {
  const goSyntax = verb === "v" && flags.sharp;
  const element = (item: GoValue): string =>
    item === null || item === undefined ? (goSyntax ? "interface {}(nil)" : "<nil>") : formatValue(item, verb, flags);
  if (isGoList(value)) {
    const items = value.map(element);
    return goSyntax ? `[]interface {}{${items.join(", ")}}` : `[${items.join(" ")}]`;
  }
  const items = sortedEntries(value as ReadonlyMap<string, GoValue>).map(
    ([key, item]) => `${formatValue(key, verb, flags)}:${element(item)}`,
  );
  return goSyntax ? `map[string]interface {}{${items.join(", ")}}` : `map[${items.join(" ")}]`;
}

function padText(text: string, flags: Flags): string {
  if (flags.width === undefined) return text;
  const missing = flags.width - [...text].length;
  if (missing <= 0) return text;
  return flags.minus ? text + " ".repeat(missing) : (flags.zero ? "0" : " ").repeat(missing) + text;
}

/** As many characters as the precision says, in the width. */
function cutText(text: string, flags: Flags): string {
  return padText(flags.precision === undefined ? text : [...text].slice(0, flags.precision).join(""), flags);
}

function formatText(value: string, verb: string, flags: Flags): string | undefined {
  const cut = (text: string): string => cutText(text, { ...flags, width: undefined });
  switch (verb) {
    case "v":
      return flags.sharp ? quoteForVerb(cut(value), plain(flags)) : cutText(value, flags);
    case "s":
      return cutText(value, flags);
    case "q":
      return quoteForVerb(cut(value), flags);
    case "x":
    case "X":
      return padText(hexText(value, verb, flags), flags);
    default:
      return undefined;
  }
}

function quoteForVerb(text: string, flags: Flags): string {
  // Go prefers back quotes under `#` when the text can be written in them.
  const quotable = [...text].every(
    (character) =>
      character === "\t" || (character >= " " && character !== "`" && character !== "\u007f" && character !== "\ufeff"),
  );
  return padText(flags.sharp && quotable ? `\`${text}\`` : quoteGoString(text, flags.plus), flags);
}

function hexText(value: string, verb: string, flags: Flags): string {
  const bytes = Buffer.from(value).subarray(0, flags.precision);
  const prefix = flags.sharp ? `0${verb}` : "";
  let text = bytes.toString("hex");
  if (verb === "X") text = text.toUpperCase();
  if (text === "") return "";
  if (!flags.space) return prefix + text;
  return (text.match(/../g) ?? []).map((pair) => prefix + pair).join(" ");
}

const bases: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  if (verb === "c" || verb === "q" || verb === "U") return formatRune(value, verb, flags);
  const base = bases[verb];
  if (base === undefined) return undefined;
  let digits = (value < 0n ? -value : value).toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  const sign = value < 0n ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  if (flags.precision !== undefined) {
    if (flags.precision === 0 && value === 0n) return padText("", { ...flags, zero: false });
    digits = digits.padStart(flags.precision, "0");
  } else if (flags.zero && !flags.minus && flags.width !== undefined) {
    digits = digits.padStart(flags.width - sign.length, "0");
  }
  let prefix = verb === "O" ? "0o" : "";
  if (flags.sharp) {
    if (verb === "b") prefix = "0b";
    else if (verb === "o" && !digits.startsWith("0")) prefix = "0";
    else if (verb === "x" || verb === "X") prefix = `0${verb}`;
  }
  return padText(sign + prefix + digits, { ...flags, zero: false });
}

function formatRune(value: bigint, verb: string, flags: Flags): string {
  const code = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd;
  if (verb === "q") return padText(quoteGoRune(code, flags.plus), flags);
  const character = String.fromCodePoint(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
  if (verb === "c") return padText(character, flags);
  const hex = BigInt.asUintN(64, value).toString(16).toUpperCase();
  const text = `U+${hex.padStart(Math.max(4, flags.precision ?? 0), "0")}`;
  const isShown = flags.sharp && BigInt(code) === value && isPrintable(character);
  return padText(isShown ? `${text} '${character}'` : text, { ...flags, zero: false });
}

const floatVerbs: ReadonlyMap<string, GoFloatVerb> = new Map([
  ["v", "g"],
  ["F", "f"],
  ...(["b", "e", "E", "f", "g", "G", "x", "X"] as const).map((verb) => [verb, verb] as const),
]);

function formatFloat(value: number, verb: string, flags: Flags): string | undefined {
  const kind = floatVerbs.get(verb);
  if (kind === undefined) return undefined;
  const precision = flags.precision ?? (["e", "E", "f"].includes(kind) ? 6 : -1);
  let text = formatGoFloat(value, kind, precision);
  const negative = text.startsWith("-");
  text = text.replace(/^[+-]/, "");
  if (flags.sharp && kind !== "b" && Number.isFinite(value)) text = withPoint(text, kind, flags.precision);
  const sign = negative ? "-" : flags.plus || value === Number.POSITIVE_INFINITY ? "+" : flags.space ? " " : "";
  const finite = Number.isFinite(value);
  if (flags.zero && finite && !flags.minus && flags.width !== undefined) {
    return sign + text.padStart(flags.width - sign.length, "0");
  }
  return padText(sign + text, { ...flags, zero: false });
}

/**
 * The flag `#`: there is a decimal point, and the forms that leave out zeros at the end keep as many digits as the
 * precision says. Go counts the `x` of a hexadecimal text as a digit.
 */
function withPoint(text: string, kind: GoFloatVerb, precision = 6): string {
  const [body = "", tail = ""] = text.split(kind === "x" || kind === "X" ? /(?=p)/i : /(?=e)/i);
  const number = body.includes(".") ? body : `${body}.`;
  if (kind === "e" || kind === "E" || kind === "f" || kind === "X") return number + tail;
  const digits = body === "0" ? 1 : body.replace(".", "").replace(/^0+/, "").length;
  return number + "0".repeat(Math.max(precision - digits, 0)) + tail;
}

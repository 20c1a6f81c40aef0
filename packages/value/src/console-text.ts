import { quoteGo } from "./go-quote.js";
import { hasMark } from "./mark-values.js";
import { numToDouble, numToInt, type HclNumber } from "./number.js";
import { isWhollyKnown, type Value } from "./value.js";

/**
 * A value the way `packer console` and `packer inspect` print it. Strings stand raw at the top level and quoted inside;
 * lists, sets, tuples, maps and objects take a line per part; attributes that are null are left out. Numbers outside
 * the 64-bit integers are shown as doubles. Sensitive parts show as `<sensitive>`; a value with unknown parts is
 * `<unknown>` as a whole.
 */
export function consoleText(value: Value): string {
  if (!hasMark(value, "sensitive") && !isWhollyKnown(value)) return "<unknown>";
  if (typeof value.representation === "string" && !hasMark(value, "sensitive")) return value.representation;
  const out: string[] = [];
  write(value, "", out);
  return out.join("");
}

function write(value: Value, indent: string, out: string[]): void {
  const { representation } = value;
  if (hasMark(value, "sensitive")) out.push("<sensitive>");
  else if (representation === null) out.push("null");
  else if (typeof representation === "string") out.push(quoteGo(representation));
  else if (typeof representation === "boolean") out.push(String(representation));
  else if (Array.isArray(representation)) writeList(representation as readonly Value[], indent, out);
  else if (representation instanceof Map) writeMap(representation as ReadonlyMap<string, Value>, indent, out);
  else out.push(consoleNumber(representation as HclNumber));
}

function writeList(elements: readonly Value[], indent: string, out: string[]): void {
  if (elements.length === 0) {
    out.push("[]");
    return;
  }
  out.push("[\n");
  for (const element of elements) {
    out.push(indent, "  ");
    write(element, `${indent}  `, out);
    out.push(",\n");
  }
  out.push(indent, "]");
}

function writeMap(entries: ReadonlyMap<string, Value>, indent: string, out: string[]): void {
  const shown = [...entries].filter(([, part]) => part.representation !== null || hasMark(part, "sensitive"));
  if (shown.length === 0) {
    out.push("{}");
    return;
  }
  out.push("{\n");
  for (const [name, part] of shown) {
    out.push(indent, "  ", quoteGo(name), " = ");
    write(part, `${indent}  `, out);
    out.push("\n");
  }
  out.push(indent, "}");
}

/** Whole numbers of 64 bits in full, others as Go prints a `float64` with `%g`. */
export function consoleNumber(n: HclNumber): string {
  const whole = numToInt(n);
  if (whole !== undefined && BigInt.asIntN(64, whole) === whole) return whole.toString();
  const double = numToDouble(n);
  if (!Number.isFinite(double)) return double > 0 ? "+Inf" : "-Inf";
  const [mantissa = "", power = ""] = double.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(double);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

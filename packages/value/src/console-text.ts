import { quoteGo } from "./go-quote.js";
import { hasMark } from "./mark-values.js";
import { numToDouble, numToInt, type HclNumber } from "./number.js";
import { isWhollyKnown, type Value } from "./value.js";

/**
 * What shows of a sensitive value: nothing, or the structure and the names in it with a mask for each leaf, as in
 * `packer inspect`.
 */
type SensitiveForm = "hidden" | "structure";

const mask = "<sensitive>";

/**
 * A value the way `packer console` and `packer inspect` print it. Strings stand raw at the top level and quoted inside;
 * lists, sets, tuples, maps and objects take a line per part; attributes that are null are left out. Numbers outside
 * the 64-bit integers are shown as doubles. Sensitive parts, and no others, show as `<sensitive>`; a value with unknown
 * parts is `<unknown>` as a whole.
 */
export function consoleText(value: Value, form: SensitiveForm = "hidden"): string {
  const isHidden = hasMark(value, "sensitive");
  if (!(isHidden && form === "hidden") && !isWhollyKnown(value)) return "<unknown>";
  if (typeof value.representation === "string" && !isHidden) return value.representation;
  const out: string[] = [];
  if (form === "hidden") write(value, "", { out, form, isHidden: false });
  else if (!isHidden || isContainer(value)) write(value, "", { out, form, isHidden });
  else out.push(isEmpty(value) ? plainText(value) : mask);
  return out.join("");
}

interface Output {
  readonly out: string[];
  readonly form: SensitiveForm;
  /** The container is sensitive, and its structure is shown. */
  readonly isHidden: boolean;
}

function isContainer({ representation }: Value): boolean {
  return Array.isArray(representation) || representation instanceof Map;
}

/** What Packer does not mask: there is nothing to see. */
function isEmpty({ representation }: Value): boolean {
  return representation === null || representation === "";
}

function plainText({ representation }: Value): string {
  return representation === null ? "null" : "";
}

function write(value: Value, indent: string, output: Output): void {
  const { representation } = value;
  const { out, form } = output;
  const isHidden = output.isHidden || hasMark(value, "sensitive");
  if (isHidden && form === "hidden") out.push(mask);
  else if (isHidden && !isContainer(value) && !isEmpty(value)) out.push(quoteGo(mask));
  else if (representation === null) out.push("null");
  else if (typeof representation === "string") out.push(quoteGo(representation));
  else if (typeof representation === "boolean") out.push(String(representation));
  else if (Array.isArray(representation))
    writeList(representation as readonly Value[], indent, { ...output, isHidden });
  else if (representation instanceof Map)
    writeMap(representation as ReadonlyMap<string, Value>, indent, { ...output, isHidden });
  else out.push(consoleNumber(representation as HclNumber));
}

function writeList(elements: readonly Value[], indent: string, output: Output): void {
  const { out } = output;
  if (elements.length === 0) {
    out.push("[]");
    return;
  }
  out.push("[\n");
  for (const element of elements) {
    out.push(indent, "  ");
    write(element, `${indent}  `, output);
    out.push(",\n");
  }
  out.push(indent, "]");
}

function writeMap(entries: ReadonlyMap<string, Value>, indent: string, output: Output): void {
  const { out, form } = output;
  const isMasked = (part: Value): boolean => form === "hidden" && hasMark(part, "sensitive");
  const shown = [...entries].filter(([, part]) => part.representation !== null || isMasked(part));
  if (shown.length === 0) {
    out.push("{}");
    return;
  }
  out.push("{\n");
  for (const [name, part] of shown) {
    out.push(indent, "  ", quoteGo(name), " = ");
    write(part, `${indent}  `, output);
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

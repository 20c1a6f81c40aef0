import { quoteHcl } from "./hcl-text.js";
import { hasMark } from "./mark-values.js";
import { numToText } from "./number-text.js";
import type { HclNumber } from "./number.js";
import { graphemeCount, graphemesOf } from "./text.js";
import { isKnown, type Value } from "./value.js";

/** How to shorten a value for a message. */
export interface DisplayOptions {
  /** Greatest number of grapheme clusters; longer texts end with `…`. 80 by default. */
  readonly maxLength?: number;
}

/**
 * A value on one line for people: in HCL's syntax, shortened. Sensitive parts show as `<sensitive>` and unknown ones
 * as `<unknown>`; nothing else of them appears, not even their length.
 */
export function displayValue(value: Value, options: DisplayOptions = {}): string {
  const limit = Math.max(1, options.maxLength ?? 80);
  const out: string[] = [];
  write(value, out, { left: limit + 1 });
  const text = out.join("");
  if (text.length <= limit || graphemeCount(text) <= limit) return text;
  return `${graphemesOf(text)
    .slice(0, limit - 1)
    .join("")}…`;
}

/** Room for code units: once it is used up, nothing more needs to be written. */
interface Budget {
  left: number;
}

/** A grapheme cluster rarely has more code units than this; longer texts are cut before they are segmented. */
const unitsPerCluster = 16;

function put(text: string, out: string[], budget: Budget): void {
  const cut = text.length > budget.left * unitsPerCluster ? text.slice(0, budget.left * unitsPerCluster) : text;
  out.push(cut);
  budget.left -= Math.ceil(cut.length / unitsPerCluster);
}

function write(value: Value, out: string[], budget: Budget): void {
  if (budget.left <= 0) return;
  const { representation } = value;
  if (hasMark(value, "sensitive")) put("<sensitive>", out, budget);
  else if (!isKnown(value)) put("<unknown>", out, budget);
  else if (representation === null) put("null", out, budget);
  else if (typeof representation === "string") put(quoteStart(representation, budget), out, budget);
  else if (typeof representation === "boolean") put(String(representation), out, budget);
  else if (Array.isArray(representation)) writeList(representation as readonly Value[], out, budget);
  else if (representation instanceof Map) writeMap(representation as ReadonlyMap<string, Value>, out, budget);
  else put(numToText(representation as HclNumber), out, budget);
}

function quoteStart(text: string, budget: Budget): string {
  const limit = budget.left * unitsPerCluster;
  return quoteHcl(text.length > limit ? text.slice(0, limit) : text);
}

function writeList(elements: readonly Value[], out: string[], budget: Budget): void {
  put("[", out, budget);
  for (const [index, element] of elements.entries()) {
    if (budget.left <= 0) return;
    if (index > 0) put(", ", out, budget);
    write(element, out, budget);
  }
  put("]", out, budget);
}

function writeMap(entries: ReadonlyMap<string, Value>, out: string[], budget: Budget): void {
  if (entries.size === 0) {
    put("{}", out, budget);
    return;
  }
  put("{ ", out, budget);
  let first = true;
  for (const [name, part] of entries) {
    if (budget.left <= 0) return;
    if (!first) put(", ", out, budget);
    first = false;
    put(`${/^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name) ? name : quoteHcl(name)} = `, out, budget);
    write(part, out, budget);
  }
  put(" }", out, budget);
}

import { isPrintable } from "../text/quote.js";
import { sprint, sprintf, sprintln } from "./format.js";
import { goFailure, type GoFailure, type GoFunction, type GoFunctionTable } from "./functions.js";
import { compareBytes, describeValue, isGoList, isGoMap, isTruthy, type GoValue } from "./values.js";

type Outcome = GoValue | GoFailure;

/** Comparison with one or more others, of which one must be equal. */
function equals(first: GoValue, others: readonly GoValue[]): boolean | GoFailure {
  if (others.length === 0) return goFailure("There is nothing to compare with.");
  for (const other of others) {
    const equal = equalsOne(first, other);
    if (equal !== false) return equal;
  }
  return false;
}

function equalsOne(a: GoValue, b: GoValue): boolean | GoFailure {
  const aIsNil = a === null || a === undefined;
  const bIsNil = b === null || b === undefined;
  if (aIsNil || bIsNil) return aIsNil && bIsNil;
  if (typeof a !== typeof b)
    return goFailure(`${describeValue(a)} cannot be compared with ${describeValue(b)} of another kind.`);
  if (typeof a === "object") return goFailure("Lists and maps cannot be compared.");
  return a === b;
}

function isLess(a: GoValue, b: GoValue): boolean | GoFailure {
  if (typeof a !== typeof b) return goFailure("Values of different types have no order.");
  if (typeof a === "string") return compareBytes(a, b as string) < 0;
  if (typeof a === "bigint" || typeof a === "number") return a < (b as typeof a);
  return goFailure(`${describeValue(a)} has no order.`);
}

function negate(outcome: boolean | GoFailure): boolean | GoFailure {
  return typeof outcome === "boolean" ? !outcome : outcome;
}

function isLessOrEqual(a: GoValue, b: GoValue): boolean | GoFailure {
  const less = isLess(a, b);
  return less === false ? equals(a, [b]) : less;
}

function comparison(compare: (a: GoValue, b: GoValue) => Outcome): GoFunction {
  return { params: ["any", "any"], call: ([a, b]) => compare(a, b) };
}

function lengthOf(value: GoValue): Outcome {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isGoList(value)) return BigInt(value.length);
  if (isGoMap(value)) return BigInt(value.size);
  return goFailure(`${describeValue(value)} has no length.`);
}

function indexOnce(item: GoValue, index: GoValue): Outcome {
  if (item === null || item === undefined) return goFailure("Nothing cannot be indexed.");
  if (isGoMap(item)) {
    if (typeof index !== "string") return goFailure("A key of a map must be a text.");
    return item.get(index) ?? null;
  }
  const length = typeof item === "string" ? Buffer.byteLength(item) : isGoList(item) ? item.length : undefined;
  if (length === undefined) return goFailure(`${describeValue(item)} cannot be indexed.`);
  if (typeof index !== "bigint") return goFailure("An index must be a whole number.");
  if (index < 0n || index >= BigInt(length)) return goFailure(`Index ${index} is out of range.`);
  if (typeof item === "string") return BigInt(Buffer.from(item)[Number(index)] as number);
  return (item as readonly GoValue[])[Number(index)] ?? null;
}

function indexAll(item: GoValue, indices: readonly GoValue[]): Outcome {
  if (item === null || item === undefined) return goFailure("Nothing cannot be indexed.");
  let current: GoValue = item;
  for (const index of indices) {
    const next = indexOnce(current, index);
    if (typeof next === "object" && next !== null && "failure" in next) return next;
    current = next;
  }
  return current;
}

function slice(item: GoValue, indices: readonly GoValue[]): Outcome {
  if (item === null || item === undefined) return goFailure("Nothing cannot be sliced.");
  if (indices.length > 3) return goFailure("A slice takes at most three indices.");
  if (typeof item === "string" && indices.length === 3) return goFailure("A text cannot be sliced with three indices.");
  const bytes = typeof item === "string" ? Buffer.from(item) : undefined;
  const length = bytes?.length ?? (isGoList(item) ? item.length : undefined);
  if (length === undefined) return goFailure(`${describeValue(item)} cannot be sliced.`);
  const bounds: number[] = [];
  for (const index of indices) {
    if (typeof index !== "bigint") return goFailure("An index must be a whole number.");
    if (index < 0n || index > BigInt(length)) return goFailure(`Index ${index} is out of range.`);
    bounds.push(Number(index));
  }
  const start = bounds[0] ?? 0;
  const end = bounds[1] ?? length;
  if (start > end || end > (bounds[2] ?? length)) return goFailure(`The slice from ${start} to ${end} is not valid.`);
  return bytes === undefined
    ? (item as readonly GoValue[]).slice(start, end)
    : bytes.subarray(start, end).toString("utf8");
}

const htmlEscapes: Readonly<Record<string, string>> = {
  "\u0000": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000"'&<>]/g, (character) => htmlEscapes[character] as string);
}

const scriptEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

function escapeScript(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const known = scriptEscapes[character];
    if (known !== undefined) result += known;
    else if (code >= 0x20 && code < 0x7f) result += character;
    else if (code >= 0x80 && isPrintable(character)) result += character;
    else result += `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  }
  return result;
}

/** Go's `url.QueryEscape`. */
export function escapeQuery(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9_.~-]/.test(character)) return character;
      return character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

function escaper(escape: (text: string) => string): GoFunction {
  return {
    params: [],
    rest: "any",
    call: (args) => escape(sprint(args.map((arg) => (arg === null || arg === undefined ? "<no value>" : arg)))),
  };
}

/** Functions that every template has. `and` and `or` are evaluated lazily and so live in the evaluator. */
export const builtinFunctions: GoFunctionTable = {
  not: { params: ["any"], call: ([value]) => !isTruthy(value) },
  len: { params: ["any"], call: ([value]) => lengthOf(value) },
  index: { params: ["any"], rest: "any", call: ([item, ...indices]) => indexAll(item, indices) },
  slice: { params: ["any"], rest: "any", call: ([item, ...indices]) => slice(item, indices) },
  print: { params: [], rest: "any", call: (args) => sprint(args) },
  println: { params: [], rest: "any", call: (args) => sprintln(args) },
  printf: { params: ["string"], rest: "any", call: ([format, ...args]) => sprintf(format as string, args) },
  html: escaper(escapeHtml),
  js: escaper(escapeScript),
  urlquery: escaper(escapeQuery),
  call: { params: ["any"], rest: "any", call: ([value]) => goFailure(`${describeValue(value)} is not a function.`) },
  eq: { params: ["any"], rest: "any", call: ([first, ...others]) => equals(first, others) },
  ne: comparison((a, b) => negate(equals(a, [b]))),
  lt: comparison(isLess),
  le: comparison(isLessOrEqual),
  gt: comparison((a, b) => negate(isLessOrEqual(a, b))),
  ge: comparison((a, b) => negate(isLess(a, b))),
};

/** Names that are functions without being in a table. */
export const lazyFunctionNames: readonly string[] = ["and", "or"];

import { toGoLower, toGoTitle, toGoUpper, trimGoSpace } from "@hclbuild/go-template";
import {
  asText,
  boolType,
  boolValue,
  elementsOf,
  graphemesOf,
  isKnown,
  isNull,
  listOf,
  listValue,
  normalizeText,
  refinementOf,
  stringType,
  stringValue,
  unknownValue,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, type ValueFunction } from "./definition.js";
import {
  defineFunction,
  numberParameter,
  stringParameter,
  textPartsPerStep,
  wholeNumber,
  type Parameter,
} from "./support.js";

/** Functions that make something of each character. */
const takesApart: ReadonlySet<string> = new Set(["lower", "strrev", "title", "upper"]);

function textFunction(
  name: string,
  description: string,
  params: readonly Parameter[],
  compute: (...texts: string[]) => string,
): ValueFunction {
  return defineFunction({
    name,
    ...(takesApart.has(name) ? { partsPerStep: textPartsPerStep } : {}),
    description,
    params,
    type: stringType,
    call: (args) => stringValue(compute(...args.map(asText))),
  });
}

const str = stringParameter("str");
const untypedText = stringParameter("str", { allowDynamic: true });

const chomp = textFunction("chomp", "Removes all line ends at the end of a text.", [str], (text) => {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end--;
  return text.slice(0, end);
});

const lower = textFunction("lower", "Turns all letters into small ones.", [untypedText], toGoLower);
const upper = textFunction("upper", "Turns all letters into capitals.", [untypedText], toGoUpper);
const title = textFunction("title", "Turns the first letter of each word into a capital.", [str], toGoTitle);
const trimspace = textFunction(
  "trimspace",
  "Removes blanks and line ends from both ends of a text.",
  [str],
  trimGoSpace,
);

function characterAt(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  return code === undefined ? "" : String.fromCodePoint(code);
}

const trim = textFunction(
  "trim",
  "Removes from both ends of a text the characters that the second text consists of.",
  [str, stringParameter("cutset")],
  (text, cutset) => {
    const cut = new Set(cutset);
    let start = 0;
    let end = text.length;
    for (;;) {
      const first = characterAt(text, start);
      if (start >= end || !cut.has(first)) break;
      start += first.length;
    }
    for (;;) {
      const last = characterAt(text, end - (/[\udc00-\udfff]/.test(text.charAt(end - 1)) ? 2 : 1));
      if (end <= start || !cut.has(last)) break;
      end -= last.length;
    }
    return text.slice(start, end);
  },
);

const trimprefix = textFunction(
  "trimprefix",
  "Removes a text from the beginning of another, if it is there.",
  [str, stringParameter("prefix")],
  (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
);

const trimsuffix = textFunction(
  "trimsuffix",
  "Removes a text from the end of another, if it is there.",
  [str, stringParameter("suffix")],
  (text, suffix) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text),
);

/** How often a text is in another, where occurrences do not overlap; an empty one stands beside each character. */
function countOf(part: string, text: string): number {
  if (part === "") return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

const replace = defineFunction({
  name: "replace",
  description: "Replaces each occurrence of a text by another. The text is taken literally, never as a pattern.",
  params: [str, stringParameter("substr"), stringParameter("replace")],
  type: stringType,
  call([textValue, substrValue, replacementValue], { budget }) {
    const text = asText(textValue as Value);
    const substr = asText(substrValue as Value);
    const replacement = asText(replacementValue as Value);
    if (!budget.charge((countOf(substr, text) + 1) * (1 + replacement.length)))
      return functionError("the result is too long");
    if (substr !== "") return stringValue(text.replaceAll(substr, () => replacement));
    // An empty text is found before each character and at the end, as in Go.
    return stringValue(text === "" ? replacement : ["", ...text, ""].join(replacement));
  },
});

const strrev = textFunction("strrev", "Reverses the characters of a text.", [untypedText], (text) =>
  graphemesOf(text).toReversed().join(""),
);

const indent = defineFunction({
  name: "indent",
  description: "Adds blanks to the beginning of all lines but the first.",
  params: [numberParameter("spaces"), str],
  type: stringType,
  call([spaces, text], { budget }) {
    const count = wholeNumber(spaces as Value, 0);
    if (typeof count !== "number") return count;
    if (count < 0) return argumentError(0, "the number of blanks must not be negative");
    const lines = asText(text as Value).split("\n");
    if (!budget.charge((lines.length - 1) * count) || count > 1_000_000)
      return argumentError(0, "the result would be too long");
    return stringValue(lines.join(`\n${" ".repeat(count)}`));
  },
});

const join = defineFunction({
  name: "join",
  description: "Puts the texts of one or more lists together, with a separator between them.",
  params: [stringParameter("separator")],
  varParam: { name: "lists", type: listOf(stringType) },
  type: stringType,
  call([separator, ...lists]) {
    if (lists.length === 0) return functionError("at least two arguments are required");
    const texts: string[] = [];
    for (const [index, list] of lists.entries()) {
      for (const element of elementsOf(list)) {
        if (isNull(element)) return argumentError(index + 1, "a null element cannot be joined");
        texts.push(asText(element));
      }
    }
    return stringValue(texts.join(asText(separator as Value)));
  },
});

const split = defineFunction({
  name: "split",
  description: "Cuts a text at each occurrence of a separator. An empty separator cuts between all characters.",
  params: [stringParameter("separator"), str],
  type: listOf(stringType),
  call([separatorValue, textValue], { budget }) {
    const separator = asText(separatorValue as Value);
    const text = asText(textValue as Value);
    if (!budget.charge(countOf(separator, text))) return functionError("there are too many parts");
    const parts = separator === "" ? [...text] : text.split(separator);
    return listValue(stringType, parts.map(stringValue));
  },
});

const substr = defineFunction({
  name: "substr",
  partsPerStep: textPartsPerStep,
  description: "Gives a part of a text by its offset and length in characters; a negative offset counts from the end.",
  params: [
    untypedText,
    numberParameter("offset", { allowDynamic: true }),
    numberParameter("length", { allowDynamic: true }),
  ],
  type: stringType,
  call([text, offsetValue, lengthValue]) {
    const offset = wholeNumber(offsetValue as Value, 1);
    if (typeof offset !== "number") return offset;
    const length = wholeNumber(lengthValue as Value, 2);
    if (typeof length !== "number") return length;
    const characters = graphemesOf(asText(text as Value));
    if (offset >= 0 && length === 0) return stringValue("");
    const start = Math.max(0, offset < 0 ? characters.length + offset : offset);
    // With a negative offset a length of zero gives the rest, as Packer does.
    return stringValue(characters.slice(start, length <= 0 ? undefined : start + length).join(""));
  },
});

/** What the beginning of a text that may be unknown tells: `undefined` when it must be waited for. */
function knownText(value: Value): { readonly text: string; readonly whole: boolean } {
  if (isKnown(value)) return { text: asText(value), whole: true };
  return { text: refinementOf(value).stringPrefix ?? "", whole: false };
}

const unknownBool = unknownValue(boolType, { notNull: true });

const startswith = defineFunction({
  name: "startswith",
  description: "Tells whether a text begins with another.",
  params: [stringParameter("str", { allowUnknown: true }), stringParameter("prefix")],
  type: boolType,
  call([value, prefixValue]) {
    const { text, whole } = knownText(value as Value);
    const prefix = asText(prefixValue as Value);
    if (whole) return boolValue(text.startsWith(prefix));
    if (prefix !== "" && text.startsWith(prefix)) return boolValue(true);
    return prefix.startsWith(text) || text === "" ? unknownBool : boolValue(false);
  },
});

const endswith = defineFunction({
  name: "endswith",
  description: "Tells whether a text ends with another.",
  params: [str, stringParameter("suffix")],
  type: boolType,
  call: ([text, suffix]) => boolValue(asText(text as Value).endsWith(asText(suffix as Value))),
});

const strcontains = defineFunction({
  name: "strcontains",
  description: "Tells whether a text contains another.",
  params: [stringParameter("str", { allowUnknown: true }), stringParameter("substr")],
  type: boolType,
  call([value, part]) {
    const { text, whole } = knownText(value as Value);
    if (whole) return boolValue(text.includes(asText(part as Value)));
    const found = asText(part as Value) !== "" && text.includes(normalizeText(asText(part as Value)));
    return found ? boolValue(true) : unknownBool;
  },
});

export const stringFunctions: readonly ValueFunction[] = [
  chomp,
  endswith,
  indent,
  join,
  lower,
  replace,
  split,
  startswith,
  strcontains,
  strrev,
  substr,
  title,
  trim,
  trimprefix,
  trimspace,
  trimsuffix,
  upper,
];

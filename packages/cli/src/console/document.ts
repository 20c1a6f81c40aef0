import { containsMark, isWhollyKnown, toJson, typeConstraintText, unmarkDeep, type Value } from "@hclbuild/value";

/**
 * The result of one console line as a JSON text without line breaks: `value`, and `type` in the syntax of type
 * constraints. A value that is sensitive in any part is null, with `"sensitive":true`; as attribute names could tell
 * about it, the type is then `any` unless it is a primitive one. A value that is not wholly known is null, with
 * `"unknown":true`. Numbers are exact.
 */
export function renderConsoleDocument(value: Value): string {
  const type = typeConstraintText(value.type);
  if (containsMark(value, "sensitive")) {
    const isPrimitive = ["string", "number", "bool"].includes(value.type.kind);
    return JSON.stringify({ value: null, type: isPrimitive ? type : "any", sensitive: true });
  }
  const json = isWhollyKnown(value) ? toJson(unmarkDeep(value).value) : undefined;
  if (typeof json !== "string") return JSON.stringify({ value: null, type, unknown: true });
  // The text itself, because a number need not fit one of JavaScript.
  return `{"value":${json},"type":${JSON.stringify(type)}}`;
}

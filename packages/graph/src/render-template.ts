import type { JsonValue } from "@hclbuild/schema";
import { isJsonObject } from "./json.js";
import type { Template } from "./node.js";

/**
 * A template in a notation close to HCL, on one line, for people to read. Outputs and inputs show their address, so
 * nothing sensitive can appear.
 */
export function templateText(template: Template | undefined): string {
  if (template === undefined) return "?";
  if (Array.isArray(template)) return `[${template.map((item: JsonValue) => templateText(item)).join(", ")}]`;
  if (!isJsonObject(template)) return typeof template === "string" ? quote(template) : JSON.stringify(template);
  const marker = Object.keys(template).find((key) => key.startsWith("$"));
  if (marker === undefined) return objectText(Object.entries(template).map(([key, item]) => [keyText(key), item]));
  return formText(marker, template);
}

type Form = { readonly [key: string]: JsonValue };

function formText(marker: string, form: Form): string {
  const argument = form[marker] as JsonValue;
  const parts = Array.isArray(argument) ? (argument as readonly JsonValue[]) : [];
  const part = (index: number): string => templateText(parts[index]);
  switch (marker) {
    case "$number":
      return plain(argument);
    case "$unknown":
      return "(unknown)";
    case "$lit":
      return isJsonObject(argument) ? templateText(argument["value"]) : "?";
    case "$object":
      return objectText(parts.map((pair) => pairOf(pair)));
    case "$input":
    case "$out":
      return plain(argument).replace("\u0000splat", "each") + pathText(form["path"]);
    case "$index":
      return `${part(0)}[${part(1)}]`;
    case "$attr":
      return `${part(0)}.${plain(parts[1])}`;
    case "$call":
      return `${plain(argument)}(${list(form["args"]).map(templateText).join(", ")}${form["expand"] === true ? "..." : ""})`;
    case "$unary":
      return `${plain(parts[0])}${part(1)}`;
    case "$binary":
      return `(${part(1)} ${plain(parts[0])} ${part(2)})`;
    case "$if":
      return `(${part(0)} ? ${part(1)} : ${part(2)})`;
    case "$tmpl":
      return `"${parts.map(templatePartText).join("")}"`;
    case "$for":
      return forText(isJsonObject(argument) ? argument : {});
    case "$splat":
      return `${part(0)}[*: ${part(1)}]`;
    default:
      return JSON.stringify(form);
  }
}

function templatePartText(part: JsonValue): string {
  return typeof part === "string" ? quote(part).slice(1, -1) : `\${${templateText(part)}}`;
}

function forText(form: Form): string {
  const variables = form["key"] === undefined ? plain(form["value"]) : `${plain(form["key"])}, ${plain(form["value"])}`;
  const condition = form["if"] === undefined ? "" : ` if ${templateText(form["if"])}`;
  const value = templateText(form["valueExpression"]) + (form["group"] === true ? "..." : "");
  const head = `for ${variables} in ${templateText(form["in"])} :`;
  return form["keyExpression"] === undefined
    ? `[${head} ${value}${condition}]`
    : `{${head} ${templateText(form["keyExpression"])} => ${value}${condition}}`;
}

function pairOf(pair: JsonValue): readonly [string, JsonValue] {
  const [key, value] = list(pair);
  return [typeof key === "string" ? keyText(key) : `(${templateText(key)})`, value ?? null];
}

function objectText(entries: readonly (readonly [string, JsonValue])[]): string {
  if (entries.length === 0) return "{}";
  return `{ ${entries.map(([key, item]) => `${key} = ${templateText(item)}`).join(", ")} }`;
}

function keyText(key: string): string {
  return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key) ? key : quote(key);
}

function pathText(path: JsonValue | undefined): string {
  return list(path)
    .map((step) => {
      if (typeof step === "string")
        return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(step) ? `.${step}` : `[${quote(step)}]`;
      return `[${isJsonObject(step) ? templateText(step["key"]) : plain(step)}]`;
    })
    .join("");
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** A name or operator as it is; anything else would not be a template. */
function plain(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll("${", "$${").replaceAll("%{", "%%{");
}

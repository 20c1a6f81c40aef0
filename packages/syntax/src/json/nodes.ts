import type { SourceText } from "@hclbuild/diagnostics";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A string literal. */
export interface JsonString extends Range {
  readonly kind: "string";
  /** With escapes resolved. The offsets include the quotes. */
  readonly value: string;
}

/** A number literal. */
export interface JsonNumber extends Range {
  readonly kind: "number";
  /** As written. */
  readonly text: string;
}

/** `true`, `false` or `null`. */
export interface JsonKeyword extends Range {
  readonly kind: "keyword";
  readonly keyword: "true" | "false" | "null";
}

/** A name and its value. */
export interface JsonProperty {
  readonly name: JsonString;
  readonly value: JsonNode;
}

/** Properties in source order; a name may occur several times. */
export interface JsonObject extends Range {
  readonly kind: "object";
  readonly properties: readonly JsonProperty[];
  /** -1 when the object is not closed. */
  readonly closeBrace: number;
}

/** An array. */
export interface JsonArray extends Range {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
  /** -1 when the array is not closed. */
  readonly closeBracket: number;
}

/** Stands where no value could be read; the reason was reported. */
export interface JsonInvalid extends Range {
  readonly kind: "invalid";
}

/** A value of any kind. */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonKeyword | JsonInvalid;

/** A file in HCL's JSON syntax. Offsets are UTF-16 code units into `source`. */
export interface JsonFile {
  readonly kind: "json-file";
  readonly source: SourceText;
  readonly root: JsonNode;
}

import { maximumNesting, valueError, type ValueError } from "./value-error.js";

/** A number of JSON text, exactly as written. */
export interface JsonNumber {
  readonly kind: "number";
  readonly text: string;
}

/**
 * JSON without loss: numbers keep their text, objects keep the order of their properties and repeated names.
 */
export type LosslessJson = null | boolean | string | JsonNumber | readonly LosslessJson[] | JsonObject;

export interface JsonObject {
  readonly kind: "object";
  readonly properties: readonly (readonly [string, LosslessJson])[];
}

export function isJsonArray(json: LosslessJson): json is readonly LosslessJson[] {
  return Array.isArray(json);
}

import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { JsonSchema } from "./json-schema-types.js";
import type { JsonValue } from "./model.js";

/** One place where a document does not fit its schema. */
export interface SchemaMismatch {
  /** JSON pointer into the document. */
  readonly pointer: string;
  readonly message: string;
}

/** Checks documents against one schema. */
export type DocumentValidator = (document: JsonValue) => readonly SchemaMismatch[];

/**
 * Compiles a schema. For documents that machines exchange; what people write is checked by the decoder, whose messages
 * have places and codes.
 */
export function createValidator(schema: JsonSchema): DocumentValidator {
  // Inlining would multiply the code of parts that stand in several places.
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, inlineRefs: false });
  const validate: ValidateFunction = ajv.compile(schema);
  return (document) => (validate(document) ? [] : (validate.errors ?? []).map(mismatchOf));
}

/** What is wrong with a schema itself, by the meta-schema of its dialect. */
export function checkJsonSchema(schema: JsonSchema): readonly SchemaMismatch[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  return ajv.validateSchema(schema) === true ? [] : (ajv.errors ?? []).map(mismatchOf);
}

function mismatchOf({ instancePath, message }: ErrorObject): SchemaMismatch {
  return { pointer: instancePath, message: message ?? "it does not fit" };
}

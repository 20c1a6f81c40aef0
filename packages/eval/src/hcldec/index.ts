export { schemaOfSpec, typeOfSpec, type DecoderSpec } from "./spec.js";
export { decodeSpec } from "./decode-spec.js";
export { readSpecFile, type SpecFile } from "./spec-file.js";

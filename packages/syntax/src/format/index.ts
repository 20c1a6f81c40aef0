export { decodeSource } from "../decode-source.js";
export { unifiedDiff, type DiffLabels } from "./diff.js";
export { format, formatAndCheck, type FormatResult } from "./format.js";

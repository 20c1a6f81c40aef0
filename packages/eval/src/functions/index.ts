import { collectionFunctions } from "./collection.js";
import { createFunctionTable, type FunctionDefinition, type FunctionHost, type FunctionTable } from "./definition.js";
import { formatFunctions } from "./format.js";
import { numericFunctions } from "./numeric.js";
import { sequenceFunctions } from "./sequence.js";
import { setFunctions } from "./set.js";
import { stringFunctions } from "./string.js";
import { timeFunctions } from "./time.js";

/** All functions but those that take their arguments unevaluated. */
export const valueFunctions: readonly FunctionDefinition[] = [
  ...numericFunctions,
  ...stringFunctions,
  ...collectionFunctions,
  ...sequenceFunctions,
  ...setFunctions,
  ...formatFunctions,
  ...timeFunctions,
];

export function functionTable(host: FunctionHost): FunctionTable {
  return createFunctionTable(valueFunctions, host);
}

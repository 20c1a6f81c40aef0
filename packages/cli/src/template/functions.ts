import type { FunctionTable } from "@hclbuild/eval";
import { functionTable } from "@hclbuild/eval/functions";
import type { CliHost } from "../command.js";
import { createFunctionHost } from "../host/function-host.js";

/** Every function of expressions, over the real surroundings. */
export function createFunctions(host: CliHost, rootDirectory: string): FunctionTable {
  return functionTable(createFunctionHost(host, rootDirectory));
}

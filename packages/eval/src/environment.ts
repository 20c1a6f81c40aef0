import type { Environment } from "./evaluator.js";

/** The innermost iterator of that name. */
export function lookUp(env: Environment | undefined, name: string): Environment | undefined {
  let current = env;
  while (current !== undefined && current.name !== name) current = current.parent;
  return current;
}

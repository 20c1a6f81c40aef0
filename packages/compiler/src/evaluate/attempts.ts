import { createReport, suggestName } from "@hclbuild/diagnostics";
import type { Body } from "@hclbuild/syntax";

/**
 * Whether something in a body is most likely meant as a block of the type: its name, labels or form may be wrong, which
 * is reported where the body is read. Then it is no second mistake that there is no such block.
 */
export function triesBlock(body: Body, type: string): boolean {
  const ignore = createReport(() => undefined);
  const isMeant = (name: string): boolean => name === type || suggestName(name, [type]) !== undefined;
  return body.nestedBlocks().some((block) => isMeant(block.type)) || body.justAttributes(ignore).has(type);
}

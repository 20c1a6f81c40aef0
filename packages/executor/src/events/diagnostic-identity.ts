import type { Diagnostic } from "@hclbuild/diagnostics";

/**
 * What two diagnostics have in common that say the same of the same place. The place is in the sources; what has none
 * there is told apart by the part of the graph that it is about.
 */
export function diagnosticIdentity({ code, message, detail, primary, address }: Diagnostic): string {
  const place = primary === undefined ? address : [primary.file, primary.start, primary.end];
  return JSON.stringify([code, message, detail ?? null, place ?? null]);
}

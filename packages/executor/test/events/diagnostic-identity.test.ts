import type { Diagnostic } from "@hclbuild/diagnostics";
import { createEventBus } from "@hclbuild/executor";
import { createFakeClock } from "@hclbuild/testkit";
import { expect, it } from "vitest";
import { diagnosticIdentity } from "../../src/events/diagnostic-identity.js";

const base: Diagnostic = { code: "test/a", severity: "warning", message: "A." };
const primary = { file: "a.pkr.hcl", start: 1, end: 2 };

it.each<readonly [string, Diagnostic, Diagnostic, boolean]>([
  ["the same", base, { ...base }, true],
  ["nodes that have no place in the sources", { ...base, address: "x" }, { ...base, address: "y" }, false],
  ["nodes of one place", { ...base, primary, address: "x" }, { ...base, primary, address: "y" }, true],
  ["places", { ...base, primary }, { ...base, primary: { ...primary, end: 3 } }, false],
  ["details", { ...base, detail: "One." }, { ...base, detail: "Two." }, false],
  ["codes", base, { ...base, code: "test/b" }, false],
])("diagnostics are told apart by what they say of what: %s", (_, first, second, same) => {
  expect(diagnosticIdentity(first) === diagnosticIdentity(second)).toBe(same);
  const bus = createEventBus({ clock: createFakeClock() });
  bus.publish({}, { type: "diagnostic", diagnostic: first });
  expect(bus.hasPublished(second)).toBe(same);
});

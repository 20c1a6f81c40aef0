import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can be wrong with a component's configuration once its types are right. */
export const schemaCatalog = defineCatalog("schema", {
  "missing-option": {
    severity: "error",
    message: msg`The option "${"name"}" must be set.`,
    detail: [msg`${"doc?"}`, msg`An empty value does not count.${"empty?"}`],
  },
  "missing-block": {
    severity: "error",
    message: msg`At least ${"count"} of type "${"name"}" must be here.`,
    detail: msg`${"doc?"}`,
  },
  "too-many-blocks": {
    severity: "error",
    message: msg`At most ${"count"} of type "${"name"}" may be here.`,
    detail: msg`Remove this block or those before it.`,
  },
  "invalid-choice": {
    severity: "error",
    message: msg`This is not a value that "${"name"}" can have.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`It must be one of ${"choices"}.`],
  },
  "null-element": {
    severity: "error",
    message: msg`An element of "${"name"}" is null.`,
    detail: [msg`It is ${"path?"}.`, msg`Leave it out, or give it a value.`],
  },
  "out-of-range": {
    severity: "error",
    message: msg`The value of "${"name"}" is out of range.`,
    detail: [msg`It must be at least ${"min?"}.`, msg`It must be at most ${"max?"}.`],
  },
  "not-integer": {
    severity: "error",
    message: msg`The value of "${"name"}" must be a whole number.`,
    detail: msg`It must also fit into 64 bits.`,
  },
  "invalid-duration": {
    severity: "error",
    message: msg`The value of "${"name"}" is not a duration.`,
    detail: msg`Write numbers with units, such as "30s", "5m" or "1h30m"; the units are ns, us, ms, s, m and h.`,
  },
  "nothing-chosen": {
    severity: "error",
    message: msg`One of ${"names"} must be set.`,
  },
  "conflicting-options": {
    severity: "error",
    message: msg`Only one of ${"names"} may be set.`,
    detail: msg`Set here: ${"given"}. Remove all but one.`,
  },
  "missing-companion": {
    severity: "error",
    message: msg`With "${"name"}", the option "${"needs"}" must be set as well.`,
  },
  "required-by-choice": {
    severity: "error",
    message: msg`The option "${"name"}" must be set, because "${"cause"}" is ${"value"}.`,
    detail: msg`${"doc?"}`,
  },
  "rule-violated": {
    severity: "error",
    message: msg`${"problem"}`,
  },
  "rule-advice": {
    severity: "warning",
    message: msg`${"problem"}`,
  },
  "deprecated-option": {
    severity: "warning",
    message: msg`The option "${"name"}" is deprecated.`,
    detail: msg`Use ${"instead"} instead.`,
  },
});

import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while an expression is evaluated. */
export const evalCatalog = defineCatalog("eval", {
  "unknown-variable": {
    severity: "error",
    message: msg`There is no variable named "${"name"}" here.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Available here: ${"available?"}.`],
  },
  "variables-not-allowed": {
    severity: "error",
    message: msg`Variables may not be used here.`,
    detail: msg`This place takes a constant.${"reason?"}`,
  },
  "unsupported-attribute": {
    severity: "error",
    message: msg`There is no attribute named "${"name"}" here.`,
    detail: [msg`${"problem?"}.`, msg`Did you mean "${"near?"}"?`, msg`Its attributes are: ${"attributes?"}.`],
  },
  "missing-map-element": {
    severity: "error",
    message: msg`This map does not have an element with the key "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`],
  },
  "null-access": {
    severity: "error",
    message: msg`This value is null, so it has no ${"parts"}.`,
    detail: msg`Give it a value, or use try(…, default) where it may be missing.`,
  },
  "invalid-index": {
    severity: "error",
    message: msg`This key cannot be used to index the value.`,
    detail: [msg`${"problem"}.`, msg`Did you mean "${"near?"}"?`],
  },
  "invalid-operand": {
    severity: "error",
    message: msg`This value cannot be the ${"side"} operand of "${"operator"}".`,
    detail: msg`${"problem"}.`,
  },
  "operation-failed": {
    severity: "error",
    message: msg`The operation "${"operator"}" failed.`,
    detail: msg`${"problem"}.`,
  },
  "invalid-template-value": {
    severity: "error",
    message: msg`This value cannot be included in a string template.`,
    detail: msg`${"problem"}.`,
  },
  "invalid-condition": {
    severity: "error",
    message: msg`The condition is not a bool.`,
    detail: msg`${"problem"}. Conditions must be either true or false.`,
  },
  "inconsistent-conditional": {
    severity: "error",
    message: msg`The two results of this conditional have different types.`,
    detail: msg`${"problem"}. Both must have, or convert to, one type.`,
  },
  "ambiguous-key": {
    severity: "error",
    message: msg`It is not clear whether this object key is a name or a reference.`,
    detail: msg`Wrap it in parentheses if it is a reference, or in quotes if it is a name that contains periods.`,
  },
  "invalid-key": {
    severity: "error",
    message: msg`This value cannot be an object key.`,
    detail: msg`${"problem"}.`,
  },
  "duplicate-key": {
    severity: "error",
    message: msg`Two items of this "for" expression produced the key "${"key"}".`,
    detail: msg`If duplicates are expected, write an ellipsis (...) after the value expression to group values by key.`,
  },
  "not-iterable": {
    severity: "error",
    message: msg`This value cannot be the collection of a "for" expression.`,
    detail: msg`${"problem"}. A list, set, tuple, map or object is needed.`,
  },
  "invalid-for-condition": {
    severity: "error",
    message: msg`The "if" clause of this "for" expression is not a bool.`,
    detail: msg`${"problem"}.`,
  },
  "null-splat": {
    severity: "error",
    message: msg`A splat (the * symbol) cannot be applied to a null sequence.`,
    detail: msg`Use an empty list where there is nothing.`,
  },
  "inconsistent-splat": {
    severity: "error",
    message: msg`The second level of this splat produced elements of different types.`,
    detail: msg`They do not fit in one list; use a for expression, whose tuple may hold different types.`,
  },
  "unknown-function": {
    severity: "error",
    message: msg`There is no function named "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`${"advice?"}`],
  },
  "missing-argument": {
    severity: "error",
    message: msg`The function "${"name"}" needs ${"expected"}.`,
    detail: msg`The value for "${"parameter"}" is missing.`,
  },
  "extra-argument": {
    severity: "error",
    message: msg`The function "${"name"}" takes ${"expected"}.`,
    detail: msg`Remove this one and those after it.`,
  },
  "invalid-argument": {
    severity: "error",
    message: msg`This value is not allowed for the parameter "${"parameter"}" of "${"name"}".`,
    detail: msg`${"problem"}.`,
  },
  "invalid-expansion": {
    severity: "error",
    message: msg`Only a list, tuple or set can be expanded into arguments with "...".`,
    detail: msg`${"problem"}.`,
  },
  "call-failed": {
    severity: "error",
    message: msg`The call to "${"name"}" failed.`,
    detail: msg`${"problem"}.`,
  },
  "untold-mistake": {
    severity: "error",
    message: msg`There is a mistake in this sensitive expression.`,
    detail: msg`It is of the kind ${"code"}; more would tell what is written here. To see it all, put other texts in the place of the secret ones and remove sensitive = true.`,
  },
  "limit-exceeded": {
    severity: "error",
    message: msg`Evaluating this takes more ${"what"} than hclbuild allows.`,
    detail: msg`The limit is ${"limit"}. Compute less here, or split the work over several templates.`,
  },
  "invalid-type": {
    severity: "error",
    message: msg`This is not a valid type.`,
    detail: [msg`${"problem"}.`, msg`Did you mean "${"near?"}"?`],
  },
  "invalid-type-default": {
    severity: "error",
    message: msg`This default does not fit the attribute's type.`,
    detail: msg`${"problem"}.`,
  },
  "static-expression-needed": {
    severity: "error",
    message: msg`${"what"} is needed here.`,
    detail: msg`It is read without evaluating it, so no other form of expression will do.`,
  },
  "unsuitable-value": {
    severity: "error",
    message: msg`This value does not fit the argument "${"name"}".`,
    detail: [
      msg`${"problem"}.`,
      msg`Write a list of one element in brackets: ${"brackets?"}`,
      msg`The fault is at ${"path?"}.`,
    ],
  },
  "duplicate-block": {
    severity: "error",
    message: msg`Only one "${"type"}" block is allowed here.`,
    detail: msg`Keep one of them; their contents are not merged.`,
  },
  "duplicate-block-key": {
    severity: "error",
    message: msg`There is a "${"type"}" block with the label "${"key"}" already.`,
    detail: msg`Each label may be used once in a body.`,
  },
  "missing-block": {
    severity: "error",
    message: msg`A block of type "${"type"}" is required here.`,
    detail: msg`Add one.`,
  },
  "too-few-blocks": {
    severity: "error",
    message: msg`There are not enough "${"type"}" blocks here.`,
    detail: msg`At least ${"count"} are needed.`,
  },
  "too-many-blocks": {
    severity: "error",
    message: msg`There are too many "${"type"}" blocks here.`,
    detail: msg`At most ${"count"} are allowed.`,
  },
  "inconsistent-blocks": {
    severity: "error",
    message: msg`The "${"type"}" blocks here give values of different types.`,
    detail: msg`All of them must give values that convert to one type.`,
  },
  "invalid-spec": {
    severity: "error",
    message: msg`This decoder specification is not valid.`,
    detail: msg`${"problem"}.`,
  },
  "dynamic-for-each": {
    severity: "error",
    message: msg`This value cannot be the for_each of a dynamic block.`,
    detail: msg`${"problem"}. A list, set, tuple, map or object is needed.`,
  },
  "dynamic-label": {
    severity: "error",
    message: msg`This value cannot be a block label.`,
    detail: msg`${"problem"}.`,
  },
  "dynamic-iterator": {
    severity: "error",
    message: msg`The iterator of a dynamic block must be a single name.`,
    detail: msg`Write a plain name such as iterator = item.`,
  },
  "dynamic-content": {
    severity: "error",
    message: msg`A dynamic block needs exactly one "content" block.`,
    detail: msg`${"problem"}.`,
  },
});

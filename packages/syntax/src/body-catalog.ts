import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** More names than a reader would look through are left out. */
const shownNames = 15;

/** Names for a diagnostic about one that is wrong, when no other is near; `undefined` when there are none or too many. */
export function listKnown(names: readonly string[]): string | undefined {
  return names.length === 0 || names.length > shownNames ? undefined : names.join(", ");
}

/** What can be wrong with a body in relation to a schema, in either syntax. */
export const bodyCatalog = defineCatalog("schema", {
  "missing-attribute": {
    severity: "error",
    message: msg`The argument "${"name"}" is required here.`,
    detail: [
      msg`Set it with a line of its own: ${"nativeName?"} = …`,
      msg`Add a property named "${"jsonName?"}" to this object.`,
    ],
  },
  "unsupported-attribute": {
    severity: "error",
    message: msg`An argument named "${"name"}" is not expected here.`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`Did you mean a block of type "${"block?"}"? A block has no equals sign between its type and the opening brace.`,
      msg`The arguments here are: ${"known?"}.`,
      msg`Only blocks stand here, of these types: ${"blocks?"}.`,
    ],
  },
  "unsupported-block": {
    severity: "error",
    message: msg`Blocks of type "${"type"}" are not expected here.`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`Did you mean the argument "${"attribute?"}"? An argument takes an equals sign: ${"attribute?"} = …`,
      msg`The types of blocks here are: ${"known?"}.`,
    ],
  },
  "unexpected-block": {
    severity: "error",
    message: msg`A block of type "${"type"}" stands where only arguments are allowed.`,
    detail: [
      msg`Every item of this body must have the form name = value.`,
      msg`If "${"attribute?"}" is meant as one of them, write an equals sign before the brace.`,
    ],
  },
  "extra-label": {
    severity: "error",
    message: msg`A block of type "${"type"}" has no place for this label.`,
    detail: msg`It takes ${"expected"}. ${"hint"}`,
  },
  "missing-label": {
    severity: "error",
    message: msg`This block of type "${"type"}" has no ${"label"}.`,
    detail: [msg`It takes ${"expected"}.`, msg`Write the labels between the type and the opening brace: ${"example?"}`],
  },
  "duplicate-attribute": {
    severity: "error",
    message: msg`The argument "${"name"}" is set more than once.`,
    detail: msg`Each argument may be set only once in a body; remove one of the two.`,
  },
  "unexpected-property": {
    severity: "error",
    message: msg`No argument or block type is named "${"name"}" here.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`${"hint?"}`, msg`The names here are: ${"known?"}.`],
  },
  "not-an-object": {
    severity: "error",
    message: msg`A JSON object is needed here, not ${"found"}.`,
    detail: [
      msg`This object's properties are the labels of "${"type?"}" blocks: ${"label?"}.`,
      msg`Its properties are the arguments and nested blocks of "${"body?"}".`,
      msg`Its properties are what the file sets or defines.${"file?"}`,
      msg`The type of the block is the name of the property here: { ${"named?"}: { … } }.`,
    ],
  },
  "missing-label-property": {
    severity: "error",
    message: msg`At least one property is needed here, to name the ${"label"} of a "${"type"}" block.`,
    detail: msg`In JSON the labels of a block are the names of nested objects.`,
  },
});

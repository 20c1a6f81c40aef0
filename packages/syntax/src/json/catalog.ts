import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can be wrong with a text as JSON (RFC 8259). */
export const jsonCatalog = defineCatalog("syntax", {
  "json-root": {
    severity: "error",
    message: msg`The file holds ${"found"} instead of an object.`,
    detail: msg`A configuration in JSON is one object in braces, or an array of objects.`,
  },
  "json-empty": {
    severity: "error",
    message: msg`There is no JSON value in this text.`,
    detail: msg`The smallest configuration in JSON is {}.`,
  },
  "json-extra-data": {
    severity: "error",
    message: msg`Something follows the end of the JSON value.`,
    detail: msg`A JSON file holds exactly one value; an unbalanced bracket further up may have ended it early.`,
  },
  "json-comment": {
    severity: "error",
    message: msg`JSON has no comments.`,
    detail: msg`Remove it, or write the remark as a property named "//".`,
  },
  "json-invalid-value": {
    severity: "error",
    message: msg`A JSON value cannot begin with ${"found"}.`,
    detail: [
      msg`${"hint?"}`,
      msg`A value is an object in braces, an array in brackets, a string in double quotes, a number, true, false or null.`,
    ],
  },
  "json-missing-value": {
    severity: "error",
    message: msg`A JSON value is missing before ${"found"}.`,
    detail: msg`Write the value, or null where there is none; between two commas one may be too many.`,
  },
  "json-invalid-keyword": {
    severity: "error",
    message: msg`JSON has no keyword ${"word"}.`,
    detail: [
      msg`Did you mean ${"near?"}?`,
      msg`${"hint?"}`,
      msg`The keywords are true, false and null; text stands in double quotes.`,
    ],
  },
  "json-invalid-number": {
    severity: "error",
    message: msg`${"text"} is no JSON number.`,
    detail: msg`A number is written like 12, -3.5 or 1e6: without a plus sign, without leading zeros, with digits around the point. Anything else is text and stands in double quotes.`,
  },
  "json-unclosed-string": {
    severity: "error",
    message: msg`The string is not closed on its line.`,
    detail: msg`Write a double quote at its end. A line end within a string is written as \\n.`,
  },
  "json-invalid-escape": {
    severity: "error",
    message: msg`${"escape"} is no escape sequence of JSON.`,
    detail: msg`JSON knows \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uNNNN. Write \\\\ for a backslash.`,
  },
  "json-control-character": {
    severity: "error",
    message: msg`A string holds the control character U+${"code"} as it is.`,
    detail: msg`Write it as ${"escape"}.`,
  },
  "json-unclosed": {
    severity: "error",
    message: msg`The ${"what"} is not closed.`,
    detail: msg`The closing ${"closer"} for it is missing.`,
  },
  "json-mismatched": {
    severity: "error",
    message: msg`${"found"} cannot close this ${"what"}.`,
    detail: msg`Write ${"closer"} at its end.`,
  },
  "json-unexpected-closing": {
    severity: "error",
    message: msg`There is nothing open that this ${"found"} could close.`,
    detail: msg`Remove it, or write the opening bracket that belongs to it.`,
  },
  "json-trailing-comma": {
    severity: "error",
    message: msg`A comma stands after the last ${"item"}.`,
    detail: msg`JSON allows commas only between ${"items"}; remove it.`,
  },
  "json-property-name": {
    severity: "error",
    message: msg`The name of a property must be a string in double quotes, not ${"found"}.`,
    detail: msg`${"hint"}`,
  },
  "json-missing-colon": {
    severity: "error",
    message: msg`A colon must stand between a property's name and its value, not ${"found"}.`,
    detail: msg`A property has the form "name": value.`,
  },
  "json-missing-comma": {
    severity: "error",
    message: msg`A comma must stand between ${"items"}.`,
    detail: msg`${"hint"}`,
  },
  "json-colon-in-array": {
    severity: "error",
    message: msg`An array has values only, no names with colons.`,
    detail: msg`Use braces for properties with names: {"name": value}.`,
  },
  "json-too-deeply-nested": {
    severity: "error",
    message: msg`The nesting is too deep here.`,
    detail: msg`At most ${"limit"} levels of objects and arrays are allowed.`,
  },
  "json-duplicate-property": {
    severity: "error",
    message: msg`The property "${"name"}" is set more than once in this object.`,
    detail: msg`Remove one of the two.`,
  },
});

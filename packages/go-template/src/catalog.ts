import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Everything that can be wrong with a Go template or with rendering one. `place` is line:column inside the template. */
export const goTemplateCatalog = defineCatalog("gotemplate", {
  "unclosed-action": {
    severity: "error",
    message: msg`The template action is not closed.`,
    detail: [
      msg`An action runs from "{{" to "}}", and this one (at ${"place"}) has no "}}".`,
      msg`To get a literal "{{", write {{"{{"}} or {{${"example"}}}.`,
    ],
  },
  "unclosed-comment": {
    severity: "error",
    message: msg`The template comment is not closed.`,
    detail: msg`A comment (at ${"place"}) has the form {{/* text */}}, with nothing between "*/" and "}}" but an optional " -".`,
  },
  "unterminated-literal": {
    severity: "error",
    message: msg`The quoted text in the template does not end.`,
    detail: msg`The literal at ${"place"} has no closing quote on its line.`,
  },
  "bad-literal": {
    severity: "error",
    message: msg`The template holds a literal that is not valid.`,
    detail: msg`${"literal"} at ${"place"} is not a Go string, character or number that templates support.`,
  },
  "bad-character": {
    severity: "error",
    message: msg`The template holds an unexpected character.`,
    detail: msg`${"character"} at ${"place"} cannot stand there in a template action.`,
  },
  unexpected: {
    severity: "error",
    message: msg`The template has unexpected ${"found"}.`,
    detail: msg`At ${"place"} this was expected: ${"expected"}.`,
  },
  "missing-end": {
    severity: "error",
    message: msg`The template block "${"keyword"}" has no {{end}}.`,
    detail: msg`Each if, range, with, define and block needs its own {{end}}; this one begins at ${"place"}.`,
  },
  "missing-value": {
    severity: "error",
    message: msg`A value is missing in the template.`,
    detail: msg`The action at ${"place"} needs a value such as .Name or a function call.`,
  },
  "misplaced-keyword": {
    severity: "error",
    message: msg`The template keyword "${"keyword"}" is not allowed here.`,
    detail: msg`${"reason"} (at ${"place"})`,
  },
  "not-executable": {
    severity: "error",
    message: msg`A stage of the template pipeline is not a function or a field.`,
    detail: msg`Only the first stage may be a plain value; the one at ${"place"} cannot take the value before it.`,
  },
  "undefined-variable": {
    severity: "error",
    message: msg`The template has no variable ${"name"} here.`,
    detail: msg`Variables are set with {{ ${"name"} := … }} and live until the {{end}} of their block (at ${"place"}).`,
  },
  "duplicate-definition": {
    severity: "error",
    message: msg`The template defines "${"name"}" twice.`,
    detail: msg`The second definition is at ${"place"}.`,
  },
  "too-deeply-nested": {
    severity: "error",
    message: msg`The template is nested too deeply.`,
    detail: msg`More than ${"limit"} levels of blocks and parentheses are not supported.`,
  },
  "unknown-function": {
    severity: "error",
    message: msg`There is no template function named "${"name"}" here.`,
    detail: [msg`It is called at ${"place"}.`, msg`${"hint?"}`],
  },
  "unknown-template": {
    severity: "error",
    message: msg`There is no template named "${"name"}".`,
    detail: msg`It is used at ${"place"}; templates are made with {{define "name"}}…{{end}}.`,
  },
  "missing-key": {
    severity: "error",
    message: msg`The template uses "${"name"}", which has no value here.`,
    detail: [msg`It is used at ${"place"}.`, msg`Available are: ${"available?"}.`],
  },
  "no-value": {
    severity: "warning",
    message: msg`The template uses "${"name"}", which is rendered as "<no value>".`,
    detail: [
      msg`Options are Go templates, and nothing of that name has a value here (at ${"place"}).`,
      msg`Did you mean ".${"near?"}"?`,
      msg`To hand the text on as it is, for a program with templates of its own, write ${"literal"}.`,
    ],
  },
  "cannot-access-field": {
    severity: "error",
    message: msg`The template cannot read the field "${"name"}".`,
    detail: msg`The value before it at ${"place"} is ${"type"}, which has no fields.`,
  },
  "not-a-function": {
    severity: "error",
    message: msg`The template gives arguments to something that is not a function.`,
    detail: msg`${"operand"} at ${"place"} takes no arguments.`,
  },
  "argument-count": {
    severity: "error",
    message: msg`The template function "${"name"}" got ${"got"} arguments.`,
    detail: msg`It needs ${"want"} (at ${"place"}).`,
  },
  "argument-type": {
    severity: "error",
    message: msg`An argument of the template function "${"name"}" has the wrong type.`,
    detail: msg`Argument ${"position"} must be ${"want"}, but it is ${"got"} (at ${"place"}).`,
  },
  "function-failed": {
    severity: "error",
    message: msg`The template function "${"name"}" failed.`,
    detail: msg`${"reason"} (at ${"place"})`,
  },
  "cannot-iterate": {
    severity: "error",
    message: msg`The template cannot iterate over this value.`,
    detail: msg`"range" at ${"place"} got ${"type"}; it takes a list, a map or a whole number.`,
  },
  "invalid-command": {
    severity: "error",
    message: msg`The template has a value that cannot stand alone.`,
    detail: msg`"nil" at ${"place"} is not a command.`,
  },
  "too-much-work": {
    severity: "error",
    message: msg`Rendering the template takes too much work.`,
    detail: msg`It was stopped after ${"limit"}; a template may not loop or grow without bounds.`,
  },
});

import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong when a function asks a service. No entry ever shows a secret. */
export const effectCatalog = defineCatalog("effect", {
  "not-configured": {
    severity: "error",
    message: msg`The function "${"name"}" needs ${"setting"}, which is not set.`,
    detail: msg`${"advice"}`,
  },
  unreachable: {
    severity: "error",
    message: msg`The function "${"name"}" could not reach ${"service"}.`,
    detail: msg`The address is ${"address"}: ${"reason"}.`,
  },
  refused: {
    severity: "error",
    message: msg`${"service"} refused the request of the function "${"name"}".`,
    detail: msg`It answered with status ${"status"}: ${"reason"}.`,
  },
  "not-found": {
    severity: "error",
    message: msg`${"service"} has nothing under the name that "${"name"}" asked for.`,
    detail: msg`The name is "${"key"}".`,
  },
  "missing-key": {
    severity: "error",
    message: msg`The secret that "${"name"}" read has no key "${"key"}".`,
    detail: msg`Its keys are: ${"keys"}.`,
  },
  "ambiguous-key": {
    severity: "error",
    message: msg`The secret that "${"name"}" read has several keys.`,
    detail: msg`Name one of them as the second argument: ${"keys"}.`,
  },
  "not-text": {
    severity: "error",
    message: msg`The value that "${"name"}" read is not a text.`,
    detail: msg`The value of "${"key"}" is empty, binary, or a structure; only texts, numbers and bools can be used.`,
  },
  "unusable-arguments": {
    severity: "error",
    message: msg`The function "${"name"}" has arguments that its service cannot be asked with.`,
    detail: msg`${"reason"} Services are asked before anything starts.`,
  },
  "bad-answer": {
    severity: "error",
    message: msg`${"service"} gave the function "${"name"}" an answer that cannot be understood.`,
    detail: msg`${"reason"}.`,
  },
});

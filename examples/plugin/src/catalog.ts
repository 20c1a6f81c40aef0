import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Everything that a user of this plugin can do wrong, with what to do about it. */
export const catalog = defineCatalog("greeting", {
  "invalid-mode": {
    severity: "error",
    message: msg`The mode ${"mode"} is not an octal number such as 0644.`,
    detail: msg`Write three or four digits from 0 to 7, in quotes.`,
  },
  "folder-unusable": {
    severity: "error",
    message: msg`The folder ${"path"} cannot be made: ${"reason"}.`,
    detail: msg`It must not exist yet, and the folder above it must.`,
  },
  "check-failed": {
    severity: "error",
    message: msg`The check of the greeting ended with exit code ${"code"}.`,
    detail: msg`The command was: ${"command"}. Its output stands above.`,
  },
});

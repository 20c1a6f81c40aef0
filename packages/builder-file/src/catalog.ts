import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Failures of the file builder. */
export const fileBuilderCatalog = defineCatalog("file-builder", {
  "source-unreadable": {
    severity: "error",
    message: msg`The file ${"path"} cannot be read: ${"reason"}.`,
    detail: msg`It must be a regular file. Relative paths start in the folder that hclbuild was started in.`,
  },
  "target-unwritable": {
    severity: "error",
    message: msg`The file ${"path"} cannot be written: ${"reason"}.`,
    detail: msg`Check that its folder may be written to and has space left.`,
  },
});

import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while files are found, read and written for formatting. */
export const fmtCatalog = defineCatalog("fmt", {
  unreadable: {
    severity: "error",
    message: msg`The ${"what"} ${"path"} cannot be read.`,
    detail: msg`The system says: ${"reason"}.`,
  },
  unwritable: {
    severity: "error",
    message: msg`The file ${"path"} cannot be written.`,
    detail: msg`The system says: ${"reason"}. The file is as it was.`,
  },
  "unsupported-file": {
    severity: "error",
    message: msg`The file ${"path"} is none that can be formatted.`,
    detail: [
      msg`${"hint?"}`,
      msg`Files ending in .pkr.hcl and .pkrvars.hcl are; a folder stands for all such files in it.`,
    ],
  },
});

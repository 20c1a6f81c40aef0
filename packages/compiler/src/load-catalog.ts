import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while a template is read. */
export const loadCatalog = defineCatalog("load", {
  "not-found": {
    severity: "error",
    message: msg`There is no file or directory at the template's path.`,
    detail: msg`Nothing was found at ${"path"}.`,
  },
  unreadable: {
    severity: "error",
    message: msg`A file cannot be read.`,
    detail: msg`Reading ${"path"} failed: ${"reason"}.`,
  },
  "empty-directory": {
    severity: "error",
    message: msg`The directory holds no template.`,
    detail: msg`No file in ${"path"} has a name that ends in .pkr.hcl or .pkr.json.`,
  },
  "legacy-template": {
    severity: "error",
    message: msg`Legacy JSON templates are not supported yet.`,
    detail: [
      msg`${"path"} is read as one because its name does not end in .pkr.hcl or .pkr.json.`,
      msg`If it is an HCL template, rename it to ${"renamed?"}.`,
    ],
  },
  "variable-file-name": {
    severity: "error",
    message: msg`The kind of a variable file cannot be told from its name.`,
    detail: msg`${"path"} must have a name that ends in .hcl or .json.`,
  },
});

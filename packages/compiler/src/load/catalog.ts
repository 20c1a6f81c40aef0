import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while a template is read. */
export const loadCatalog = defineCatalog("load", {
  "not-found": {
    severity: "error",
    message: msg`There is no template at ${"path"}.`,
    detail: [
      msg`Did you mean ${"near?"}?`,
      msg`No file or folder has this name. Relative paths start in the folder that hclbuild was started in.`,
    ],
  },
  unreadable: {
    severity: "error",
    message: msg`Reading ${"path"} failed.`,
    detail: msg`The system says: ${"reason"}.`,
  },
  "file-name": {
    severity: "error",
    message: msg`The name ${"path"} holds bytes that are not UTF-8.`,
    detail: msg`Only files and folders whose names are UTF-8 can be opened. Rename it, or check the encoding of the terminal.`,
  },
  "not-text": {
    severity: "error",
    message: msg`The file ${"path"} is not a text in UTF-8.`,
    detail: [
      msg`It is a text in ${"encoding?"}. Save it with the encoding UTF-8.`,
      msg`It holds bytes that are zero, as programs, images and archives do. Check the path, or restore the file.${"binary?"}`,
    ],
  },
  "empty-directory": {
    severity: "error",
    message: msg`The folder ${"path"} holds no template.`,
    detail: [
      msg`No file in it has a name that ends in .pkr.hcl or .pkr.json; folders inside of it are not searched.`,
      msg`If ${"found?"} is a template, rename it to ${"renamed?"}.`,
    ],
  },
  "legacy-template": {
    severity: "error",
    message: msg`Legacy JSON templates are not supported yet.`,
    detail: [
      msg`${"path?"} is read as one because its name does not end in .pkr.hcl or .pkr.json.`,
      msg`The text from standard input has a property named "builders", as only they have.${"builders?"}`,
      msg`The text from standard input is read as one because of -config-type=json. If it is an HCL template, leave the flag out.${"flag?"}`,
      msg`If it is an HCL template, rename it to ${"renamed?"}.`,
      msg`Packer's command hcl2_upgrade makes an HCL template of it.${"upgrade?"}`,
    ],
  },
  "variable-file-missing": {
    severity: "error",
    message: msg`There is no variable file at ${"path"}.`,
    detail: [
      msg`Did you mean ${"near?"}?`,
      msg`Relative paths start in the folder that hclbuild was started in, also when the template is elsewhere.`,
    ],
  },
  "variable-file-name": {
    severity: "error",
    message: msg`The kind of the variable file ${"path"} cannot be told from its name.`,
    detail: msg`Its name must end in .hcl or .json.`,
  },
});

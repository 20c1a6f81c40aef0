import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while files are found, read and written for formatting. */
export const fmtCatalog = defineCatalog("fmt", {
  unreadable: {
    severity: "error",
    message: msg`The ${"what"} ${"path"} cannot be read.`,
    detail: msg`The system says: ${"reason"}.`,
  },
  "file-name": {
    severity: "error",
    message: msg`The name ${"path"} holds bytes that are not UTF-8.`,
    detail: msg`Only files and folders whose names are UTF-8 can be opened. Rename it, or check the encoding of the terminal.`,
  },
  "empty-path": {
    severity: "error",
    message: msg`One of the paths is empty.`,
    detail: msg`A variable of the shell may not be set. The working folder is written as a dot.`,
  },
  interrupted: {
    severity: "error",
    message: msg`Formatting was interrupted.`,
    detail: msg`The files that were named are done, the others are as they were.`,
  },
  unwritable: {
    severity: "error",
    message: msg`The file ${"path"} cannot be written.`,
    detail: msg`The system says: ${"reason"}. The file is as it was.`,
  },
  "file-lost": {
    severity: "error",
    message: msg`The file ${"path"} was written in part, and could not be put back.`,
    detail: [
      msg`The system said: ${"reason"}; and when the old text was written back: ${"second"}.`,
      msg`The file may hold parts of both texts. Restore it, from version control for example.`,
    ],
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

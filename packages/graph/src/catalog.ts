import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Diagnostics about graph documents, such as a plan file. */
export const graphCatalog = defineCatalog("graph", {
  "not-json": {
    severity: "error",
    message: msg`The build graph is not valid JSON.`,
    detail: msg`${"reason"}. Write it again with graph -format=json -out FILE.`,
  },
  "unsupported-format": {
    severity: "error",
    message: msg`The build graph has a format that this version cannot read.`,
    detail: msg`It says ${"format"}; this version reads hclbuild.graph/1. Write it again with graph -format=json -out FILE.`,
  },
  "unsupported-capability": {
    severity: "error",
    message: msg`The build graph needs a capability that this version does not have.`,
    detail: msg`It needs ${"capability"}. Run it with the version that wrote it.`,
  },
  malformed: {
    severity: "error",
    message: msg`The build graph is damaged.`,
    detail: msg`At ${"pointer"}: ${"problem"}. Write it again with graph -format=json -out FILE.`,
  },
});

import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Failures that the helpers of this package report. */
export const runCatalog = defineCatalog("run", {
  "cannot-ask": {
    severity: "error",
    message: msg`There is nobody to answer a question.`,
    detail: msg`The build asked "${"question"}". Run it on a terminal, or remove what asks.`,
  },
  "command-not-started": {
    severity: "error",
    message: msg`The command could not be started: ${"reason"}.`,
    detail: msg`Check that the program exists and may be executed by the user that runs the build. Long values are better passed in a file.`,
  },
  "no-communicator": {
    severity: "error",
    message: msg`The machine has no connection, so that ${"what"} is not possible.`,
    detail: msg`The communicator is "none"; choose another one, or remove the steps that need it.`,
  },
  "transfer-failed": {
    severity: "error",
    message: msg`${"what"} failed: ${"reason"}.`,
    detail: msg`Check the paths on both sides, the permissions and the free space.`,
  },
});

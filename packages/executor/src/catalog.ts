import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can go wrong while a graph runs, besides the components' own failures. */
export const executeCatalog = defineCatalog("execute", {
  "component-missing": {
    severity: "error",
    message: msg`The ${"kind"} "${"name"}" is not available.`,
    detail: msg`The graph wants it from ${"plugin"}, which is not among the loaded plugins. Run hclbuild init to see which plugins are missing.`,
  },
  "plugin-unloadable": {
    severity: "error",
    message: msg`The ${"kind"} "${"name"}" cannot be loaded: ${"reason"}.`,
    detail: msg`It comes from ${"plugin"}; install that plugin again.`,
  },
  "unknown-option": {
    severity: "error",
    message: msg`The value of "${"option"}" is still not known.`,
    detail: msg`It depends on something that the build did not make known, such as an output that the builder does not offer.`,
  },
  "wrong-type": {
    severity: "error",
    message: msg`The value of "${"option"}" is not suitable: ${"reason"}.`,
    detail: msg`The value came up while the build ran.`,
  },
  "step-timeout": {
    severity: "error",
    message: msg`The provisioner did not finish within ${"timeout"}.`,
    detail: msg`Raise its timeout, or find out from the output above what it was waiting for.`,
  },
  "communicator-missing": {
    severity: "error",
    message: msg`There is no communicator named "${"name"}".`,
    detail: msg`Available are: ${"available"}.`,
  },
  "no-connection": {
    severity: "error",
    message: msg`The machine of this build cannot be connected to, so that provisioners cannot run.`,
    detail: msg`Set communicator = "none" for builds whose provisioners only work on this machine.`,
  },
  "clean-up-failed": {
    severity: "warning",
    message: msg`A clean-up failed: ${"what"}: ${"reason"}.`,
    detail: msg`Something may have stayed behind; hclbuild cleanup tries again.`,
  },
  "secret-too-short": {
    severity: "warning",
    message: msg`A sensitive value of fewer than ${"length"} characters is not hidden in the output.`,
    detail: msg`Hiding so short a text would make the output unreadable and reveal the value all the same.`,
  },
  "option-not-honoured": {
    severity: "warning",
    message: msg`The builder "${"builder"}" cannot honour ${"option"}.`,
    detail: msg`It runs its build by itself; the option is passed on to it.`,
  },
  "checkpoints-off": {
    severity: "warning",
    message: msg`The build keeps no checkpoints: ${"reason"}.`,
    detail: msg`It runs all of its steps, now and the next time.`,
  },
  "temporary-unwritable": {
    severity: "error",
    message: msg`The folder ${"path"} for temporary files cannot be made: ${"reason"}.`,
    detail: msg`Set TMPDIR to a folder that can be written to and has space left.`,
  },
  "state-unwritable": {
    severity: "warning",
    message: msg`The state folder ${"path"} cannot be written: ${"reason"}.`,
    detail: msg`The run goes on without a journal; hclbuild cleanup will not know of it. Set HCLBUILD_STATE_DIR to a folder that can be written.`,
  },
  "state-elsewhere": {
    severity: "warning",
    message: msg`The state of this run is kept in ${"path"}.`,
    detail: msg`The folder beside the template cannot be written: ${"reason"}.`,
  },
});

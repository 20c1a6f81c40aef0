import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can be wrong with a plugin that is an npm package. */
export const pluginCatalog = defineCatalog("plugin", {
  "invalid-source": {
    severity: "error",
    message: msg`The source ${"source"} does not name an npm package.`,
    detail: msg`Write npm/SCOPE/NAME for the package @SCOPE/NAME.`,
  },
  "not-installed": {
    severity: "error",
    message: msg`The plugin ${"source"} (${"name"}) is not installed.`,
    detail: msg`The template requires ${"constraint"}. Install it:\n\n    ${"command"}\n\nand then run hclbuild init. A plugin's code runs with your rights: install only what you trust.`,
  },
  "version-mismatch": {
    severity: "error",
    message: msg`Version ${"version"} of the plugin ${"source"} (${"name"}) is installed, but the template requires ${"constraint"}.`,
    detail: msg`It was found in ${"folder"}. Install another version:\n\n    ${"command"}\n\nand then run hclbuild init -upgrade.`,
  },
  "integrity-mismatch": {
    severity: "error",
    message: msg`The installed plugin ${"source"} is not the one in the lock file.`,
    detail: [
      msg`${"what"} in ${"folder"} is not what it was when ${"lock"} was written.`,
      msg`If you have changed or upgraded it, accept it with hclbuild init -upgrade. Otherwise install the locked version again:\n\n    ${"command"}`,
    ],
  },
  "not-locked": {
    severity: "warning",
    message: msg`The plugin ${"source"} is not in the lock file.`,
    detail: msg`Nothing tells whether it is the one that the template was written with. Run hclbuild init to record version ${"version"} in ${"lock"}, and keep that file with the template.`,
  },
  "invalid-lock": {
    severity: "error",
    message: msg`The lock file ${"lock"} cannot be used: ${"reason"}.`,
    detail: msg`Restore it, or remove it and run hclbuild init to write a new one for what is installed.`,
  },
  "invalid-manifest": {
    severity: "error",
    message: msg`The plugin ${"source"} has no usable manifest: ${"reason"}.`,
    detail: msg`The file is ${"file"}. Its author makes it with renderManifest of @hclbuild/sdk; install a version of the plugin that has one.`,
  },
  "load-failed": {
    severity: "error",
    message: msg`The plugin ${"source"} cannot be loaded: ${"reason"}.`,
    detail: msg`Its module is ${"file"}. When one of its own dependencies is missing, install the plugin again; otherwise this is a fault of the plugin.`,
  },
});

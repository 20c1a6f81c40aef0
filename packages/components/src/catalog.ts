import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** Failures of everything that runs scripts: the shell family on machines and on this one. */
export const scriptCatalog = defineCatalog("script", {
  "exit-code": {
    severity: "error",
    message: msg`Script exited with non-zero exit status: ${"code"}. Allowed exit codes are: [${"allowed"}].`,
    detail: msg`See the script's output above. Codes that mean success are listed in valid_exit_codes.`,
  },
  disconnected: {
    severity: "error",
    message: msg`The connection was lost before the script ended.`,
    detail: msg`If the script restarts the machine on purpose, set expect_disconnect = true and give it time with pause_after.`,
  },
  "not-found": {
    severity: "error",
    message: msg`Bad script '${"path"}': ${"reason"}.`,
    detail: msg`Relative paths start in the folder that hclbuild was started in.`,
  },
  unreadable: {
    severity: "error",
    message: msg`The script ${"path"} cannot be read: ${"reason"}.`,
    detail: msg`It was there when the build began; check that nothing removes or locks it.`,
  },
  "temporary-unwritable": {
    severity: "error",
    message: msg`The temporary file ${"path"} cannot be written: ${"reason"}.`,
    detail: msg`Set TMPDIR to a folder that can be written to and has space left.`,
  },
  "clean-up-failed": {
    severity: "error",
    message: msg`Error removing temporary script at ${"path"}: exit code ${"code"}.`,
    detail: msg`Set skip_clean = true to leave scripts on the machine.`,
  },
  "bad-env-format": {
    severity: "error",
    message: msg`env_var_format must hold two %s, one for the name and one for the value.`,
    detail: msg`It is ${"format"}.`,
  },
  "restart-failed": {
    severity: "error",
    message: msg`The restart command failed with exit code ${"code"}.`,
    detail: msg`See the output of restart_command above.`,
  },
  "restart-timeout": {
    severity: "error",
    message: msg`Timeout waiting for machine to restart.`,
    detail: msg`Raise restart_timeout (now ${"timeout"}) if the machine needs longer.`,
  },
});

/** Failures of the file provisioner. */
export const fileCatalog = defineCatalog("file", {
  "source-not-found": {
    severity: "error",
    message: msg`Bad source '${"path"}': ${"reason"}.`,
    detail: msg`Relative paths start in the folder that hclbuild was started in. A file that an earlier step makes needs generated = true.`,
  },
  "upload-failed": {
    severity: "error",
    message: msg`Upload failed: ${"reason"}.`,
    detail: [
      msg`${"why?"}`,
      msg`Copying ${"source"} to ${"destination"} on the machine. The folder that the destination is in must exist there.`,
    ],
  },
  "download-failed": {
    severity: "error",
    message: msg`Download failed: ${"reason"}.`,
    detail: [msg`${"why?"}`, msg`Copying ${"source"} from the machine to ${"destination"}.`],
  },
});

/** Failures of post-processors that work on an artifact's files. */
export const artifactCatalog = defineCatalog("artifact", {
  "file-unreadable": {
    severity: "error",
    message: msg`Unable to read the artifact file ${"path"}: ${"reason"}.`,
    detail: msg`The artifact names files that must still be there when the post-processor runs.`,
  },
  "output-unwritable": {
    severity: "error",
    message: msg`Unable to write ${"path"}: ${"reason"}.`,
    detail: msg`Check that the folder exists, may be written to, and has space left.`,
  },
  "no-files": {
    severity: "error",
    message: msg`The artifact ${"id"} has no files.`,
    detail: msg`The post-processor ${"postProcessor"} works on files; choose another one, or a builder that makes files.`,
  },
  "no-match": {
    severity: "warning",
    message: msg`The option files of artifice matches no file.`,
    detail: [
      msg`The new artifact has no files. Looked for ${"patterns"} in ${"folder"}.`,
      msg`Paths are relative to the working directory, and the files must exist when the post-processor runs.`,
    ],
  },
});

/** Failures of `compress`. */
export const compressCatalog = defineCatalog("compress", {
  "several-files": {
    severity: "error",
    message: msg`Only one file can be compressed without an archive, but the artifact has ${"count"}.`,
    detail: msg`Let the name in output end with .tar, .tar.gz, .zip or another archive.`,
  },
  "tool-missing": {
    severity: "error",
    message: msg`The program ${"tool"} is needed to write ${"format"} files and is not installed.`,
    detail: msg`Install it, or choose another extension for output: ${"alternatives"}. Without it only less than 1 GiB can be written as xz or bzip2.`,
  },
  "tool-failed": {
    severity: "error",
    message: msg`The program ${"tool"} failed: ${"reason"}.`,
    detail: msg`It was compressing to ${"path"}.`,
  },
});

/** Failures of `manifest`. */
export const manifestCatalog = defineCatalog("manifest", {
  "not-json": {
    severity: "error",
    message: msg`Unable to parse content from ${"path"}: ${"reason"}.`,
    detail: msg`The manifest post-processor adds to a file that it wrote earlier. Remove the file, or name another one in output.`,
  },
  "abandoned-lock": {
    severity: "warning",
    message: msg`The lock file ${"path"} was in the way for ${"seconds"} seconds and has been removed.`,
    detail: msg`Builds that write the same manifest hold it for a moment; one that was killed leaves it behind.`,
  },
  "ignored-lock": {
    severity: "warning",
    message: msg`The lock file ${"path"} was in the way for ${"seconds"} seconds and cannot be removed.`,
    detail: msg`The manifest was written without the lock: entries of builds that write it at the same moment may be lost. Remove the file.`,
  },
});

/** Failures of the `http` data source. */
export const httpCatalog = defineCatalog("http", {
  "request-failed": {
    severity: "error",
    message: msg`HTTP request error: ${"reason"}.`,
    detail: msg`Asking ${"url"}.`,
  },
  status: {
    severity: "error",
    message: msg`HTTP request error. Response code: ${"status"}.`,
    detail: msg`Only codes from 200 to 299 count as success. Asking ${"url"}.`,
  },
});

/** Failures of the `external` data source. */
export const externalCatalog = defineCatalog("external", {
  "program-failed": {
    severity: "error",
    message: msg`The program ${"program"} failed with exit code ${"code"}.`,
    detail: [msg`It wrote to its standard error: ${"output?"}`],
  },
  "not-json-object": {
    severity: "error",
    message: msg`The program ${"program"} did not write a JSON object of texts.`,
    detail: msg`It must write one object whose values are all texts to its standard output: ${"reason"}.`,
  },
});

/** Failures of waiting for a person. */
export const breakpointCatalog = defineCatalog("breakpoint", {
  "not-interactive": {
    severity: "error",
    message: msg`The breakpoint cannot wait, because nobody can press enter.`,
    detail: msg`Run the build on a terminal, or set disable = true.`,
  },
});

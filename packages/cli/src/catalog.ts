import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can be wrong with a command line or with the surroundings of a command. */
export const cliCatalog = defineCatalog("cli", {
  "unknown-command": {
    severity: "error",
    message: msg`There is no command ${"name"}.`,
    detail: [msg`Did you mean ${"near?"}?`, msg`The commands are listed by:\n\n    hclbuild --help`],
  },
  "unknown-flag": {
    severity: "error",
    message: msg`The command ${"command"} has no flag -${"flag"}.`,
    detail: [
      msg`Did you mean -${"near?"}?`,
      msg`The command's flags are listed by:\n\n    hclbuild ${"command"} --help`,
    ],
  },
  "missing-flag-value": {
    severity: "error",
    message: msg`The flag -${"flag"} needs a value.`,
    detail: msg`Write it after the flag or after an equals sign: -${"flag"}=VALUE.`,
  },
  "bad-flag-syntax": {
    severity: "error",
    message: msg`The word ${"text"} is not a flag.`,
    detail: msg`A flag is one or two dashes and a name. Everything after -- is taken as an argument.`,
  },
  "invalid-flag-value": {
    severity: "error",
    message: msg`The flag -${"flag"} does not take the value "${"value"}".`,
    detail: msg`Expected ${"expected"}.`,
  },
  "flag-before-command": {
    severity: "error",
    message: msg`The flag ${"flag"} stands before the command.`,
    detail: msg`Flags belong after the command:\n\n    hclbuild ${"command"} ${"flag"}`,
  },
  "wrong-argument-count": {
    severity: "error",
    message: msg`The command ${"command"} takes ${"expected"}, not ${"count"}.`,
    detail: msg`Usage:\n\n    hclbuild ${"command"} ${"usage"}`,
  },
  "not-yet": {
    severity: "error",
    message: msg`The command ${"command"} does not exist yet.`,
    detail: msg`It is planned; until then use Packer for it.`,
  },
  "json-console": {
    severity: "error",
    message: msg`The console does not evaluate the Go templates of JSON templates yet.`,
    detail: msg`-config-type=json asks for that. Leave the flag out to evaluate expressions.`,
  },
  "check-interrupted": {
    severity: "error",
    message: msg`The check was interrupted.`,
    detail: msg`Data sources were being read, so that nothing is known of the template yet. Without -evaluate-datasources none are read.`,
  },
  "unknown-cache-action": {
    severity: "error",
    message: msg`The command cache cannot do "${"action"}".`,
    detail: msg`It knows ls, which lists checkpoints, and prune, which removes them.`,
  },
  "nothing-to-resume": {
    severity: "error",
    message: msg`There is nothing to resume.`,
    detail: [
      msg`${"reason"}.`,
      msg`A run that is to be resumed must have been started with -cache. Start one:\n\n    hclbuild build -cache ${"template"}`,
    ],
  },
  "no-builds": {
    severity: "error",
    message: msg`There are no builds to run.`,
    detail: msg`Either the template has no build block with a source, or -only and -except leave none of its builds.`,
  },
  "plan-unreadable": {
    severity: "error",
    message: msg`The plan ${"path"} cannot be read.`,
    detail: [msg`The system says: ${"reason"}.`, msg`"hclbuild graph -format=json -out FILE TEMPLATE" writes a plan.`],
  },
  "plan-changed": {
    severity: "error",
    message: msg`The template does not give the plan ${"path"} any more.`,
    detail: [
      msg`These parts differ: ${"parts"}.`,
      msg`Nothing was started. Write the plan again with "hclbuild graph -format=json -out FILE TEMPLATE", and give build the same -var, -var-file, -only and -except.`,
    ],
  },
  "unwritable-file": {
    severity: "error",
    message: msg`The file ${"path"} cannot be written.`,
    detail: msg`The system says: ${"reason"}.`,
  },
  "incomplete-file": {
    severity: "warning",
    message: msg`The file ${"path"} is not complete.`,
    detail: [
      msg`The system says: ${"reason"}.`,
      msg`The run goes on without it. Free some space, or choose another place for it.`,
    ],
  },
  "unknown-component": {
    severity: "error",
    message: msg`There is no ${"kind"} called ${"name"}.`,
    detail: [msg`Did you mean ${"near?"}?`, msg`All components are listed by:\n\n    hclbuild schema`],
  },
  "unknown-schema": {
    severity: "error",
    message: msg`There is no schema of the kind ${"kind"}.`,
    detail: [
      msg`Did you mean ${"near?"}?`,
      msg`A component is named by its kind (builder, provisioner, post-processor or data-source) and its name, as in:\n\n    hclbuild schema builder docker`,
    ],
  },
  "schema-with-folder": {
    severity: "error",
    message: msg`With -out, all schemas are written, not only "${"given"}".`,
    detail: msg`Leave one of the two out, or name a template whose variable files shall have a schema too:\n\n    hclbuild schema -out ${"folder"} variables TEMPLATE`,
  },
  "missing-plugin": {
    severity: "error",
    message: msg`The plugin ${"source"} (${"name"}) is not installed.`,
    detail: [
      msg`The template requires ${"constraint?"}.`,
      msg`It is not one of the built-in plugins, and installing plugins is not possible yet; until then build this template with Packer.`,
    ],
  },
});

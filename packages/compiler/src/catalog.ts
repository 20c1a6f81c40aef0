import { defineCatalog, msg } from "@hclbuild/diagnostics";

/** What can be wrong with the blocks of a template and how they fit together. */
export const configCatalog = defineCatalog("config", {
  "invalid-name": {
    severity: "error",
    message: msg`This ${"what"} does not have a valid name.`,
    detail: msg`A name begins with a letter and goes on with letters, digits, underscores and hyphens.`,
  },
  "duplicate-definition": {
    severity: "error",
    message: msg`The ${"what"} "${"name"}" is defined more than once.`,
    detail: msg`Rename one of the two, or remove it.`,
  },
  "not-literal": {
    severity: "error",
    message: msg`The value of "${"name"}" must be written out.`,
    detail: [
      msg`It is read before anything is evaluated, so it cannot use variables or functions.`,
      msg`${"expected?"}`,
    ],
  },
  "sensitive-template": {
    severity: "error",
    message: msg`The sensitive value of "${"name"}" is not a valid Go template.`,
    detail: msg`What exactly is wrong is not shown, as that would show the value. Options are Go templates: an action runs from "{{" to "}}", and to get a literal "{{" write {{"{{"}}.`,
  },
  "unsupported-core-version": {
    severity: "error",
    message: msg`This template does not support the Packer version that hclbuild is compatible with.`,
    detail: msg`It requires "${"constraint"}", and this hclbuild behaves as Packer ${"version"}. Change required_version, or use another hclbuild.`,
  },
  "invalid-constraint": {
    severity: "error",
    message: msg`This is not a version constraint.`,
    detail: [
      msg`${"problem?"}`,
      msg`Write an operator and a version, such as ">= 1.2.0"; several are separated by commas.${"form?"}`,
    ],
  },
  "required-plugin-form": {
    severity: "error",
    message: msg`The requirement for the plugin "${"name"}" is incomplete.`,
    detail: msg`${"problem"}. Write ${"name"} = { source = "github.com/…/…", version = ">= 1.0.0" }.`,
  },
  "plugin-accessor": {
    severity: "error",
    message: msg`A plugin's local name must be in lower case.`,
    detail: msg`Write ${"normalized"} instead.`,
  },
  "plugin-source": {
    severity: "error",
    message: msg`This is not the address of a plugin.`,
    detail: [msg`Here ${"problem"}.`, msg`Did you mean "${"suggestion?"}"?`],
  },
  "duplicate-plugin": {
    severity: "error",
    message: msg`The plugin "${"name"}" is required more than once.`,
    detail: msg`Remove one of the two, or give it another local name.`,
  },
  "plugin-version": {
    severity: "warning",
    message: msg`The built-in plugin "${"name"}" does not meet the version that is required.`,
    detail: msg`The template asks for "${"constraint"}", and the built-in behaves as version ${"version"} of ${"source"}. Nothing is refused for it; change the constraint if the template works with that version.`,
  },
  "plugin-unavailable": {
    severity: "warning",
    message: msg`The plugin "${"name"}" is not available.`,
    detail: msg`It comes from ${"source"}, which is neither built in nor installed. Nothing in the template uses it; remove the requirement if it is not needed.`,
  },
  "component-unavailable": {
    severity: "error",
    message: msg`The plugin "${"name"}" is not available.`,
    detail: msg`The ${"kind"} "${"component"}" comes from ${"source"}, which is neither built in nor installed. Builds that use it need Packer; the rest of the template is checked all the same.`,
  },
  "unknown-component": {
    severity: "error",
    message: msg`There is no ${"kind"} named "${"name"}".`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`If a plugin brings it, name the plugin in required_plugins; the rest of the template is checked all the same.${"advice?"}`,
    ],
  },
  "missing-build": {
    severity: "error",
    message: msg`The template has no build block.`,
    detail: msg`A build block with at least one source says what is to be built.`,
  },
  "missing-source": {
    severity: "error",
    message: msg`This build has no source.`,
    detail: msg`Name sources with sources = ["source.TYPE.NAME"], or write source blocks.`,
  },
  "source-reference-form": {
    severity: "error",
    message: msg`This is not a reference to a source.`,
    detail: msg`Write "source.TYPE.NAME" or "TYPE.NAME".`,
  },
  "unknown-source": {
    severity: "error",
    message: msg`There is no source "${"name"}".`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`The sources are: ${"known?"}.`,
      msg`This template has no source blocks.${"none?"}`,
    ],
  },
  "invalid-argument": {
    severity: "error",
    message: msg`The value of "${"name"}" does not fit.`,
    detail: [msg`${"problem"}.`, msg`Write a list of one element in brackets: ${"brackets?"}`],
  },
  "sensitive-argument": {
    severity: "error",
    message: msg`The value of "${"name"}" must not be sensitive.`,
    detail: msg`It becomes part of names and of the plan, which are shown.`,
  },
  "duplicate-block": {
    severity: "error",
    message: msg`Only one block of type "${"type"}" may be here.`,
    detail: msg`Remove one of the two.`,
  },
  "only-and-except": {
    severity: "error",
    message: msg`Only one of "only" and "except" may be set.`,
    detail: msg`"only" names the sources that the block is for, "except" those that it is not for. Remove one of them.`,
  },
  "timeout-without-effect": {
    severity: "warning",
    message: msg`With "pause_before", the "timeout" has no effect.`,
    detail: msg`Packer ignores the timeout of a provisioner that pauses first, and so does hclbuild.`,
  },
  "unknown-build-name": {
    severity: "warning",
    message: msg`"${"name"}" is not the name of a source in this build.`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`Names are compared as a whole, so nothing may stand before the type.${"exact?"}`,
      msg`The names are: ${"known?"}.`,
    ],
  },
  "unknown-override-name": {
    severity: "warning",
    message: msg`"${"name"}" is not the name of a source in this build, so this override has no effect.`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`A source is named here without its type.${"bare?"}`,
      msg`The names are: ${"known?"}.`,
    ],
  },
  "unmatched-pattern": {
    severity: "warning",
    message: msg`The pattern "${"pattern"}" of ${"flag"} matches nothing.`,
    detail: [
      msg`Did you mean "${"near?"}"?`,
      msg`An empty value selects nothing; is a variable of the shell unset?${"empty?"}`,
      msg`The builds are: ${"known?"}.`,
      msg`The template has no builds.${"none?"}`,
      msg`The post-processors are: ${"postProcessors?"}.`,
    ],
  },
  "invalid-pattern": {
    severity: "error",
    message: msg`The pattern of ${"flag"} is malformed.`,
    detail: msg`In "${"pattern"}", a bracket or brace is not closed.`,
  },
  "registry-recorded": {
    severity: "info",
    message: msg`hclbuild does not publish to the HCP Packer registry.`,
    detail: msg`The block is checked and recorded, and nothing is sent.`,
  },
  "registry-bucket": {
    severity: "error",
    message: msg`This is not a valid bucket name.`,
    detail: msg`It must be 3 to 36 letters, digits and hyphens.`,
  },
  "registry-description": {
    severity: "error",
    message: msg`The description is too long.`,
    detail: msg`It may have at most 255 characters.`,
  },
  "block-ignored": {
    severity: "warning",
    message: msg`Blocks of type "${"type"}" have no effect.`,
    detail: msg`Packer accepts and ignores them, and so does hclbuild.`,
  },
});

/** What can be wrong with a reference. */
export const referenceCatalog = defineCatalog("ref", {
  "undeclared-variable": {
    severity: "error",
    message: msg`There is no variable named "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Declare it with a variable block.${"declare?"}`],
  },
  "undeclared-local": {
    severity: "error",
    message: msg`There is no local named "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Declare it in a locals block.${"declare?"}`],
  },
  "undeclared-data": {
    severity: "error",
    message: msg`There is no data source "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Declare it with a data block.${"declare?"}`],
  },
  "unknown-key": {
    severity: "error",
    message: msg`"${"root"}" has no attribute named "${"name"}".`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`It has: ${"known"}.`],
  },
  "not-available-here": {
    severity: "error",
    message: msg`"${"root"}" cannot be used here.`,
    detail: msg`${"reason"}`,
  },
  "incomplete-reference": {
    severity: "error",
    message: msg`This reference is incomplete.`,
    detail: msg`Write ${"form"}.`,
  },
  cycle: {
    severity: "error",
    message: msg`These definitions depend on each other.`,
    detail: msg`${"chain"}. None of them can be evaluated before the next one; break the circle.`,
  },
});

/** What can be wrong with input variables and their values. */
export const variableCatalog = defineCatalog("variable", {
  "undeclared-in-file": {
    severity: "warning",
    message: msg`A variable file assigns "${"name"}", which the template does not declare.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Declare it with a variable block, or remove it from the file.`],
  },
  "undeclared-in-file-strict": {
    severity: "error",
    message: msg`A variable file assigns "${"name"}", which the template does not declare.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`With -strict-vars this is an error.`],
  },
  "undeclared-flag": {
    severity: "error",
    message: msg`The flag -var sets "${"name"}", which the template does not declare.`,
    detail: [msg`Did you mean "${"near?"}"?`, msg`Declare it with a variable block.`],
  },
  "flag-form": {
    severity: "error",
    message: msg`The flag -var needs the form name=value.`,
    detail: msg`"${"text"}" has no equals sign.`,
  },
  "replaced-bytes": {
    severity: "warning",
    message: msg`The value of the variable "${"name"}" holds the replacement character U+FFFD.`,
    detail: msg`In ${"origin"} it mostly stands for bytes that are not UTF-8, which no value can hold: encode the value as UTF-8, or as Base64 and read it with base64decode. If the character itself is meant, write the value into a variable file.`,
  },
  "block-in-file": {
    severity: "error",
    message: msg`A variable is declared in a variable file.`,
    detail: msg`Variable files assign values: write ${"name"} = …, and declare the variable in a .pkr.hcl file.`,
  },
  unset: {
    severity: "error",
    message: msg`The variable "${"name"}" has no value.`,
    detail: msg`It has no default, so give it a value with -var ${"name"}=…, a variable file, or the environment variable PKR_VAR_${"name"}.`,
  },
  "invalid-value": {
    severity: "error",
    message: msg`The value of the variable "${"name"}" does not fit its type.`,
    detail: msg`The value from ${"origin"} is not suitable: ${"problem"}. The type is ${"type"}.`,
  },
  "invalid-expression": {
    severity: "error",
    message: msg`The value of the variable "${"name"}" cannot be read.`,
    detail: msg`The value from ${"origin"} is no valid expression of the type ${"type"}. As the variable is sensitive, what is wrong is not shown: check that texts stand in double quotes and that each bracket is closed.`,
  },
  "invalid-default": {
    severity: "error",
    message: msg`The default of the variable "${"name"}" does not fit its type.`,
    detail: msg`${"problem"}. The type is ${"type"}.`,
  },
  "condition-reference": {
    severity: "error",
    message: msg`The condition of the variable "${"name"}" may use only that variable.`,
    detail: msg`${"problem"}`,
  },
  "condition-result": {
    severity: "error",
    message: msg`The condition of the variable "${"name"}" does not give true or false.`,
    detail: msg`${"problem"}.`,
  },
  "error-message-form": {
    severity: "error",
    message: msg`This is not a suitable error message.`,
    detail: msg`${"problem"}. Write at least one full sentence that begins with an upper-case letter and ends with a period, question mark or exclamation mark.`,
  },
  "validation-failed": {
    severity: "error",
    message: msg`The value of the variable "${"name"}" is not allowed.`,
    detail: msg`${"explanation"} The value comes from ${"origin"}.`,
  },
});

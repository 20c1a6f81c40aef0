import type { FlagSpec } from "./flags.js";

/** The flags that every command taking a template accepts, also where they have no effect, as in Packer. */
export const templateFlags: readonly FlagSpec[] = [
  {
    name: "var",
    kind: "texts",
    placeholder: "NAME=VALUE",
    help: "Sets an input variable. May be repeated; the last value of a name wins.",
  },
  {
    name: "var-file",
    kind: "texts",
    placeholder: "PATH",
    help: "Reads input variables from a .pkrvars.hcl or .json file. May be repeated; later files win.",
  },
  {
    name: "only",
    kind: "texts",
    placeholder: "GLOB,...",
    help: "Keeps only the builds whose full name matches one of the patterns.",
  },
  {
    name: "except",
    kind: "texts",
    placeholder: "GLOB,...",
    help: "Leaves out matching builds, and the rest of a chain from a matching post-processor on.",
  },
  {
    name: "config-type",
    kind: "text",
    placeholder: "TYPE",
    choices: ["json", "hcl2"],
    help: "What a template from standard input is: json, a legacy template, or hcl2. Unset, its text tells.",
  },
];

/** Accepted for scripts written for Packer; evaluation here never depends on it. */
export const evaluationFlags: readonly FlagSpec[] = [
  {
    name: "use-sequential-evaluation",
    kind: "bool",
    help: "Accepted and without effect: values are computed on demand, which gives the same result.",
  },
  {
    name: "ignore-prerelease-plugins",
    kind: "bool",
    help: "Does not use development versions of installed plugins.",
  },
];

/** What a name is that a variable file sets and the template does not declare. */
export type UndeclaredNames = "ignore" | "warn" | "error";

/** `-strict-vars`, for commands that say what is wrong with variable files. */
export const strictVariablesFlag: FlagSpec = {
  name: "strict-vars",
  kind: "bool",
  help: "Makes it an error when a variable file sets a variable that the template does not declare.",
};

/** `-color`, for commands with human output. */
export const colorFlag: FlagSpec = {
  name: "color",
  kind: "bool",
  placeholder: "true|false",
  help: "Forces colours on or off. Unset: on for a terminal, with FORCE_COLOR and in a known CI service.",
};

import type { CommandSpec } from "./command.js";
import { colorFlag, evaluationFlags, templateFlags, strictVariablesFlag } from "./flags/shared-flags.js";

const oneTemplate = { min: 1, max: 1 };
const optionalTemplate = { min: 0, max: 1 };

const build: CommandSpec = {
  name: "build",
  summary: "Builds the images that a template describes",
  usage: "[options] TEMPLATE",
  description: [
    "Compiles the template, runs its builds in parallel and hands each result to its post-processors. TEMPLATE is a folder or one .pkr.hcl or .pkr.json file.",
    "The exit code is 0 when every selected build succeeded and 1 otherwise.",
  ],
  flags: [
    colorFlag,
    {
      name: "cache",
      kind: "bool",
      help: "Keeps the state of each machine after every step, and goes on from the newest that is still valid.",
    },
    {
      name: "cache-from-step",
      kind: "int",
      placeholder: "N",
      help: "Like -cache, and runs step N of each build, counted from 1, and all after it in any case.",
    },
    {
      name: "cache-max-age",
      kind: "text",
      placeholder: "DURATION",
      help: "Like -cache, and does not use states that are older, such as 12h.",
    },
    { name: "debug", kind: "bool", help: "Pauses after each step and runs the builds one after the other." },
    { name: "force", kind: "bool", help: "Lets components replace what an earlier build left behind." },
    {
      name: "format",
      kind: "text",
      choices: ["human", "ndjson"],
      default: "human",
      placeholder: "FORMAT",
      help: "human for people, ndjson for one JSON event a line.",
    },
    {
      name: "log-dir",
      kind: "text",
      placeholder: "DIR",
      help: "Writes the output of each build into a file of its own in this folder, too.",
    },
    {
      name: "machine-readable",
      kind: "bool",
      help: "Prints comma-separated lines for programs, as Packer does, unless -format names another form.",
    },
    {
      name: "on-error",
      kind: "text",
      choices: ["cleanup", "abort", "ask", "run-cleanup-provisioner", "shell"],
      placeholder: "MODE",
      help: "What happens when a step fails: cleanup (default), abort, ask, run-cleanup-provisioner, or shell, which opens a shell on the machine first.",
    },
    {
      name: "parallel-builds",
      kind: "int",
      placeholder: "N",
      help: "Runs at most N builds at a time; 0, the default, means no limit.",
    },
    {
      name: "report",
      kind: "text",
      placeholder: "FILE.html",
      help: "Writes a page with a timeline, the output, artifacts and diagnostics of the run, too.",
    },
    {
      name: "resume",
      kind: "bool",
      help: "Goes on with the last run of this template, which failed: builds it finished are kept, others go on at the step that failed. Like -cache otherwise.",
    },
    {
      name: "skip-unchanged",
      kind: "bool",
      help: "Does not run a build again whose template and files are those of an artifact that still exists.",
    },
    {
      name: "skip-enforcement",
      kind: "bool",
      help: "Accepted and without effect: no provisioner is ever added from outside the template.",
    },
    {
      name: "timeout",
      kind: "text",
      placeholder: "DURATION",
      help: "Cancels all builds after this time and cleans up, such as 90s or 1h30m.",
    },
    { name: "timestamp-ui", kind: "bool", help: "Starts each line with the local time in RFC 3339 form." },
    {
      name: "warn-on-undeclared-var",
      kind: "bool",
      help: "Warns when a variable file sets a variable that the template does not declare.",
    },
    {
      name: "plan",
      kind: "text",
      placeholder: "FILE",
      help: "Runs only if the template still gives the graph that graph -format=json -out FILE wrote.",
    },
    strictVariablesFlag,
    ...templateFlags,
    ...evaluationFlags,
  ],
  arguments: oneTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/build.js"),
};

const validate: CommandSpec = {
  name: "validate",
  summary: "Checks a template without building anything",
  usage: "[options] TEMPLATE",
  description: [
    "Compiles the template as build does and stops before anything runs. Data sources are not read; what depends on them is checked as far as its type allows.",
  ],
  flags: [
    colorFlag,
    { name: "syntax-only", kind: "bool", help: "Checks the syntax and the structure of blocks only." },
    { name: "evaluate-datasources", kind: "bool", help: "Really reads data sources; this may cost money." },
    {
      name: "format",
      kind: "text",
      choices: ["human", "json", "sarif", "github"],
      default: "human",
      placeholder: "FORMAT",
      help: "human for people, json or sarif for programs, github for annotations in GitHub Actions.",
    },
    {
      name: "no-warn-undeclared-var",
      kind: "bool",
      help: "Does not warn when a variable file sets a variable that the template does not declare.",
    },
    strictVariablesFlag,
    {
      name: "machine-readable",
      kind: "bool",
      help: "Prints comma-separated lines for programs, as Packer does, unless -format names another form.",
    },
    ...templateFlags,
    ...evaluationFlags,
  ],
  arguments: oneTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/validate.js"),
};

const inspect: CommandSpec = {
  name: "inspect",
  summary: "Lists the variables, locals and builds of a template",
  usage: "[options] TEMPLATE",
  description: [
    "Prints what the template declares, with the values its variables and locals have. Sensitive values are masked.",
  ],
  flags: [
    colorFlag,
    {
      name: "format",
      kind: "text",
      choices: ["human", "json"],
      default: "human",
      placeholder: "FORMAT",
      help: "human for people, json for programs.",
    },
    {
      name: "machine-readable",
      kind: "bool",
      help: "Prints comma-separated lines for programs, as Packer does, unless -format names another form.",
    },
    ...templateFlags,
    ...evaluationFlags,
  ],
  arguments: oneTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/inspect.js"),
};

const fmt: CommandSpec = {
  name: "fmt",
  summary: "Rewrites templates in the canonical layout",
  usage: "[options] PATH... | -",
  description: [
    "Formats .pkr.hcl and .pkrvars.hcl files in place and prints the name of each file it changed. With - the text on standard input is formatted to standard output, unless -check or -write=false is given. Files with syntax errors are left as they are.",
  ],
  flags: [
    { name: "check", kind: "bool", help: "Changes nothing; exits with 3 when a file would change." },
    { name: "diff", kind: "bool", help: "Shows the changes as a unified diff." },
    {
      name: "write",
      kind: "bool",
      default: "true",
      placeholder: "true|false",
      help: "Overwrites changed files; on unless -check is given.",
    },
    { name: "recursive", kind: "bool", help: "Descends into sub-folders." },
    ...templateFlags,
  ],
  arguments: { min: 1, max: Number.POSITIVE_INFINITY },
  diagnostics: "stderr",
  load: () => import("./commands/fmt.js"),
};

const init: CommandSpec = {
  name: "init",
  summary: "Checks that the plugins a template requires are there",
  usage: "[options] TEMPLATE",
  description: [
    "Lists the plugins in required_plugins and where each comes from. The exit code is 0 when each is built in or installed; otherwise each missing one is named.",
  ],
  flags: [
    colorFlag,
    { name: "upgrade", kind: "bool", help: "Takes the newest version that the constraints allow." },
    { name: "force", kind: "bool", help: "Installs again what is installed already." },
    {
      name: "machine-readable",
      kind: "bool",
      help: "Prints comma-separated lines for programs, as Packer does.",
    },
    ...templateFlags,
  ],
  arguments: oneTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/init.js"),
};

const consoleCommand: CommandSpec = {
  name: "console",
  summary: "Evaluates expressions against a template",
  usage: "[options] [TEMPLATE]",
  description: [
    "Reads expressions and prints their values. From a pipe each line is evaluated and the last line's result printed; on a terminal there is a prompt with the commands help, variables and exit, completion of names with the tab key, and a history in the state folder, which leaves out what begins with a blank.",
  ],
  flags: [
    colorFlag,
    {
      name: "format",
      kind: "text",
      choices: ["human", "json"],
      default: "human",
      placeholder: "FORMAT",
      help: "human for people; json prints a document with value and type for each line, and diagnostics on standard error.",
    },
    ...templateFlags,
    ...evaluationFlags,
  ],
  arguments: optionalTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/console.js"),
};

const graph: CommandSpec = {
  name: "graph",
  summary: "Shows the build graph of a template",
  usage: "[options] TEMPLATE",
  description: [
    "Compiles the template and prints the graph that build would run. Nothing runs and no data source is read.",
  ],
  flags: [
    {
      name: "format",
      kind: "text",
      choices: ["text", "json", "dot", "mermaid"],
      placeholder: "FORMAT",
      help: "text, the default, for reading, json for programs, dot or mermaid for drawing.",
    },
    {
      name: "out",
      kind: "text",
      placeholder: "PATH",
      help: "Writes to a file instead of standard output. Without -format its extension tells the format: .json, .dot, .gv or .mmd; else it is text.",
    },
    ...templateFlags,
    ...evaluationFlags,
  ],
  arguments: oneTemplate,
  diagnostics: "stderr",
  load: () => import("./commands/graph.js"),
};

const schema: CommandSpec = {
  name: "schema",
  summary: "Prints the JSON Schema of a component, a template or its variables",
  usage: "[options] [KIND NAME | template | variables TEMPLATE]",
  description: [
    "Without arguments lists every component. With a kind (builder, provisioner, post-processor, data-source) and a name prints the JSON Schema of its configuration; with template that of a whole .pkr.json file; with variables that of a template's .pkrvars.json files.",
  ],
  flags: [
    {
      name: "mode",
      kind: "text",
      choices: ["strict", "authoring"],
      default: "authoring",
      placeholder: "MODE",
      help: "strict describes evaluated values; authoring, the default, also admits template strings.",
    },
    {
      name: "out",
      kind: "text",
      placeholder: "FOLDER",
      help: "Writes all schemas into a folder instead, with an index.json for editors; after variables TEMPLATE with that of its variable files.",
    },
    ...templateFlags,
  ],
  arguments: { min: 0, max: 2 },
  diagnostics: "stderr",
  load: () => import("./commands/schema.js"),
};

const cleanup: CommandSpec = {
  name: "cleanup",
  summary: "Removes what an interrupted build left behind",
  usage: "[options] [TEMPLATE]",
  description: [
    "Reads the ledger of resources in the state folder beside the template and removes each that no longer has a live owner. Resources of a running build are never touched.",
  ],
  flags: [
    colorFlag,
    { name: "dry-run", kind: "bool", help: "Lists what would be removed and removes nothing." },
    { name: "force", kind: "bool", help: "Also forgets resources that cannot be looked up." },
  ],
  arguments: optionalTemplate,
  diagnostics: "stdout",
  load: () => import("./commands/cleanup.js"),
};

const cache: CommandSpec = {
  name: "cache",
  summary: "Lists or removes the checkpoints that builds keep",
  usage: "[options] ls|prune [TEMPLATE]",
  description: [
    "ls lists the checkpoints that builds of the template with -cache have made; prune removes them. Images that were built from a checkpoint stay whole.",
  ],
  flags: [
    colorFlag,
    {
      name: "max-age",
      kind: "text",
      placeholder: "DURATION",
      help: "Removes only what is older, such as 72h.",
    },
  ],
  arguments: { min: 1, max: 2 },
  diagnostics: "stdout",
  load: () => import("./commands/cache.js"),
};

const version: CommandSpec = {
  name: "version",
  summary: "Prints the version",
  usage: "",
  description: ["Prints our own version and the Packer version whose behaviour it follows."],
  flags: [],
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  diagnostics: "stdout",
  load: () => import("./commands/version.js"),
};

function notYet(name: string, summary: string, options: { hidden?: true } = {}): CommandSpec {
  return {
    name,
    summary,
    usage: "[options]",
    description: ["This command does not exist yet."],
    flags: [],
    arguments: { min: 0, max: Number.POSITIVE_INFINITY },
    ...(options.hidden ? { hidden: true } : {}),
    diagnostics: "stderr",
    rawArguments: true,
    load: () => import("./commands/not-yet.js"),
  };
}

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  build,
  cache,
  cleanup,
  consoleCommand,
  notYet("fix", "Updates a legacy JSON template (not yet)"),
  fmt,
  graph,
  notYet("hcl2_upgrade", "Turns a legacy JSON template into HCL (not yet)"),
  init,
  inspect,
  notYet("plugins", "Installs and lists plugins (not yet)"),
  schema,
  validate,
  notYet("verify-attestation", "Checks a build's attestation (not yet)"),
  version,
  notYet("execute", "Serves a component to Packer (not yet)", { hidden: true }),
  notYet("plugin", "Another name of plugins (not yet)", { hidden: true }),
  notYet("sbom-generate", "Lists the packages of a machine (not yet)", { hidden: true }),
];

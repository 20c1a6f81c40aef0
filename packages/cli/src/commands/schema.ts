import { assignableVariables } from "@hclbuild/compiler";
import { describeSystemError, diagnose, type Diagnostic, suggestName } from "@hclbuild/diagnostics";
import {
  componentsOf,
  createSchemaFiles,
  toDocumentSchema,
  toJsonSchema,
  toVariableFileSchema,
  type AssignableVariable,
  type ComponentKind,
  type Registry,
  type SchemaForm,
} from "@hclbuild/schema";
import { dirname, join, resolve } from "node:path";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import { createPluginRegistry, loadBuiltInPlugins } from "../components.js";
import { hasErrors, printDiagnostics } from "../output/diagnostic-output.js";

const kinds: readonly string[] = ["builder", "provisioner", "post-processor", "data-source"] satisfies ComponentKind[];

/** Prints a JSON Schema, or the list of those that there are. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, flags, args } = invocation;
  const registry = await createInstalledRegistry(invocation);
  const folder = flags.text("out");
  if (folder !== undefined) return writeFolder(invocation, registry, folder);
  const [kind, name] = args;
  if (kind === undefined) {
    host.stdout.write(listComponents(registry));
    return 0;
  }
  if (kind === "template" && name !== undefined) return refuse(invocation, describeSurplus());
  if (kind === "template") return print(invocation, toDocumentSchema(registry));
  if (kind === "variables") return printVariables(invocation, name ?? ".");
  if (!kinds.includes(kind)) {
    const near = suggestName(kind, [...kinds, "template", "variables"]);
    return refuse(invocation, diagnose(cliCatalog["unknown-schema"], { kind, near }));
  }
  if (name === undefined) return refuse(invocation, describeMissingName(kind));
  const component = registry.lookup(kind as ComponentKind, name);
  if (component === undefined) {
    const near = suggestName(name, registry.names(kind as ComponentKind));
    return refuse(invocation, diagnose(cliCatalog["unknown-component"], { kind, name, near }));
  }
  return print(invocation, toJsonSchema(component.schema, flags.text("mode") as SchemaForm));
}

function describeMissingName(kind: string): Diagnostic {
  return diagnose(cliCatalog["wrong-argument-count"], {
    command: `schema ${kind}`,
    expected: "exactly 1 argument",
    count: 0,
    usage: "NAME",
  });
}

function describeSurplus(): Diagnostic {
  return diagnose(cliCatalog["wrong-argument-count"], {
    command: "schema template",
    expected: "no arguments",
    count: 1,
    usage: "",
  });
}

/** The built-in components and those of the plugins that the lock file in this folder names, which replace none. */
async function createInstalledRegistry({ host }: Invocation): Promise<Registry> {
  const builtIn = await loadBuiltInPlugins();
  const registry = createPluginRegistry(builtIn);
  if (!host.fs.existsSync(join(host.cwd, ".hclbuild/plugins/lock.json"))) return registry;
  const { loadLockedPackages } = await import("../plugins/required.js");
  const { manifests, diagnostics } = loadLockedPackages(host, host.cwd, "read");
  printDiagnostics(diagnostics, { host, stream: host.stderr });
  const others = manifests.map(({ source, version, components }) => ({
    source,
    version,
    components: components.filter(({ kind, name }) => registry.lookup(kind, name) === undefined),
  }));
  return createPluginRegistry(builtIn, others);
}

function listComponents(registry: Registry): string {
  const components = componentsOf(registry);
  const width = Math.max(...components.map(({ kind, name }) => kind.length + name.length)) + 4;
  return components.map(({ kind, name, summary }) => `${`${kind} ${name}`.padEnd(width)}${summary}\n`).join("");
}

async function printVariables(invocation: Invocation, path: string): Promise<number> {
  const variables = await readVariables(invocation, path);
  return variables === undefined ? 1 : print(invocation, toVariableFileSchema(variables));
}

/** The variables of a template; `undefined` when the template has errors, which are then printed. */
async function readVariables(invocation: Invocation, path: string): Promise<readonly AssignableVariable[] | undefined> {
  const template = await loadTemplate(invocation, path);
  const result = template.compile({ syntaxOnly: true });
  const { diagnostics, sources } = result;
  printDiagnostics(diagnostics, { host: invocation.host, stream: invocation.host.stderr, sources });
  return hasErrors(diagnostics) ? undefined : assignableVariables(result);
}

/** Writes all schemas, with those of a template's variable files when the arguments name one. */
async function writeFolder(invocation: Invocation, registry: Registry, folder: string): Promise<number> {
  const { host, args } = invocation;
  const [kind, path = "."] = args;
  if (kind !== undefined && kind !== "variables") {
    return refuse(invocation, diagnose(cliCatalog["schema-with-folder"], { given: args.join(" "), folder }));
  }
  const variables = kind === undefined ? [] : await readVariables(invocation, path);
  if (variables === undefined) return 1;
  const { fs, cwd } = host;
  for (const [name, schema] of createSchemaFiles(registry, kind === undefined ? undefined : variables)) {
    const path = join(resolve(cwd, folder), name);
    try {
      fs.mkdirSync(dirname(path), { recursive: true });
      fs.writeFileSync(path, renderJson(schema));
    } catch (error) {
      return refuse(invocation, diagnose(cliCatalog["unwritable-file"], { path, reason: describeSystemError(error) }));
    }
  }
  return 0;
}

function renderJson(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function print({ host }: Invocation, document: unknown): number {
  host.stdout.write(renderJson(document));
  return 0;
}

function refuse({ host }: Invocation, diagnostic: Diagnostic): number {
  printDiagnostics([diagnostic], { host, stream: host.stderr });
  return 1;
}

import { freezeComponent, thawComponent, type ComponentSchema } from "@hclbuild/schema";
import type { Plugin } from "./plugin.js";

/** Name of the file in a plugin's package that describes it without its code. */
export const manifestFileName = "manifest.json";

/** What a plugin's `manifest.json` says. */
export interface FrozenPlugin {
  /** Address that `required_plugins` knows it by: `npm/SCOPE/NAME`. */
  readonly source: string;
  /** The plugin's name: the last part of the source. */
  readonly name: string;
  /** Version of the package that the manifest was made for. */
  readonly version: string;
  /** Path of the module that exports `plugin`, relative to the package's folder and inside it, such as `./dist/index.js`. */
  readonly entry: string;
  /** Custom rules are without their code. */
  readonly components: readonly ComponentSchema[];
}

/**
 * The text of `manifest.json` for a plugin: what `validate`, `inspect` and `schema` know of it, because they never run
 * its code. Make it again whenever the plugin's version or a schema changes; the contract suite compares the two.
 *
 * `entry` is the path of the module that exports `plugin`, relative to the package's folder, such as `./dist/index.js`.
 */
export function renderManifest(plugin: Plugin, entry: string): string {
  const { source, name, version, apiVersion } = plugin;
  const components = plugin.components.map((component) => freezeComponent(component.schema));
  return `${JSON.stringify({ manifestVersion: 1, source, name, version, apiVersion, entry, components }, undefined, 2)}\n`;
}

/**
 * Reads a `manifest.json`. The text is a third party's: what is wrong with it is returned as a phrase without a period.
 * A component's name must be the plugin's, or begin with it and a hyphen, because the local name of `required_plugins`
 * takes the place of that beginning.
 */
export function readManifest(text: string): FrozenPlugin | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "it is not a JSON object";
  const { manifestVersion, apiVersion, source, name, version, entry, components } = json as Record<string, unknown>;
  if (manifestVersion !== 1) return "its manifestVersion is not 1, the only one that this hclbuild knows";
  if (apiVersion !== 1) return "its apiVersion is not 1, the only one that this hclbuild offers";
  if (typeof source !== "string" || typeof name !== "string" || typeof version !== "string")
    return "source, name and version must be texts";
  if (!source.endsWith(`/${name}`)) return "its name is not the last part of its source";
  if (typeof entry !== "string" || !isInside(entry))
    return "entry must be the path of a module inside the package, beginning with ./";
  if (!Array.isArray(components) || components.length === 0) return "components must be a list that is not empty";
  const schemas: ComponentSchema[] = [];
  for (const [index, item] of components.entries()) {
    const schema = thawComponent(item);
    if (typeof schema === "string") return `in components[${index}], ${schema}`;
    if (schema.name !== name && !schema.name.startsWith(`${name}-`))
      return `the name of the ${schema.kind} ${schema.name} must be ${name} or begin with ${name}-`;
    schemas.push(schema);
  }
  return { source, name, version, entry, components: schemas };
}

function isInside(entry: string): boolean {
  return entry.startsWith("./") && !entry.includes("\\") && !entry.split("/").includes("..");
}

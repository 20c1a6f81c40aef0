import type { ComponentKind, ComponentSchema } from "./model.js";

/** The components that one plugin brings, as data. */
export interface PluginManifest {
  /** Address as in `required_plugins`, for example `github.com/hashicorp/docker`. */
  readonly source: string;
  /** The version of the original plugin that the components are compatible with. */
  readonly version: string;
  readonly components: readonly ComponentSchema[];
  /**
   * The components have no names of their own: they answer only to the local name that `required_plugins` gives the
   * plugin, so that one that happens to be installed can replace nothing.
   */
  readonly onlyByAccessor?: boolean;
  /**
   * The plugin is required and cannot be used, for a reason that whoever made the registry reports. Names that would be
   * its components' are not reported once more.
   */
  readonly unusable?: boolean;
}

/** A component and where it comes from. */
export interface RegisteredComponent {
  readonly schema: ComponentSchema;
  /** A plugin's source address, or `core` for what Packer itself contains. */
  readonly plugin: string;
}

/** The components that are available, without any of their code. */
export interface Registry {
  lookup(kind: ComponentKind, name: string): RegisteredComponent | undefined;
  /** Sorted. */
  names(kind: ComponentKind): readonly string[];
  plugin(source: string): PluginManifest | undefined;
  readonly plugins: readonly PluginManifest[];
  /**
   * A registry in which plugins answer to the local names of `required_plugins` as well: with `dk` for a plugin named
   * `docker`, `dk` and `dk-tag` mean `docker` and `docker-tag`.
   */
  withAccessors(accessors: ReadonlyMap<string, string>): Registry;
}

type Table = ReadonlyMap<string, RegisteredComponent>;

/** Makes a registry of Packer's own components and those of plugins. A later definition of a name replaces an earlier one. */
export function createRegistry(
  components: readonly ComponentSchema[],
  options: { readonly plugins?: readonly PluginManifest[] } = {},
): Registry {
  const plugins = options.plugins ?? [];
  const table = new Map<string, RegisteredComponent>();
  for (const schema of components) table.set(keyOf(schema.kind, schema.name), { schema, plugin: "core" });
  for (const plugin of plugins) {
    if (plugin.onlyByAccessor === true) continue;
    for (const schema of plugin.components) {
      table.set(keyOf(schema.kind, schema.name), { schema, plugin: plugin.source });
    }
  }
  return registryOf(table, plugins);
}

function keyOf(kind: ComponentKind, name: string): string {
  return `${kind} ${name}`;
}

function registryOf(table: Table, plugins: readonly PluginManifest[]): Registry {
  return {
    plugins,
    lookup: (kind, name) => table.get(keyOf(kind, name)),
    names: (kind) =>
      [...table.keys()]
        .filter((key) => key.startsWith(`${kind} `))
        .map((key) => key.slice(kind.length + 1))
        .toSorted(),
    plugin: (source) => plugins.find((plugin) => plugin.source === source),
    withAccessors: (accessors) => {
      const renamed = new Map(table);
      for (const [accessor, source] of accessors) {
        const plugin = plugins.find((candidate) => candidate.source === source);
        for (const schema of plugin?.components ?? []) {
          renamed.set(keyOf(schema.kind, renameComponent(schema.name, source, accessor)), { schema, plugin: source });
        }
      }
      return registryOf(renamed, plugins);
    },
  };
}

/** The name of a plugin's component under another accessor. */
function renameComponent(name: string, source: string, accessor: string): string {
  const pluginName = source.slice(source.lastIndexOf("/") + 1);
  if (name === pluginName) return accessor;
  return name.startsWith(`${pluginName}-`) ? accessor + name.slice(pluginName.length) : name;
}

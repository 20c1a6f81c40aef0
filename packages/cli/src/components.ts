import { createRegistry, type PluginManifest, type Registry } from "@hclbuild/schema";
import type { Plugin } from "@hclbuild/sdk";

/** Components that Packer itself contains have this source instead of an address. */
const core = "core";

/** The built-in plugins. Their runtimes stay unloaded until a graph names a component. */
export async function loadBuiltInPlugins(): Promise<readonly Plugin[]> {
  const [components, ...builders] = await Promise.all([
    import("@hclbuild/components"),
    import("@hclbuild/builder-null"),
    import("@hclbuild/builder-file"),
    import("@hclbuild/builder-docker"),
    import("@hclbuild/communicator-ssh"),
  ]);
  return [components.plugin, components.externalPlugin, ...builders.map((builder) => builder.plugin)];
}

/** The components of plugins as data, for the compiler; `others` are those of which only that is known. */
export function createPluginRegistry(plugins: readonly Plugin[], others: readonly PluginManifest[] = []): Registry {
  const schemasOf = (plugin: Plugin) => plugin.components.map((component) => component.schema);
  const manifests = plugins
    .filter((plugin) => plugin.source !== core)
    .map((plugin): PluginManifest => ({
      source: plugin.source,
      version: plugin.version,
      components: schemasOf(plugin),
    }));
  return createRegistry(plugins.filter((plugin) => plugin.source === core).flatMap(schemasOf), {
    plugins: [...manifests, ...others],
  });
}

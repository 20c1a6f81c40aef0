import { suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import type { ComponentKind, RegisteredComponent, Registry } from "@hclbuild/schema";
import { configCatalog } from "../catalog.js";
import type { RequiredPlugin, Requirements } from "../requirements/requirements.js";
import { wellKnownPlugin } from "../requirements/well-known-plugins.js";

/** Finds components and reports missing ones: once for each plugin that is not there, else once for each name. */
export interface ComponentFinder {
  find(kind: ComponentKind, name: string, span: Span | undefined): RegisteredComponent | undefined;
  /** Warns about required plugins that are not there and that nothing uses; call it when everything has been found. */
  reportUnused(): void;
}

const kindNames: Readonly<Record<ComponentKind, string>> = {
  builder: "builder",
  provisioner: "provisioner",
  "post-processor": "post-processor",
  "data-source": "data source",
  communicator: "communicator",
};

export function createComponentFinder(registry: Registry, requirements: Requirements, report: Report): ComponentFinder {
  const accessors = new Map(requirements.plugins.map((plugin) => [plugin.accessor, plugin.source]));
  const renamed = registry.withAccessors(accessors);
  const reported = new Set<string>();
  return {
    find(kind, name, span) {
      const component = renamed.lookup(kind, name);
      if (component !== undefined || isUnusable(registry, requirements, name)) return component;
      const plugin = findMissingPlugin(registry, requirements, name);
      const key = plugin === undefined ? `${kind} ${name}` : plugin.source;
      if (reported.has(key)) return undefined;
      reported.add(key);
      const label = kindNames[kind];
      if (plugin !== undefined) {
        report(configCatalog["component-unavailable"], { kind: label, component: name, ...plugin, span });
      } else {
        const near = suggestName(name, renamed.names(kind));
        report(configCatalog["unknown-component"], {
          kind: label,
          name,
          near,
          advice: near === undefined ? "" : undefined,
          span,
        });
      }
      return undefined;
    },
    reportUnused() {
      for (const { accessor, source, span } of requirements.plugins) {
        if (registry.plugin(source) !== undefined || reported.has(source)) continue;
        report(configCatalog["plugin-unavailable"], { name: accessor, source, span });
      }
    },
  };
}

/** Whether the name is that of a component of a required plugin that cannot be used, which has been reported already. */
function isUnusable(registry: Registry, requirements: Requirements, component: string): boolean {
  const plugin = requiredPlugin(requirements, component);
  return plugin !== undefined && registry.plugin(plugin.source)?.unusable === true;
}

function requiredPlugin(requirements: Requirements, component: string): RequiredPlugin | undefined {
  return requirements.plugins.find(({ accessor }) => component === accessor || component.startsWith(`${accessor}-`));
}

/** The required plugin that the name points at by its accessor, else a widespread one; only when it is not there. */
function findMissingPlugin(
  registry: Registry,
  requirements: Requirements,
  component: string,
): { readonly name: string; readonly source: string } | undefined {
  const required = requiredPlugin(requirements, component);
  const plugin =
    required === undefined ? wellKnownPlugin(component) : { name: required.accessor, source: required.source };
  return plugin === undefined || registry.plugin(plugin.source) !== undefined ? undefined : plugin;
}

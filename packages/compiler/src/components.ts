import { suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import type { ComponentKind, RegisteredComponent, Registry } from "@hclbuild/schema";
import { configCatalog } from "./catalog.js";
import type { Requirements } from "./requirements.js";

/** Finds components and reports missing ones: once for each plugin that is not there, else once for each name. */
export interface ComponentFinder {
  find(kind: ComponentKind, name: string, span: Span | undefined): RegisteredComponent | undefined;
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
      if (component !== undefined) return component;
      const plugin = requirements.plugins.find(
        ({ accessor, source }) =>
          (name === accessor || name.startsWith(`${accessor}-`)) && registry.plugin(source) === undefined,
      );
      const key = plugin === undefined ? `${kind} ${name}` : plugin.source;
      if (reported.has(key)) return undefined;
      reported.add(key);
      const label = kindNames[kind];
      if (plugin !== undefined) {
        const { accessor, source } = plugin;
        report(configCatalog["component-unavailable"], { name: accessor, kind: label, component: name, source, span });
      } else {
        const near = suggestName(name, renamed.names(kind));
        report(configCatalog["unknown-component"], { kind: label, name, near, advice: near === undefined ? "" : undefined, span });
      }
      return undefined;
    },
  };
}

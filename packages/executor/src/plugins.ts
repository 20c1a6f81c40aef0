import {
  BuildError,
  buildError,
  messageOf,
  type Plugin,
  type PluginComponent,
  type RuntimeByKind,
} from "@hclbuild/sdk";
import type { ComponentKind, ComponentSchema } from "@hclbuild/schema";
import { executeCatalog } from "./catalog.js";

/** What a graph says of a component. */
export interface WantedComponent {
  /** A plugin's source address, or `core`. */
  readonly plugin: string;
  readonly kind: ComponentKind;
  readonly name: string;
}

/** A component whose implementation has been loaded. */
export interface LoadedComponent<K extends ComponentKind> {
  readonly schema: ComponentSchema;
  readonly runtime: RuntimeByKind[K];
}

/** Finds components and loads each implementation once, when it is first needed. */
export interface ComponentTable {
  /** @throws BuildError `execute/component-missing` */
  schemaOf(wanted: WantedComponent): ComponentSchema;
  /** @throws BuildError `execute/component-missing` or `execute/plugin-unloadable` */
  load<K extends ComponentKind>(wanted: WantedComponent & { readonly kind: K }): Promise<LoadedComponent<K>>;
  /** The component of a name wherever it comes from; a later plugin wins. */
  find(kind: ComponentKind, name: string): WantedComponent | undefined;
  names(kind: ComponentKind): readonly string[];
}

/** Makes a {@link ComponentTable}. Several plugins may share a source address. */
export function createComponentTable(plugins: readonly Plugin[]): ComponentTable {
  const components = new Map<string, PluginComponent>();
  const places = new Map<string, WantedComponent>();
  for (const plugin of plugins) {
    for (const component of plugin.components) {
      const { kind, name } = component.schema;
      components.set(keyOf({ plugin: plugin.source, kind, name }), component);
      places.set(`${kind} ${name}`, { plugin: plugin.source, kind, name });
    }
  }
  const loads = new Map<string, Promise<LoadedComponent<ComponentKind>>>();

  const lookup = (wanted: WantedComponent): PluginComponent => {
    const component = components.get(keyOf(wanted));
    if (component === undefined) throw buildError(executeCatalog["component-missing"], { ...wanted });
    return component;
  };
  return {
    schemaOf: (wanted) => lookup(wanted).schema,
    async load<K extends ComponentKind>(wanted: WantedComponent & { readonly kind: K }) {
      const key = keyOf(wanted);
      let load = loads.get(key);
      if (load === undefined) {
        load = loadComponent(lookup(wanted), wanted);
        loads.set(key, load);
      }
      return (await load) as LoadedComponent<K>;
    },
    find: (kind, name) => places.get(`${kind} ${name}`),
    names: (kind) =>
      [...places.values()]
        .filter((place) => place.kind === kind)
        .map((place) => place.name)
        .toSorted(),
  };
}

function keyOf({ plugin, kind, name }: WantedComponent): string {
  return `${plugin} ${kind} ${name}`;
}

async function loadComponent(
  component: PluginComponent,
  wanted: WantedComponent,
): Promise<LoadedComponent<ComponentKind>> {
  try {
    const { runtime } = await component.load();
    return { schema: component.schema, runtime };
  } catch (error) {
    if (error instanceof BuildError) throw error;
    throw buildError(executeCatalog["plugin-unloadable"], { ...wanted, reason: messageOf(error) }, { cause: error });
  }
}

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseConstraints, parseVersion, satisfies, type RequiredPlugin } from "@hclbuild/compiler";
import { describeSystemError, diagnose, type Diagnostic, type Span } from "@hclbuild/diagnostics";
import { buildError, manifestFileName, messageOf, readManifest, type FrozenPlugin, type Plugin } from "@hclbuild/sdk";
import type { PluginManifest } from "@hclbuild/schema";
import { cliCatalog } from "../catalog.js";
import type { CliHost } from "../command.js";
import { shownPath } from "../output/shown-path.js";
import { hashDependencies, hashPackage } from "./integrity.js";
import { lockFilePath, readLock, writeLock, type LockedPlugin, type PluginLock } from "./lock-file.js";
import {
  findPackage,
  installCommand,
  isPackageSource,
  packageFolders,
  packageNameOf,
  type InstalledPackage,
} from "./package.js";
import { pluginCatalog } from "./plugin-catalog.js";

/**
 * What is done with plugins: `read` looks at their manifests only, `run` makes their code available as well, and `lock`
 * and `relock` record what is installed; `relock` also where something else was recorded.
 */
export type PluginUse = "read" | "run" | "lock" | "relock";

/** A plugin that is wanted; without a place when no template asks for it. */
export type WantedPlugin = Omit<RequiredPlugin, "span"> & { readonly span?: Span };

/** What is known of the npm plugins that a template requires. */
export interface RequiredPackages {
  /** For the compiler; those that cannot be used are among them, without components. */
  readonly manifests: readonly PluginManifest[];
  /** For the executor. */
  readonly plugins: readonly Plugin[];
  /** Usable ones, by source. */
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  readonly diagnostics: readonly Diagnostic[];
}

interface Search {
  readonly host: CliHost;
  readonly directory: string;
  readonly folders: readonly string[];
  readonly use: PluginUse;
  readonly lockPath: string;
  readonly lock: PluginLock;
}

interface Usable {
  readonly manifest: FrozenPlugin;
  readonly package: InstalledPackage;
  /** What the lock file should say; absent when it need not change. */
  readonly locking?: LockedPlugin;
  readonly warnings: readonly Diagnostic[];
}

/** Finds and checks the npm packages among the required plugins of the template in `directory`. */
export function loadRequiredPackages(
  host: CliHost,
  directory: string,
  wanted: { readonly plugins: readonly WantedPlugin[]; readonly use: PluginUse },
): RequiredPackages {
  const required = wanted.plugins.filter(({ source }) => isPackageSource(source));
  const lockPath = lockFilePath(directory);
  const read = required.length === 0 ? new Map<string, LockedPlugin>() : readLock(host.fs, lockPath);
  const diagnostics: Diagnostic[] = [];
  if (typeof read === "string")
    diagnostics.push(diagnose(pluginCatalog["invalid-lock"], { lock: shownPath(host, lockPath), reason: read }));
  const lock = typeof read === "string" ? new Map<string, LockedPlugin>() : read;
  const folders = packageFolders(host, directory);
  const search: Search = { host, directory, folders, use: wanted.use, lockPath, lock };
  const manifests: PluginManifest[] = [];
  const plugins: Plugin[] = [];
  const packages = new Map<string, InstalledPackage>();
  const changes = new Map<string, LockedPlugin>();
  for (const requirement of required) {
    const { source } = requirement;
    const found = checkPackage(search, requirement);
    if ("severity" in found) {
      diagnostics.push(found);
      manifests.push({ source, version: "0.0.0", components: [], onlyByAccessor: true, unusable: true });
      continue;
    }
    const { manifest, locking, warnings } = found;
    diagnostics.push(...warnings);
    manifests.push({ source, version: manifest.version, components: manifest.components, onlyByAccessor: true });
    plugins.push(createPackagePlugin(host, found, wanted.use === "run"));
    packages.set(source, found.package);
    if (locking !== undefined) changes.set(source, locking);
  }
  if (typeof read !== "string" && changes.size > 0 && wanted.use !== "run")
    diagnostics.push(...record(search, changes));
  return { manifests, plugins, packages, diagnostics };
}

/**
 * The npm packages that the lock file beside the template in `directory` names, for commands that need to know plugins
 * without reading a template.
 */
export function loadLockedPackages(host: CliHost, directory: string, use: PluginUse): RequiredPackages {
  const lock = readLock(host.fs, lockFilePath(directory));
  const plugins = [...(typeof lock === "string" ? [] : lock)].map(([source, { version }]): WantedPlugin => ({
    accessor: source.slice(source.lastIndexOf("/") + 1),
    source,
    constraint: version,
  }));
  return loadRequiredPackages(host, directory, { plugins, use });
}

function record({ host, lockPath, lock }: Search, changes: PluginLock): readonly Diagnostic[] {
  try {
    writeLock(host.fs, lockPath, new Map([...lock, ...changes]));
    return [];
  } catch (error) {
    const reason = describeSystemError(error);
    return [diagnose(cliCatalog["unwritable-file"], { path: shownPath(host, lockPath), reason })];
  }
}

function checkPackage(search: Search, required: WantedPlugin): Usable | Diagnostic {
  const { host, directory, folders } = search;
  const { accessor: name, source, constraint, span } = required;
  const packageName = packageNameOf(source);
  if (packageName === undefined) return diagnose(pluginCatalog["invalid-source"], { source, span });
  const command = installCommand(host, directory, { package: packageName, constraint });
  const found = findPackage(host, folders, packageName);
  if (found === undefined) return diagnose(pluginCatalog["not-installed"], { source, name, constraint, command, span });
  const version = parseVersion(found.version);
  const constraints = parseConstraints(constraint);
  if (version === undefined || constraints === undefined || !satisfies(version, constraints)) {
    const folder = shownPath(host, found.folder);
    const detail = { source, name, version: found.version, constraint, folder, command };
    return diagnose(pluginCatalog["version-mismatch"], { ...detail, span });
  }
  const locked = checkLock(search, required, found);
  if ("severity" in locked) return locked;
  const manifest = readPackageManifest(host, found, source);
  if (typeof manifest === "string") {
    const file = shownPath(host, join(found.folder, manifestFileName));
    return diagnose(pluginCatalog["invalid-manifest"], { source, reason: manifest, file, span });
  }
  return { manifest, package: found, ...locked };
}

function readPackageManifest(host: CliHost, found: InstalledPackage, source: string): FrozenPlugin | string {
  let text: string;
  try {
    text = host.fs.readFileSync(join(found.folder, manifestFileName), "utf8");
  } catch (error) {
    return describeSystemError(error);
  }
  const manifest = readManifest(text);
  if (typeof manifest === "string") return manifest;
  if (manifest.source !== source) return `it describes ${manifest.source}`;
  if (manifest.version !== found.version)
    return `it was made for version ${manifest.version}, and the package has version ${found.version}`;
  return manifest;
}

/**
 * Compares a package with its entry in the lock file. Without running it, only the package itself is looked at; before
 * it runs, all that it may load.
 */
function checkLock(
  search: Search,
  { accessor, source, span }: WantedPlugin,
  found: InstalledPackage,
): Pick<Usable, "locking" | "warnings"> | Diagnostic {
  const { host, use, directory } = search;
  const lock = shownPath(host, search.lockPath);
  const locked = search.lock.get(source);
  const facts = (): LockedPlugin => ({
    version: found.version,
    integrity: hashPackage(host.fs, found.realFolder),
    dependencies: Object.fromEntries(hashDependencies(host.fs, found.realFolder)),
  });
  if (use === "relock" || (use === "lock" && locked === undefined)) return { locking: facts(), warnings: [] };
  if (locked === undefined) {
    const warning = diagnose(pluginCatalog["not-locked"], { source, version: found.version, lock, span });
    return { warnings: [warning] };
  }
  const exact = { package: packageNameOf(source) ?? "", constraint: locked.version };
  const command = installCommand(host, directory, exact);
  const folder = shownPath(host, found.folder);
  if (locked.version !== found.version) {
    const constraint = `version ${locked.version} by its lock file`;
    const detail = { source, name: accessor, version: found.version, constraint, folder, command };
    return diagnose(pluginCatalog["version-mismatch"], { ...detail, span });
  }
  const what =
    use === "read"
      ? changedPackage(host, found, locked)
      : (changedPackage(host, found, locked) ?? changedDependency(facts(), locked));
  if (what === undefined) return { warnings: [] };
  return diagnose(pluginCatalog["integrity-mismatch"], { source, what, folder, lock, command, span });
}

function changedPackage(host: CliHost, found: InstalledPackage, locked: LockedPlugin): string | undefined {
  return hashPackage(host.fs, found.realFolder) === locked.integrity ? undefined : "The package";
}

function changedDependency(facts: LockedPlugin, locked: LockedPlugin): string | undefined {
  const names = [...Object.keys(locked.dependencies), ...Object.keys(facts.dependencies)];
  const changed = names.find((name) => facts.dependencies[name] !== locked.dependencies[name]);
  return changed === undefined ? undefined : `Its dependency ${changed}`;
}

/** A plugin whose schemas are those of its manifest, and whose module is imported when the first component is needed. */
function createPackagePlugin(host: CliHost, { manifest, package: found }: Usable, runs: boolean): Plugin {
  const { name, source, version, entry, components } = manifest;
  const file = join(found.realFolder, entry);
  const fail = (reason: string, cause?: unknown): never => {
    throw buildError(pluginCatalog["load-failed"], { source, reason, file: shownPath(host, file) }, { cause });
  };
  let loading: Promise<Plugin> | undefined;
  const load = async (): Promise<Plugin> => {
    let module: unknown;
    try {
      module = await host.importModule(pathToFileURL(file).href);
    } catch (error) {
      return fail(messageOf(error), error);
    }
    const plugin = (module as { readonly plugin?: Partial<Plugin> }).plugin;
    if (plugin === undefined) return fail("it does not export plugin");
    if (plugin.apiVersion !== 1 || !Array.isArray(plugin.components))
      return fail("what it exports as plugin was not made by definePlugin");
    return plugin as Plugin;
  };
  return {
    name,
    source,
    version,
    apiVersion: 1,
    components: components.map((schema) => ({
      schema,
      async load() {
        // Nothing is known of a component that must not run, and nothing is asked of it.
        if (!runs) return { runtime: {} as never };
        const plugin = await (loading ??= load());
        const component = plugin.components.find(
          (item) => item.schema.kind === schema.kind && item.schema.name === schema.name,
        );
        if (component === undefined)
          return fail(`its manifest has the ${schema.kind} ${schema.name} and its code has not`);
        return await component.load().catch((error: unknown) => fail(messageOf(error), error));
      },
    })),
  };
}

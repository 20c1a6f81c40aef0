import type { Plugin } from "rolldown";

/**
 * Modules that few commands call and that take long to start: they wait until something of them is used. Each is named by
 * packages of ours for its functions, never for a class that is extended while modules load.
 */
const deferred: readonly string[] = ["node:crypto", "node:child_process", "node:zlib", "bcryptjs", "re2js", "yaml"];

const prefix = "\0deferred:";

/**
 * Puts a module between ours and a slow one that has the same exports, and loads the slow one when an export is read for
 * the first time. Modules of others get the slow one itself.
 */
export function deferModules(): Plugin {
  return {
    name: "defer-modules",
    resolveId(source, importer) {
      const isOurs = importer !== undefined && /\/packages\/[^/]+\/src\//.test(importer);
      if (isOurs && deferred.includes(source)) return prefix + source;
      // Only its way to random numbers, which it is never asked for: the salt is ours.
      return source === "crypto" && importer?.includes("/node_modules/bcryptjs/") ? `${prefix}node:crypto` : null;
    },
    async load(id) {
      if (!id.startsWith(prefix)) return null;
      const name = id.slice(prefix.length);
      const exports = Object.keys((await import(name)) as object);
      return { code: deferredModule(name, exports), moduleType: "js" };
    },
  };
}

/** CommonJS, whose exports may be accessors; importers read them where they use them. */
function deferredModule(name: string, exports: readonly string[]): string {
  const source = JSON.stringify(name);
  return `let loaded;
const load = () => (loaded ??= require(${source}));
module.exports = {
  __esModule: true,
${exports
  .filter((key) => key !== "module.exports")
  .map(
    (key) =>
      `  get ${JSON.stringify(key)}() { return ${key === "default" ? "load().default ?? load()" : `load()[${JSON.stringify(key)}]`}; },`,
  )
  .join("\n")}
};
`;
}

import { readFileSync } from "node:fs";
import { Module } from "node:module";
import { basename, dirname, join, sep } from "node:path";
import { constants, Script } from "node:vm";

/** What Node calls to turn a file's text into a module; not part of its declared interface. */
interface CompilingModule {
  exports: unknown;
  require(id: string): unknown;
}

type Compile = (this: CompilingModule, content: string, filename: string) => unknown;

/** The function that a CommonJS file is wrapped into. */
type Wrapper = (
  ...names: readonly [exports: unknown, require: unknown, module: unknown, file: string, folder: string]
) => unknown;

/** Beside a chunk: what V8 made of it when the bundle was built. */
export const codeCacheSuffix = ".cache";

/**
 * Lets the chunks below `directory` start from V8's compiled form, which halves the time they take to load. V8 rejects a
 * form that another version of it has made; the chunk is compiled as usual then, as it is when there is none.
 *
 * Newer versions of Node have a compile cache of their own, which the program's stub switches on; there is nothing to do
 * with those.
 */
export function installCodeCache(directory: string): void {
  if ("enableCompileCache" in Module) return;
  const { prototype } = Module as unknown as { readonly prototype: { _compile: Compile } };
  const compile = prototype._compile;
  const loaded = new Map<string, CompilingModule>();

  const run = (module: CompilingModule, filename: string, content: string, cachedData: Buffer): void => {
    loaded.set(filename, module);
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const script = new Script(Module.wrap(content), {
      filename: basename(filename),
      cachedData,
      importModuleDynamically,
    });
    const wrapper = script.runInThisContext() as Wrapper;
    const folder = dirname(filename);
    const require = (id: string): unknown =>
      id.startsWith("./") ? requireChunk(module, id, join(folder, id)) : module.require(id);
    try {
      wrapper.call(module.exports, module.exports, require, module, filename, folder);
    } catch (error) {
      loaded.delete(filename);
      throw error;
    }
  };

  /** Chunks name each other by their files, so that Node need not look for them. */
  const requireChunk = (parent: CompilingModule, id: string, filename: string): unknown => {
    const known = loaded.get(filename);
    if (known !== undefined) return known.exports;
    const cachedData = readCache(filename);
    if (cachedData === undefined) return parent.require(id);
    const module: CompilingModule = { exports: {}, require: (name) => parent.require(name) };
    run(module, filename, readFileSync(filename, "utf8"), cachedData);
    return module.exports;
  };

  prototype._compile = function (content, filename) {
    if (!filename.startsWith(directory + sep)) return compile.call(this, content, filename);
    const cachedData = readCache(filename);
    if (cachedData !== undefined) return run(this, filename, content, cachedData);
    loaded.set(filename, this);
    return compile.call(this, content, filename);
  };
}

function readCache(filename: string): Buffer | undefined {
  try {
    return readFileSync(filename + codeCacheSuffix);
  } catch {
    return undefined;
  }
}

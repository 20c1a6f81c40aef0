import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeCodeCache } from "./code-cache.js";
import { separateLexer } from "./chevrotain-lexer.js";
import { deferModules } from "./deferred-modules.js";
import { rolldown, type OutputChunk, type Plugin } from "rolldown";

/** One file of the bundle, as far as budgets look at it. Module names are relative to the repository. */
export interface ChunkRecord {
  readonly file: string;
  readonly bytes: number;
  readonly isEntry: boolean;
  readonly modules: readonly string[];
  /** Chunks loaded together with this one. */
  readonly imports: readonly string[];
  /** Chunks loaded on demand. */
  readonly dynamicImports: readonly string[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const outputDirectory = `${root}packages/cli/dist`;

/** Where {@link bundleCli} records the chunk graph. */
export const chunkGraphFile = `${outputDirectory}/chunk-graph.json`;

/**
 * Bundles the command line interface from its sources into CommonJS chunks: `dist/cli.cjs` with everything heavy behind
 * on-demand chunks, because Node loads one large file much more slowly than a small entry.
 */
export async function bundleCli(): Promise<void> {
  const records: ChunkRecord[] = [];
  const build = await rolldown({
    input: { cli: `${root}packages/cli/src/main.ts` },
    cwd: root,
    platform: "node",
    external: ["ssh2", "cpu-features", /\.node$/],
    resolve: { conditionNames: ["@hclbuild/source", "node", "import"], mainFields: ["module", "main"] },
    transform: { target: "node20" },
    plugins: [lightenDockerode(), deferModules(), separateLexer(), escapeText(), recordChunks(records)],
    onLog(level, log, handler) {
      // Third-party code is what it is; ours is checked by the linter.
      if (log.code !== "EVAL") handler(level, log);
    },
  });
  rmSync(`${outputDirectory}/cli.cjs`, { force: true });
  rmSync(`${outputDirectory}/chunks`, { recursive: true, force: true });
  await build.write({
    dir: outputDirectory,
    format: "cjs",
    minify: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "chunks/[name]-[hash].cjs",
  });
  await build.close();
  mkdirSync(outputDirectory, { recursive: true });
  writeFileSync(chunkGraphFile, `${JSON.stringify(records, undefined, 1)}\n`);
  writeCodeCache(`${outputDirectory}/chunks/`);
}

/**
 * dockerode loads an SSH client and a gRPC stack with its first module. The SSH client is needed for `ssh://` engines
 * alone, so that it waits until then; gRPC for BuildKit sessions, which our own code serves.
 */
function lightenDockerode(): Plugin {
  return {
    name: "lighten-dockerode",
    transform(code, id) {
      if (id.endsWith("/dockerode/lib/session.js")) {
        return 'module.exports = () => { throw new Error("BuildKit sessions are not opened here"); };';
      }
      if (!id.endsWith("/docker-modem/lib/modem.js")) return null;
      const eager = "ssh = require('./ssh')";
      if (!code.includes(eager)) throw new Error("docker-modem loads its SSH client in another way now");
      return code.replace(eager, "ssh = (options) => require('./ssh')(options)");
    },
  };
}

/**
 * Writes every character beyond ASCII as an escape. V8 keeps a text with a single such character in two bytes for each of
 * them all, which takes longer to read than everything else about a large chunk.
 */
function escapeText(): Plugin {
  return {
    name: "escape-text",
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        // There an escape would be text of its own.
        if (/\braw`[^`]*[^\0-\x7f]/.test(output.code))
          throw new Error(`${output.fileName} has a raw text beyond ASCII`);
        output.code = output.code.replace(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
        );
      }
    },
  };
}

function recordChunks(records: ChunkRecord[]): Plugin {
  return {
    name: "record-chunks",
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === "chunk") records.push(recordOf(output));
      }
    },
  };
}

function recordOf(chunk: OutputChunk): ChunkRecord {
  return {
    file: chunk.fileName,
    bytes: Buffer.byteLength(chunk.code),
    isEntry: chunk.isEntry,
    modules: chunk.moduleIds.map((id) => id.replace(root, "")),
    imports: chunk.imports,
    dynamicImports: chunk.dynamicImports,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleCli();

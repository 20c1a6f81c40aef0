import { definePlugin, type Plugin } from "@hclbuild/sdk";
import {
  artifice,
  breakpoint,
  checksum,
  compress,
  external,
  externalRaw,
  file,
  http,
  manifest,
  nullData,
  powershell,
  shell,
  shellLocal,
  shellLocalPostProcessor,
  sleep,
  windowsRestart,
  windowsShell,
} from "./schema/index.js";

export {
  artifactCatalog,
  breakpointCatalog,
  compressCatalog,
  externalCatalog,
  fileCatalog,
  httpCatalog,
  manifestCatalog,
  scriptCatalog,
} from "./catalog.js";

/** The components that Packer itself contains. Each implementation is loaded when a graph names it. */
export const plugin = definePlugin({
  name: "core",
  source: "core",
  version: "1.16.0",
  apiVersion: 1,
  components: [
    { schema: shell, load: () => import("./shell/run.js") },
    { schema: shellLocal, load: () => import("./shell-local/run.js") },
    { schema: file, load: () => import("./file/run.js") },
    { schema: powershell, load: () => import("./powershell/run.js") },
    { schema: windowsShell, load: () => import("./windows-shell/run.js") },
    { schema: windowsRestart, load: () => import("./windows-restart/run.js") },
    { schema: breakpoint, load: () => import("./breakpoint/run.js") },
    { schema: sleep, load: () => import("./sleep/run.js") },
    { schema: manifest, load: () => import("./manifest/run.js") },
    { schema: checksum, load: () => import("./checksum/run.js") },
    { schema: compress, load: () => import("./compress/run.js") },
    { schema: artifice, load: () => import("./artifice/run.js") },
    { schema: shellLocalPostProcessor, load: () => import("./shell-local/run-post-processor.js") },
    { schema: http, load: () => import("./http/run.js") },
    { schema: nullData, load: () => import("./null/run.js") },
  ],
});

/** The data sources of the plugin `github.com/joomcode/external`. */
export const externalPlugin = definePlugin({
  name: "external",
  source: "github.com/joomcode/external",
  version: "0.0.3",
  apiVersion: 1,
  components: [
    { schema: external, load: () => import("./external/run.js") },
    { schema: externalRaw, load: () => import("./external/run-raw.js") },
  ],
});

/** Everything that this package brings. */
export const plugins: readonly Plugin[] = [plugin, externalPlugin];

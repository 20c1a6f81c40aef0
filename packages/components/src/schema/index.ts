import type { ComponentSchema } from "@hclbuild/schema";
import { external, externalRaw, http, nullData } from "./data-sources.js";
import { file } from "./file.js";
import { artifice, checksum, compress, manifest } from "./post-processors.js";
import { shell, shellLocal, shellLocalPostProcessor } from "./shell.js";
import { breakpoint, powershell, sleep, windowsRestart, windowsShell } from "./windows.js";

export { external, externalRaw, http, nullData } from "./data-sources.js";
export { file } from "./file.js";
export { artifice, checksum, compress, manifest } from "./post-processors.js";
export { shell, shellLocal, shellLocalPostProcessor } from "./shell.js";
export { breakpoint, powershell, sleep, windowsRestart, windowsShell } from "./windows.js";

/** The components that Packer itself contains. */
export const schemas: readonly ComponentSchema[] = [
  shell,
  shellLocal,
  file,
  powershell,
  windowsShell,
  windowsRestart,
  breakpoint,
  sleep,
  manifest,
  checksum,
  compress,
  artifice,
  shellLocalPostProcessor,
  http,
  nullData,
];

/** The components of the plugin `github.com/joomcode/external`. */
export const externalSchemas: readonly ComponentSchema[] = [external, externalRaw];

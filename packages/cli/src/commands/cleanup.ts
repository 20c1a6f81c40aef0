import { diagnose } from "@hclbuild/diagnostics";
import type { CleanupFinding } from "@hclbuild/executor";
import type { Plugin } from "@hclbuild/sdk";
import { dirname, join, resolve } from "node:path";
import { listenForInterrupts } from "../build/cancellation.js";
import type { CliHost, Invocation } from "../command.js";
import { loadBuiltInPlugins } from "../components.js";
import { colorOf, printDiagnostics } from "../output/diagnostic-output.js";
import { createComponentSurroundings } from "../host/sdk-host.js";
import { readSetting } from "../settings.js";

const nothingLeft = "Nothing was left behind.\n";

/** Removes what runs that ended badly left behind. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, flags, args } = invocation;
  const [executor, sdk, builtIn] = await Promise.all([
    import("@hclbuild/executor"),
    import("@hclbuild/sdk"),
    loadBuiltInPlugins(),
  ]);
  const surroundings = createComponentSurroundings(host, sdk);
  const beside = templateDirectory(host, args[0] ?? ".");
  if (!host.fs.existsSync(beside)) {
    const { loadCatalog } = await import("@hclbuild/compiler");
    const problem = diagnose(loadCatalog["not-found"], { path: args[0] ?? "." });
    printDiagnostics([problem], { host, stream: host.stdout, color: colorOf(invocation) });
    return 1;
  }
  const { directory } = executor.findStateFolder({
    host: surroundings.host,
    templateDirectory: beside,
    configured: readSetting(host.env, "STATE_DIR"),
  });
  if (directory === undefined) {
    host.stdout.write(nothingLeft);
    return 0;
  }
  const plugins = [...(await installedPlugins(invocation, beside)), ...builtIn];
  const cancellation = listenForInterrupts(host);
  try {
    const findings = await executor.cleanUp({
      directory,
      plugins,
      ...surroundings,
      signal: cancellation.cancel,
      log: { debug: (message) => host.log?.sink(message) },
      dryRun: flags.bool("dry-run"),
    });
    for (const finding of findings) host.stdout.write(`${describe(finding)}\n`);
    if (findings.length === 0) host.stdout.write(nothingLeft);
    return findings.some((finding) => finding.state === "failed") ? 1 : 0;
  } finally {
    cancellation.release();
  }
}

/** The plugins that the lock file beside the template names: they know how to remove what they made. */
async function installedPlugins(invocation: Invocation, directory: string): Promise<readonly Plugin[]> {
  const { host } = invocation;
  if (!host.fs.existsSync(join(directory, ".hclbuild/plugins/lock.json"))) return [];
  const { loadLockedPackages } = await import("../plugins/required.js");
  const { plugins, diagnostics } = loadLockedPackages(host, directory, "run");
  printDiagnostics(diagnostics, { host, stream: host.stdout, color: colorOf(invocation) });
  return plugins;
}

/** The folder that a template argument stands for. */
export function templateDirectory(host: CliHost, path: string): string {
  const absolute = resolve(host.cwd, path);
  const stats = host.fs.statSync(absolute, { throwIfNoEntry: false });
  return stats?.isFile() === true ? dirname(absolute) : absolute;
}

const stateTexts: Readonly<Record<CleanupFinding["state"], string>> = {
  removed: "removed",
  absent: "was gone already",
  "would-remove": "would be removed",
  "in-use": "left alone, because it is in use",
  elsewhere: "left alone, because it belongs to another machine",
  failed: "could not be removed",
};

function describe({ resource, name, state, detail }: CleanupFinding): string {
  return `${resource} ${name}: ${stateTexts[state]}${detail === undefined ? "" : ` (${detail})`}`;
}

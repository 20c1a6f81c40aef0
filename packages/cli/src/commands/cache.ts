import { diagnose } from "@hclbuild/diagnostics";
import type { CheckpointRequest, ListedCheckpoint } from "@hclbuild/executor";
import { listenForInterrupts } from "../build/cancellation.js";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadBuiltInPlugins } from "../components.js";
import { colorOf, printDiagnostics } from "../output/diagnostic-output.js";
import { isDiagnostic, readDuration } from "../build/reuse.js";
import { createComponentSurroundings } from "../host/sdk-host.js";
import { readSetting } from "../settings.js";
import { templateDirectory } from "./cleanup.js";

/** Lists or removes checkpoints. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, args } = invocation;
  const [action = "", template = "."] = args;
  const [executor, sdk, plugins] = await Promise.all([
    import("@hclbuild/executor"),
    import("@hclbuild/sdk"),
    loadBuiltInPlugins(),
  ]);
  const print = { host, stream: host.stdout, color: colorOf(invocation) };
  const maxAgeMs = readDuration(invocation, "max-age", sdk.parseDuration);
  if (isDiagnostic(maxAgeMs) || (action !== "ls" && action !== "prune")) {
    const unknown = diagnose(cliCatalog["unknown-cache-action"], { action });
    printDiagnostics([isDiagnostic(maxAgeMs) ? maxAgeMs : unknown], print);
    return 1;
  }
  const surroundings = createComponentSurroundings(host, sdk);
  const { directory, warnings } = executor.openStateFolder({
    host: surroundings.host,
    templateDirectory: templateDirectory(host, template),
    configured: readSetting(host.env, "STATE_DIR"),
  });
  printDiagnostics(warnings, print);
  if (directory === undefined) return 1;
  const sink = host.log?.sink;
  const cancellation = listenForInterrupts(host);
  const request: CheckpointRequest = {
    directory,
    plugins,
    ...surroundings,
    signal: cancellation.cancel,
    log: { debug: (message) => sink?.(message) },
  };
  try {
    if (action === "ls") {
      const listed = await executor.listCheckpoints(request);
      for (const item of listed) host.stdout.write(`${describe(item)}\n`);
      if (listed.length === 0) host.stdout.write("There are no checkpoints.\n");
      return listed.some((item) => item.problem !== undefined) ? 1 : 0;
    }
    const pruned = await executor.pruneCheckpoints({ ...request, maxAgeMs });
    for (const item of pruned) host.stdout.write(`${item.state === "removed" ? "removed " : ""}${describe(item)}\n`);
    if (pruned.length === 0) host.stdout.write("Nothing was removed.\n");
    return pruned.some((item) => item.state === "failed") ? 1 : 0;
  } finally {
    cancellation.release();
  }
}

function describe({ record, checkpoint, problem }: ListedCheckpoint): string {
  const place = `${record.key.slice(0, 12)}  ${record.build}, after step ${record.step} (${record.label})`;
  if (checkpoint === undefined) return `${place}: ${problem ?? "gone"}`;
  return `${place}  ${new Date(checkpoint.created).toISOString()}${sizeText(checkpoint.size)}`;
}

function sizeText(bytes: number | undefined): string {
  return bytes === undefined ? "" : `  ${(bytes / 1_000_000).toFixed(1)} MB`;
}

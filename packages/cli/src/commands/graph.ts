import { describeSystemError, diagnose } from "@hclbuild/diagnostics";
import { encodeGraph, renderGraph, type BuildGraph } from "@hclbuild/graph";
import { resolve } from "node:path";
import { cliCatalog } from "../catalog.js";
import type { Invocation } from "../command.js";
import { loadTemplate } from "../template/compile-template.js";
import { printDiagnostics } from "../output/diagnostic-output.js";

/** Prints the graph that `build` would run. */
export async function run(invocation: Invocation): Promise<number> {
  const { host, flags, args } = invocation;
  const template = await loadTemplate(invocation, args[0] as string);
  const { graph, diagnostics, sources } = template.compile();
  printDiagnostics(diagnostics, { host, stream: host.stderr, sources });
  if (graph === undefined) return 1;
  const path = flags.text("out");
  const text = render(graph, flags.text("format") ?? formatOf(path ?? ""));
  if (path === undefined) {
    host.stdout.write(text);
    return 0;
  }
  try {
    host.fs.writeFileSync(resolve(host.cwd, path), text);
    return 0;
  } catch (error) {
    const problem = diagnose(cliCatalog["unwritable-file"], { path, reason: describeSystemError(error) });
    printDiagnostics([problem], { host, stream: host.stderr });
    return 1;
  }
}

/** The format that the name of a file asks for. */
function formatOf(path: string): string {
  const [extension = ""] = /\.[a-z]+$/i.exec(path) ?? [];
  return formats[extension.toLowerCase()] ?? "text";
}

const formats: Readonly<Record<string, string>> = { ".json": "json", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid" };

function render(graph: BuildGraph, format: string): string {
  const text = format === "json" ? encodeGraph(graph) : renderGraph(graph, format as "text" | "dot" | "mermaid");
  return text.endsWith("\n") ? text : `${text}\n`;
}

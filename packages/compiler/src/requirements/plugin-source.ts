import { domainToUnicode } from "node:url";
import { wellKnownPlugin } from "./well-known-plugins.js";

/** Why a plugin address cannot be used. `suggestion` is the address that was probably meant. */
export interface PluginSourceProblem {
  readonly problem: string;
  readonly suggestion?: string;
}

/**
 * Reads the address of a plugin, `HOST/NAMESPACE/…/NAME`, and gives it in its normal form: lower case, each part in
 * Unicode's normal form. Between three and sixteen parts are allowed.
 */
export function parsePluginSource(text: string): string | PluginSourceProblem {
  const parts = text.split("/");
  if (parts[0]?.includes(":") === true) {
    return withSuggestion("it begins with a scheme or has a port, where only the name of a host can be", text);
  }
  if (parts.length < 3) {
    const suggestion = completeSource(parts);
    const problem =
      parts[0] === "npm"
        ? "it needs three parts: npm, the package's scope without @, and its name"
        : "it needs at least three parts: the host, the namespace and the name";
    return suggestion === undefined ? { problem } : { problem, suggestion };
  }
  if (parts.length > 16) return { problem: "it may have at most sixteen parts" };
  const normalized: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (part === "")
      return withSuggestion("it has an empty part; two slashes may not follow each other or stand at either end", text);
    const label = normalizeLabel(part, index === 0);
    if (label === undefined) return { problem: `${JSON.stringify(part)} is not a valid part` };
    normalized.push(label);
  }
  const name = normalized.at(-1) as string;
  if (name.startsWith("packer-")) {
    const short = name.replace(/^packer-(?:plugin-)?/, "");
    const suggestion = [...normalized.slice(0, -1), short].join("/");
    const problem = "its last part may not begin with packer-, which belongs to the names of repositories and programs";
    return short === "" ? { problem } : { problem, suggestion };
  }
  return normalized.join("/");
}

/** What remains of an address without the parts that it cannot have, if that is one. */
function withSuggestion(problem: string, text: string): PluginSourceProblem {
  const bare = text
    .replace(/^(?:git::)?(?:[a-z][a-z0-9+.-]*:\/\/)?/i, "")
    .replaceAll(/\/{2,}/g, "/")
    .replaceAll(/^\/|\/$/g, "")
    .replace(/\.git$/, "");
  const source = bare === text ? { problem } : parsePluginSource(bare);
  const suggestion = typeof source === "string" ? source : source.suggestion;
  return suggestion === undefined ? { problem } : { problem, suggestion };
}

/** The address that its last parts probably stand for. */
function completeSource(parts: readonly string[]): string | undefined {
  const [first = "", second] = parts;
  if (second === undefined) return wellKnownPlugin(first)?.source;
  // The scope of an npm package is missing, and nobody can tell it.
  if (first === "npm") return undefined;
  const source = `github.com/${first}/${second}`;
  return typeof parsePluginSource(source) === "string" ? source : undefined;
}

/** A part in normal form, or `undefined`: letters, digits and inner hyphens; dots too in a host or a path segment. */
export function normalizeLabel(part: string, isHost = false): string | undefined {
  const normalized = part.normalize("NFC").toLowerCase();
  const label = isHost ? domainToUnicode(normalized) || normalized : normalized;
  return /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}._:-]*[\p{L}\p{N}\p{M}])?$/u.test(label) && !label.includes("--")
    ? label
    : undefined;
}

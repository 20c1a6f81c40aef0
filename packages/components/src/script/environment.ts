import { escapeSingleQuotes, type Json, type RunContext } from "@hclbuild/sdk";

/** The user's variables, as both options give them. */
export interface EnvironmentOptions {
  readonly environment_vars?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const httpVariables = [
  ["PACKER_HTTP_ADDR", "PackerHTTPAddr"],
  ["PACKER_HTTP_IP", "PackerHTTPIP"],
  ["PACKER_HTTP_PORT", "PackerHTTPPort"],
] as const;

/** The variables that scripts get, sorted by name: the build's own, then the user's, which win; `env` wins over both. */
export function scriptVariables(
  context: RunContext,
  options: EnvironmentOptions,
): readonly (readonly [string, string])[] {
  const { build } = context;
  const variables = new Map([
    ["PACKER_BUILD_NAME", build.sourceName],
    ["PACKER_BUILDER_TYPE", build.builderType],
  ]);
  if (hasHttpServer(build.data)) {
    for (const [name, key] of httpVariables) variables.set(name, textOf(build.data[key]));
  }
  for (const entry of options.environment_vars ?? []) {
    const split = entry.indexOf("=");
    variables.set(entry.slice(0, split), entry.slice(split + 1));
  }
  for (const [name, value] of Object.entries(options.env ?? {})) variables.set(name, value);
  return [...variables].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

function hasHttpServer(data: Readonly<Record<string, Json>>): boolean {
  const address = data["PackerHTTPAddr"];
  return typeof address === "string" && address !== "" && !address.startsWith("ERR_");
}

/** Fills `format` for every variable and joins the results. `escape` makes a value safe inside the format's quotes. */
export function formatVariables(
  variables: readonly (readonly [string, string])[],
  format: string,
  escape: (value: string) => string = escapeSingleQuotes,
): string {
  return variables.map(([name, value]) => fill(format, [name, escape(value)])).join("");
}

/** Replaces the `%s` of a format in order; `%%` stands for `%`. */
function fill(format: string, values: readonly string[]): string {
  let next = 0;
  return format.replaceAll(/%[s%]/g, (directive) => (directive === "%%" ? "%" : (values[next++] ?? "")));
}

/** Whether a format has a place for both the name and the value. */
export function isVariableFormat(format: string): boolean {
  return (format.match(/%s/g) ?? []).length === 2;
}

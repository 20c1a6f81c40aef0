import { delimiter, dirname, join, relative, resolve } from "node:path";
import { parseConstraints } from "@hclbuild/compiler";
import { quoteShellWord } from "@hclbuild/sdk";
import type { CliHost } from "../command.js";
import { readSetting } from "../settings.js";

/** Folder for plugins beside a template. */
export const pluginFolder = join(".hclbuild", "plugins");

/** An npm package that holds a plugin. */
export interface InstalledPackage {
  /** As it was found, for people. */
  readonly folder: string;
  /** With links resolved. */
  readonly realFolder: string;
  readonly version: string;
}

/** Whether a normalised plugin address means an npm package. */
export function isPackageSource(source: string): boolean {
  return source.startsWith("npm/");
}

/** The npm package of `npm/SCOPE/NAME`; `undefined` when the address has another form. */
export function packageNameOf(source: string): string | undefined {
  const match = /^npm\/([a-z0-9][\w.-]*)\/([a-z0-9][\w.-]*)$/.exec(source);
  return match === null ? undefined : `@${match[1]}/${match[2]}`;
}

/** Folders that may hold installed packages, the first one counts most: beside the template, then the plugin path. */
export function packageFolders(host: CliHost, templateDirectory: string): readonly string[] {
  const paths = (readSetting(host.env, "PLUGIN_PATH") ?? "").split(delimiter).filter((path) => path !== "");
  return [
    join(templateDirectory, pluginFolder, "node_modules"),
    ...paths.map((path) => resolve(host.cwd, path)).flatMap((path) => [join(path, "node_modules"), path]),
  ];
}

/** Finds an installed package; a folder without a readable `package.json` that names a version is none. */
export function findPackage({ fs }: CliHost, folders: readonly string[], name: string): InstalledPackage | undefined {
  for (const parent of folders) {
    const folder = join(parent, name);
    const version = readPackageFile(fs, folder)?.["version"];
    if (typeof version === "string") return { folder, realFolder: fs.realpathSync(folder), version };
  }
  return undefined;
}

/** The content of a folder's `package.json`; `undefined` when there is none that can be read. */
export function readPackageFile(fs: CliHost["fs"], folder: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(fs.readFileSync(join(folder, "package.json"), "utf8"));
    return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The command that installs a package beside a template in a version that the constraint allows. */
export function installCommand(
  host: CliHost,
  templateDirectory: string,
  wanted: { readonly package: string; readonly constraint: string },
): string {
  const folder = relative(host.cwd, join(templateDirectory, pluginFolder));
  const range = npmRange(wanted.constraint);
  const target = range === "" ? wanted.package : `${wanted.package}@${range}`;
  return ["npm", "install", "--prefix", word(folder), word(target)].join(" ");
}

function word(text: string): string {
  return /^[\w@./:=+-]+$/.test(text) ? text : quoteShellWord(text);
}

/**
 * A range of npm that allows the versions of a constraint. Excluded versions (`!=`) have no counterpart and are left
 * out; `init` checks what was installed.
 */
export function npmRange(constraint: string): string {
  return (parseConstraints(constraint) ?? [])
    .flatMap(({ operator, version, written }) => {
      const text = version.segments.slice(0, 3).join(".");
      if (operator === "!=") return [];
      if (operator === "=") return [text];
      if (operator !== "~>") return [`${operator}${text}`];
      // `~> 1.2` lets all but the first number grow, `~> 1.2.3` the last one.
      const kept = version.segments.slice(0, Math.max(1, Math.min(written, 3) - 1));
      const next = kept.map((segment, index) => (index === kept.length - 1 ? segment + 1 : segment));
      return written < 2 ? [`>=${text}`] : [`>=${text}`, `<${[...next, 0, 0].slice(0, 3).join(".")}`];
    })
    .join(" ");
}

/** The folder of the nearest installed package of a name, looked for as Node does; `undefined` when there is none. */
export function resolveDependency(fs: CliHost["fs"], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (readPackageFile(fs, candidate) !== undefined) return fs.realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

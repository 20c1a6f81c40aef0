import { createReport, DiagnosticBag, SourceSet, SourceText, suggestName, type Report } from "@hclbuild/diagnostics";
import { decodeNativeSource, decodeSource, parseJson } from "@hclbuild/syntax";
import type { LoadHost } from "./host.js";
import { loadCatalog } from "./catalog.js";
import { parseBody } from "./parse-body.js";
import { directoryPart, parentDirectory, relativeTo, resolvePath } from "./path.js";
import type { Project, ProjectFile, VariableFile } from "./project.js";

/** What is read besides the template itself. */
export interface LoadOptions {
  /** Paths of `-var-file` flags in command-line order. */
  readonly variableFiles?: readonly string[];
  /** What a text from standard input is said to be; told from the text itself unless said. */
  readonly inputType?: InputType | undefined;
}

/** `json` is a legacy JSON template, as in Packer; `hcl2` is HCL in either syntax. */
export type InputType = "json" | "hcl2";

interface Loader {
  readonly host: LoadHost;
  readonly sources: SourceSet;
  readonly report: Report;
  readonly root: string;
}

/**
 * Reads and parses a template: a directory (all `*.pkr.hcl` by name, then all `*.pkr.json`, not its sub-directories), one
 * file, or `-` for standard input, whose syntax is told from the text. Variable files named by flags are read too, and for a directory those whose
 * name ends in `.auto.pkrvars.hcl` or `.auto.pkrvars.json`. A single file brings no other file with it, as in Packer.
 *
 * Whatever goes wrong is in the project's diagnostics.
 */
export async function loadProject(host: LoadHost, path: string, options: LoadOptions = {}): Promise<Project> {
  const bag = new DiagnosticBag();
  const sources = new SourceSet();
  const absolute = path === "-" ? host.cwd : resolvePath(host.cwd, path);
  const found = path === "-" ? "input" : await host.kindOf(absolute);
  const kind: TemplateKind = typeof found === "object" ? "unreadable" : found;
  const root = kind === "directory" || kind === "input" ? absolute : parentDirectory(absolute);
  const loader: Loader = { host, sources, report: bag.report, root };
  if (typeof found === "object") bag.report(loadCatalog.unreadable, { path, reason: found.reason });
  const names = kind === "directory" ? await listFiles(loader, path) : [];
  const files = await readTemplate(loader, kind, { path, absolute, names, inputType: options.inputType });
  const automatic = await readAutomaticFiles(loader, path, names ?? []);
  const named: VariableFile[] = [];
  for (const variableFile of options.variableFiles ?? []) {
    const file = await readVariableFile(loader, variableFile);
    if (file !== undefined) named.push(file);
  }
  return {
    sources,
    files,
    variableFiles: [...automatic, ...named],
    rootDirectory: root,
    rootPath: kind === "input" ? "." : kind === "directory" ? path : directoryPart(path),
    workingDirectory: host.cwd,
    diagnostics: bag.items,
  };
}

type TemplateKind = "input" | "directory" | "file" | "missing" | "unreadable";

interface TemplatePlace {
  readonly path: string;
  readonly absolute: string;
  /** The files of a folder; absent when it could not be listed, which has been reported. */
  readonly names: readonly string[] | undefined;
  readonly inputType: InputType | undefined;
}

async function readTemplate(loader: Loader, kind: TemplateKind, place: TemplatePlace): Promise<readonly ProjectFile[]> {
  const { report } = loader;
  const { path, absolute, names } = place;
  switch (kind) {
    case "unreadable":
      return [];
    case "missing":
      if (isMisnamed(path)) report(loadCatalog["file-name"], { path });
      else
        report(loadCatalog["not-found"], {
          path,
          near: await nearbyName(loader, path, { absolute, pattern: templateName }),
        });
      return [];
    case "input":
      return await readInput(loader, place.inputType);
    case "directory":
      return names === undefined ? [] : await readDirectory(loader, path, names);
    case "file": {
      if (!templateName.test(path)) {
        const renamed = path.endsWith(".hcl") ? path.replace(/\.hcl$/, ".pkr.hcl") : undefined;
        report(loadCatalog["legacy-template"], { path, renamed, upgrade: renamed === undefined ? "" : undefined });
        return [];
      }
      const file = await readProjectFile(loader, absolute, path);
      return file === undefined ? [] : [file];
    }
  }
}

const templateName = /\.pkr\.(?:hcl|json)$/;
const variableFileName = /\.(?:hcl|json)$/;

/** The path of a file whose name is much like one that does not exist, and fits the pattern. */
async function nearbyName(
  { host }: Loader,
  path: string,
  { absolute, pattern }: { readonly absolute: string; readonly pattern: RegExp },
): Promise<string | undefined> {
  const names = await host.listFiles(parentDirectory(absolute));
  if ("kind" in names) return undefined;
  const name = absolute.slice(absolute.lastIndexOf("/") + 1);
  const near = suggestName(
    name,
    names.filter((candidate) => pattern.test(candidate)),
  );
  return near === undefined || !path.endsWith(name) ? undefined : path.slice(0, path.length - name.length) + near;
}

/** The path of a file in a folder, as somebody who wrote the folder's path so would write it. */
function joinTyped(directory: string, name: string): string {
  return directory.endsWith("/") ? `${directory}${name}` : `${directory}/${name}`;
}

/** The names of the files of the template's folder, sorted. */
async function listFiles(loader: Loader, path: string): Promise<readonly string[] | undefined> {
  const names = await loader.host.listFiles(loader.root);
  if (!("kind" in names)) return [...names].sort();
  loader.report(loadCatalog.unreadable, { path, reason: names.reason });
  return undefined;
}

async function readInput(loader: Loader, type: InputType | undefined): Promise<readonly ProjectFile[]> {
  const file = { content: await loader.host.readStandardInput(), shown: "<stdin>" };
  if (!isText(loader, file)) return [];
  const input = typeof file.content === "string" ? file.content : Buffer.from(file.content).toString("utf8");
  // No text in the native syntax begins with a brace.
  const isJson = /^\uFEFF?\s*\{/.test(input);
  if (type === "json" || (type === undefined && isJson && isLegacyTemplate(input))) {
    const builders = type === undefined ? "" : undefined;
    loader.report(loadCatalog["legacy-template"], { builders, flag: type === undefined ? undefined : "", upgrade: "" });
    return [];
  }
  return [parseFile(loader, "<stdin>", file, isJson ? "json" : "native")];
}

/** Whether a text in JSON has what every legacy template has and no other one. */
function isLegacyTemplate(text: string): boolean {
  const { root } = parseJson(
    new SourceText("", text),
    createReport(() => undefined),
  );
  return root.kind === "object" && root.properties.some(({ name }) => name.value === "builders");
}

async function readDirectory(loader: Loader, path: string, names: readonly string[]): Promise<readonly ProjectFile[]> {
  const wanted = [".pkr.hcl", ".pkr.json"].flatMap((ending) => names.filter((name) => name.endsWith(ending)));
  if (wanted.length === 0) {
    const found = names.find((name) => name.endsWith(".hcl") && !name.endsWith(".pkrvars.hcl"));
    const renamed = found?.replace(/\.hcl$/, ".pkr.hcl");
    loader.report(loadCatalog["empty-directory"], { path, found, renamed });
    return [];
  }
  const files: ProjectFile[] = [];
  for (const name of wanted) {
    const file = await readProjectFile(loader, resolvePath(loader.root, name), joinTyped(path, name));
    if (file !== undefined) files.push(file);
  }
  return files;
}

async function readAutomaticFiles(
  loader: Loader,
  path: string,
  names: readonly string[],
): Promise<readonly VariableFile[]> {
  const wanted = [".auto.pkrvars.hcl", ".auto.pkrvars.json"].flatMap((ending) =>
    names.filter((name) => name.endsWith(ending)),
  );
  const files: VariableFile[] = [];
  for (const name of wanted) {
    const file = await readProjectFile(loader, resolvePath(loader.root, name), joinTyped(path, name));
    if (file !== undefined) files.push({ ...file, origin: "automatic" });
  }
  return files;
}

async function readVariableFile(loader: Loader, path: string): Promise<VariableFile | undefined> {
  const { host, report } = loader;
  if (!variableFileName.test(path)) {
    report(loadCatalog["variable-file-name"], { path });
    return undefined;
  }
  const absolute = resolvePath(host.cwd, path);
  if (!isMisnamed(path) && (await host.kindOf(absolute)) === "missing") {
    const near = await nearbyName(loader, path, { absolute, pattern: variableFileName });
    report(loadCatalog["variable-file-missing"], { path, near });
    return undefined;
  }
  const file = await readProjectFile(loader, absolute, path);
  return file === undefined ? undefined : { ...file, origin: "flag" };
}

/** Reads a file that the user wrote as `typed`, or that stands in a folder that was written so. */
async function readProjectFile(loader: Loader, absolute: string, typed: string): Promise<ProjectFile | undefined> {
  const { host, root } = loader;
  const content = await host.readFile(absolute);
  const below = relativeTo(host.cwd, absolute);
  const shown = below === absolute ? typed : below;
  if (typeof content === "object" && "kind" in content) {
    if (isMisnamed(shown)) loader.report(loadCatalog["file-name"], { path: shown });
    else loader.report(loadCatalog.unreadable, { path: shown, reason: content.reason });
    return undefined;
  }
  if (!isText(loader, { content, shown })) return undefined;
  // Spans, and so the graph, do not depend on the working directory, nor hold paths of the machine.
  const name = relativeTo(root, absolute);
  const syntax = name.endsWith(".json") ? "json" : "native";
  return parseFile(loader, name === absolute ? typed : name, { content, shown }, syntax);
}

/** Bytes of a name that are not UTF-8 have been replaced by this character, which leads to no file. */
function isMisnamed(path: string): boolean {
  return path.includes("\ufffd");
}

interface FileContent {
  readonly content: string | Uint8Array;
  /** What people know the file as. */
  readonly shown: string;
}

/** Whether it is worth parsing, which is reported if not; single wrong bytes are reported later, where they stand. */
function isText({ report }: Loader, { content, shown }: FileContent): boolean {
  if (typeof content === "string") return true;
  const [first, second] = content;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isWide) report(loadCatalog["not-text"], { path: shown, encoding: "UTF-16" });
  else if (content.includes(0)) report(loadCatalog["not-text"], { path: shown, binary: "" });
  else return true;
  return false;
}

function parseFile(
  loader: Loader,
  name: string,
  { content, shown }: FileContent,
  syntax: "native" | "json",
): ProjectFile {
  const decode = syntax === "json" ? decodeSource : decodeNativeSource;
  const source = typeof content === "string" ? new SourceText(name, content) : decode(name, content, loader.report);
  loader.sources.add(source, shown);
  return { source, syntax, body: parseBody(source, syntax, loader.report) };
}

import type { Diagnostic, SourceSet, SourceText } from "@hclbuild/diagnostics";
import type { Body } from "@hclbuild/syntax";

/** One file of a template, parsed. */
export interface ProjectFile {
  readonly source: SourceText;
  readonly syntax: "native" | "json";
  readonly body: Body;
}

/** A file that assigns variables. `automatic` ones were found beside the template, others were named by a flag. */
export interface VariableFile extends ProjectFile {
  readonly origin: "automatic" | "flag";
}

/** Everything that was read for a template. Compiling it needs no more input or output. */
export interface Project {
  /** All texts, in load order; compiling adds those of `-var` flags and the environment. */
  readonly sources: SourceSet;
  readonly files: readonly ProjectFile[];
  /** In the order in which they count: later ones win. */
  readonly variableFiles: readonly VariableFile[];
  /** Absolute path of the template's directory: what file functions are relative to. */
  readonly rootDirectory: string;
  /** What `path.root` is: a directory as it was given, the directory part of a file's path, `.` for standard input. */
  readonly rootPath: string;
  /** Absolute path of the process's directory: what `path.cwd` is. */
  readonly workingDirectory: string;
  /** What went wrong while reading and parsing. */
  readonly diagnostics: readonly Diagnostic[];
}

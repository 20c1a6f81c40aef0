import { compile, loadProject, type CompileOptions, type CompileResult } from "@hclbuild/compiler";
import { functionTable } from "@hclbuild/eval/functions";
import type { Registry } from "@hclbuild/schema";
import { createFixtureFunctionHost, createFolderHost } from "@hclbuild/testkit";

export interface TemplateRequest {
  /** The process's folder, which the paths are relative to. */
  readonly folder: string;
  readonly path: string;
  readonly registry: Registry;
  readonly variableFiles?: readonly string[];
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly options?: Pick<CompileOptions, "undeclared" | "selection" | "requireBuild" | "syntaxOnly">;
}

/** Loads and compiles a template of the corpus. */
export async function compileTemplate(request: TemplateRequest): Promise<CompileResult> {
  const { folder, registry } = request;
  const project = await loadProject(createFolderHost(folder), request.path, {
    variableFiles: request.variableFiles ?? [],
  });
  const host = createFixtureFunctionHost(folder, request.environment ?? {});
  return compile({
    project,
    registry,
    functions: functionTable({ ...host, rootDir: project.rootDirectory }),
    inputs: { flags: request.flags ?? [], environment: request.environment ?? {} },
    ...request.options,
  });
}

/** Codes of the errors, in order. */
export function errorCodes(result: CompileResult): readonly string[] {
  return result.diagnostics
    .filter((diagnostic) => diagnostic.severity === "error")
    .map((diagnostic) => diagnostic.code);
}

import type { Infer } from "@hclbuild/schema";
import { buildError, messageOf, type DataSourceRuntime } from "@hclbuild/sdk";
import { externalCatalog } from "../catalog.js";
import type { external } from "../schema/data-sources.js";
import { runProgram } from "./run-program.js";

interface ExternalOutput {
  readonly result: Readonly<Record<string, string>>;
}

/** The `external` data source: asks a program that reads and writes a JSON object of texts. */
export const runtime: DataSourceRuntime<Infer<typeof external>, ExternalOutput> = {
  async read(context, config) {
    const text = await runProgram(context, {
      program: config.program,
      workingDirectory: config.working_dir,
      input: JSON.stringify(config.query ?? {}),
    });
    return { result: parseResult(config.program[0] ?? "", text) };
  },
};

function parseResult(program: string, text: string): Readonly<Record<string, string>> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw buildError(externalCatalog["not-json-object"], { program, reason }, { cause });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refuse(messageOf(error), error);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return refuse("it is not an object");
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(parsed)) {
    if (typeof value !== "string") return refuse(`the value of "${key}" is not a text`);
    result[key] = value;
  }
  return result;
}

import type { Infer } from "@hclbuild/schema";
import type { DataSourceRuntime } from "@hclbuild/sdk";
import type { externalRaw } from "../schema/data-sources.js";
import { runProgram } from "./run-program.js";

/** The `external-raw` data source: asks a program that reads and writes plain text. */
export const runtime: DataSourceRuntime<Infer<typeof externalRaw>, { readonly result: string }> = {
  read: async (context, config) => ({
    result: await runProgram(context, {
      program: config.program,
      workingDirectory: config.working_dir,
      input: config.query ?? "",
    }),
  }),
};

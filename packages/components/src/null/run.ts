import type { DataSourceRuntime } from "@hclbuild/sdk";

/** The `null` data source: its output is its input. */
export const runtime: DataSourceRuntime<{ readonly input: string }, { readonly output: string }> = {
  read: async (_context, config) => ({ output: config.input }),
};

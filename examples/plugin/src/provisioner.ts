import { Readable } from "node:stream";
import type { Infer } from "@hclbuild/schema";
import { buildError, exitCodeOf, isKnownOption, runVisibly, type ProvisionerRuntime } from "@hclbuild/sdk";
import { catalog } from "./catalog.js";
import type { greeting } from "./schema.js";

type GreetingConfig = Infer<typeof greeting>;

const octal = /^0?[0-7]{3}$/;

/** Writes the greeting and checks it. */
export const runtime: ProvisionerRuntime<GreetingConfig> = {
  // Called before anything starts. An option whose value only the build will bring is not looked at yet.
  prepare(config, report, { spanOf }) {
    if (!isKnownOption(config)) return;
    const { mode } = config;
    if (isKnownOption(mode) && mode !== undefined && !octal.test(String(mode))) {
      report(catalog["invalid-mode"], { mode: String(mode), span: spanOf("mode") });
    }
  },
  async provision(context, config) {
    const { communicator, signal, build, ui } = context;
    const text = context.render(config.text, { Machine: build.sourceName });
    const content = Buffer.from(`${text}\n`);
    ui.say(`Greeting ${build.sourceName} in ${config.path}`);
    await communicator.uploadFile(Readable.from([content]), config.path, {
      signal,
      size: content.length,
      mode: Number.parseInt(config.mode, 8),
    });
    if (config.check === undefined) return;
    const completion = await runVisibly(context, communicator, { command: config.check });
    const code = exitCodeOf(completion);
    if (code !== 0) throw buildError(catalog["check-failed"], { code, command: config.check });
  },
};

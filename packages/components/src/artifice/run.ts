import path from "node:path";
import type { Infer } from "@hclbuild/schema";
import { createArtifact, resolveLocal, type PostProcessorRuntime } from "@hclbuild/sdk";
import { artifactCatalog } from "../catalog.js";
import { expandPattern } from "./glob.js";
import type { artifice } from "../schema/post-processors.js";
import { removeFiles } from "../script/remove-files.js";

/** The `artifice` post-processor: the given files take the place of the artifact. */
export const runtime: PostProcessorRuntime<Infer<typeof artifice>> = {
  async process(context, input, config) {
    const discarded = input.describe();
    if (discarded.files.length > 0) {
      context.ui.say(`Discarding files from artifact: ${discarded.files.join(", ")}`);
    }
    const files: string[] = [];
    for (const pattern of config.files) files.push(...(await expandPattern(pattern, context.host.cwd)));
    if (files.length === 0) {
      // Not an error in Packer, so that an optional file may be missing.
      const patterns = config.files.map((pattern) => JSON.stringify(pattern)).join(", ");
      context.report(artifactCatalog["no-match"], { patterns, folder: context.host.cwd });
    }
    context.ui.say(`Using these artifact files: ${files.join(", ")}`);
    const record = {
      builderId: "packer.post-processor.artifice",
      id: files[0] === undefined ? "" : path.basename(files[0]),
      description: `Created artifact from files: ${files.join(", ")}`,
      files,
    };
    const destroy = async (): Promise<void> => removeFiles(files.map((file) => resolveLocal(file, context)));
    return { artifact: createArtifact(record, { destroy }), keepInput: true, forced: false };
  },
};

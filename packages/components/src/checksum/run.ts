import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { Infer } from "@hclbuild/schema";
import {
  buildError,
  createArtifact,
  resolveLocal,
  type ArtifactRecord,
  type PostProcessContext,
  type PostProcessorRuntime,
  makeFolders,
} from "@hclbuild/sdk";
import { artifactCatalog } from "../catalog.js";
import { appendWhole } from "../files/append-whole.js";
import { inTurn } from "../files/turns.js";
import type { checksum } from "../schema/post-processors.js";
import { removeFiles } from "../script/remove-files.js";
import { describeFileError } from "../script/prepare.js";

type ChecksumConfig = Infer<typeof checksum>;

/** The `checksum` post-processor: adds checksums of the artifact's files to files that join the artifact. */
export const runtime: PostProcessorRuntime<ChecksumConfig> = {
  async process(context, input, config) {
    const record = input.describe();
    const files = [...record.files];
    // As in Packer, an artifact without files gets no checksum file.
    for (const type of record.files.length === 0 ? [] : config.checksum_types) {
      const output = context.render(config.output, {
        BuildName: context.build.sourceName,
        BuilderType: context.build.builderType,
        ChecksumType: type,
      });
      await appendChecksums(context, { type, output, files: record.files });
      if (!files.includes(output)) files.push(output);
    }
    const combined: ArtifactRecord = {
      builderId: "packer.post-processor.checksum",
      id: "",
      description: `Created artifact from files: ${files.join(", ")}`,
      files,
    };
    const artifact = createArtifact(combined, {
      destroy: async () => removeFiles(files.map((file) => resolveLocal(file, context))),
    });
    // The result consists of the input's files.
    return { artifact, keepInput: true, forced: true };
  },
};

async function appendChecksums(
  context: PostProcessContext,
  work: { readonly type: string; readonly output: string; readonly files: readonly string[] },
): Promise<void> {
  const target = resolveLocal(work.output, context);
  let lines = "";
  for (const file of work.files) {
    const hash = createHash(work.type);
    await pipeline(createReadStream(resolveLocal(file, context)), hash, { signal: context.signal }).catch(
      (error: unknown) => {
        context.signal.throwIfAborted();
        const reason = describeFileError(error);
        throw buildError(artifactCatalog["file-unreadable"], { path: file, reason }, { cause: error });
      },
    );
    lines += `${hash.digest("hex")}\t${path.basename(file)}\n`;
  }
  try {
    makeFolders(path.dirname(target));
    await inTurn(target, context.signal, async () => appendWhole(target, lines));
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = describeFileError(error);
    throw buildError(artifactCatalog["output-unwritable"], { path: work.output, reason }, { cause: error });
  }
}

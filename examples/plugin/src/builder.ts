import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Infer, OutputOf } from "@hclbuild/schema";
import {
  buildError,
  createArtifact,
  createLocalCommunicator,
  messageOf,
  type BuildContext,
  type PhasedBuilder,
} from "@hclbuild/sdk";
import { catalog } from "./catalog.js";
import type { greetingFolder } from "./schema.js";

type FolderConfig = Infer<typeof greetingFolder>;
type FolderOutput = OutputOf<typeof greetingFolder>;

const folderOf = (context: BuildContext, config: FolderConfig): string => resolve(context.host.cwd, config.path);

/** hclbuild connects, runs the steps and cleans up; the builder says how a machine begins and what is kept of it. */
export const runtime: PhasedBuilder<FolderConfig, FolderOutput> = {
  form: "phased",
  async launch(context, config) {
    const folder = folderOf(context, config);
    // First the intent, then the thing: `hclbuild cleanup` finds what a killed run left behind.
    const entry = await context.ledger.intend({ resource: "directory", name: folder });
    await mkdir(folder).catch(async (error: unknown) => {
      await entry.released();
      throw buildError(catalog["folder-unusable"], { path: config.path, reason: messageOf(error) }, { cause: error });
    });
    await entry.created(folder);
    context.scope.defer(`remove ${config.path}`, async () => {
      if (context.failed()) await rm(folder, { recursive: true, force: true });
      await entry.released();
    });
    const { host, clock } = context;
    return { output: { Folder: folder }, connect: createLocalCommunicator({ host, clock, root: folder }) };
  },
  async capture(context, _machine, config) {
    const folder = folderOf(context, config);
    return createArtifact(
      {
        builderId: "hclbuild-examples.greeting",
        id: folder,
        description: `A greeted folder: ${config.path}`,
        files: [],
      },
      { destroy: async () => rm(folder, { recursive: true, force: true }) },
    );
  },
  async reclaim(_context, { name }) {
    await rm(name, { recursive: true, force: true });
    return "removed";
  },
};

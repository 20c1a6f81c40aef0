import type { Infer } from "@hclbuild/schema";
import { BuildError, buildError, runCatalog, type ProvisionerRuntime } from "@hclbuild/sdk";
import { breakpointCatalog } from "../catalog.js";
import type { breakpoint } from "../schema/windows.js";

/** The `breakpoint` provisioner: waits until somebody presses enter. */
export const runtime: ProvisionerRuntime<Infer<typeof breakpoint>> = {
  inputs: () => ({ files: [], hostEffect: "it waits for somebody" }),
  async provision(context, config) {
    const note = config.note ?? "";
    if (config.disable) {
      context.ui.say(
        note === ""
          ? "Breakpoint provisioner disabled; continuing..."
          : `Breakpoint provisioner with note "${note}" disabled; continuing...`,
      );
      return;
    }
    context.ui.say(
      note === "" ? "Pausing at breakpoint provisioner." : `Pausing at breakpoint provisioner with note "${note}".`,
    );
    try {
      await context.ui.ask("Press enter to continue.", context.signal);
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== runCatalog["cannot-ask"].code) throw error;
      throw buildError(breakpointCatalog["not-interactive"], {}, { cause: error });
    }
  },
};

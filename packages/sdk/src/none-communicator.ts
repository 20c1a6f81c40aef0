import { buildError } from "./errors.js";
import { runCatalog } from "./catalog.js";
import type { Communicator } from "./communicator.js";

/** What a communicator to nothing does with files. */
export interface NoneCommunicatorOptions {
  /** `refused`: transfers fail with `run/no-communicator`. `ignored`: they seem to succeed, nothing is downloaded. */
  readonly transfers: "refused" | "ignored";
}

/**
 * The communicator of machines that cannot be reached (`communicator = "none"`) or do not exist: commands seem to
 * succeed without doing anything, as Packer's do.
 */
export function createNoneCommunicator(options: NoneCommunicatorOptions = { transfers: "refused" }): Communicator {
  const refuse = async (what: string): Promise<void> => {
    if (options.transfers === "refused") throw buildError(runCatalog["no-communicator"], { what });
  };
  return {
    kind: "none",
    capabilities: new Set(),
    async start(request, signal) {
      signal.throwIfAborted();
      request.stdout?.end();
      request.stderr?.end();
      return { done: Promise.resolve({ kind: "exit", code: 0 }) };
    },
    async uploadFile(content) {
      await refuse("an upload").finally(() => content.destroy());
    },
    uploadDirectory: async () => refuse("an upload"),
    async downloadFile(_remote, content) {
      await refuse("a download");
      content.end();
    },
    downloadDirectory: async () => refuse("a download"),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

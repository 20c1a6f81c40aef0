import { buildError } from "./errors.js";
import { runCatalog } from "./catalog.js";
import type { Communicator } from "./communicator.js";

/**
 * The communicator of machines that cannot be reached (`communicator = "none"`): commands seem to succeed without doing
 * anything, as Packer's do; transfers fail with `run/no-communicator`.
 */
export function createNoneCommunicator(): Communicator {
  const refuse = async (what: string): Promise<never> => {
    throw buildError(runCatalog["no-communicator"], { what });
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
    uploadFile: async () => refuse("an upload"),
    uploadDirectory: async () => refuse("an upload"),
    downloadFile: async () => refuse("a download"),
    downloadDirectory: async () => refuse("a download"),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

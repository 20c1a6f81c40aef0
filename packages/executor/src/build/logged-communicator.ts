import type { Communicator, Completion, Json, Logger, Running } from "@hclbuild/sdk";

/** The same communicator, which notes in the developer's log what it is told to do and how that ends. */
export function logCommunicator(communicator: Communicator, log: Logger): Communicator {
  let count = 0;
  const noting = async <T>(what: string, facts: Readonly<Record<string, Json>>, work: () => Promise<T>): Promise<T> => {
    count += 1;
    const number = count;
    log.debug(`${communicator.kind} ${what} begins`, { number, ...facts });
    try {
      const result = await work();
      log.debug(`${communicator.kind} ${what} ends`, { number });
      return result;
    } catch (error) {
      log.debug(`${communicator.kind} ${what} failed`, { number, error: String(error) });
      throw error;
    }
  };
  // Of the class or the frozen object that it may be, nothing is taken over.
  return {
    kind: communicator.kind,
    capabilities: communicator.capabilities,
    async start(request, signal) {
      count += 1;
      const number = count;
      log.debug(`${communicator.kind} command begins`, { number, command: request.command });
      let running: Running;
      try {
        running = await communicator.start(request, signal);
      } catch (error) {
        log.debug(`${communicator.kind} command failed to start`, { number, error: String(error) });
        throw error;
      }
      const note = (facts: Readonly<Record<string, Json>>): void =>
        log.debug(`${communicator.kind} command ends`, { number, ...facts });
      return { done: noteEnd(running.done, note) };
    },
    uploadFile: async (content, remote, options) => {
      const facts = { remote, size: options.size ?? null, mode: options.mode ?? null };
      await noting("upload", facts, () => communicator.uploadFile(content, remote, options));
    },
    uploadDirectory: async (local, remote, options) =>
      noting("upload of a folder", { local, remote }, () => communicator.uploadDirectory(local, remote, options)),
    downloadFile: async (remote, content, options) =>
      noting("download", { remote }, () => communicator.downloadFile(remote, content, options)),
    downloadDirectory: async (remote, local, options) =>
      noting("download of a folder", { remote, local }, () => communicator.downloadDirectory(remote, local, options)),
    [Symbol.asyncDispose]: async () => communicator[Symbol.asyncDispose](),
  };
}

async function noteEnd(
  done: Promise<Completion>,
  note: (facts: Readonly<Record<string, Json>>) => void,
): Promise<Completion> {
  try {
    const completion = await done;
    note({ ...completion });
    return completion;
  } catch (error) {
    note({ error: String(error) });
    throw error;
  }
}

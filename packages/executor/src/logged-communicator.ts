import type { Communicator, Completion, Json, Logger } from "@hclbuild/sdk";

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
  const logged: Partial<Communicator> = {
    async start(request, signal) {
      count += 1;
      const number = count;
      log.debug(`${communicator.kind} command begins`, { number, command: request.command });
      const { done } = await communicator.start(request, signal);
      return { done: noteEnd(done, (facts) => log.debug(`${communicator.kind} command ends`, { number, ...facts })) };
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
  };
  // What else it can do, such as to open a shell, is found on the communicator itself.
  return Object.assign(Object.create(communicator) as Communicator, logged);
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

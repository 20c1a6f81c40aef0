import type { Communicator, CommunicatorCapability } from "@hclbuild/sdk";
import type { Engine } from "../engine/client.js";
import { startCommand } from "./commands.js";
import type { ContainerLink, DockerCommunicatorOptions } from "./link.js";
import { downloadDirectory, downloadFile, uploadDirectory, uploadFile } from "./transfers.js";

/**
 * A communicator over the engine's exec and archive calls. Commands stream their output as it appears; files go up as
 * one archive, so modes, times and links stay.
 */
export function createDockerCommunicator(engine: Engine, options: DockerCommunicatorOptions): Communicator {
  const link: ContainerLink = { engine, options, container: engine.docker.getContainer(options.containerId) };
  const shell: readonly CommunicatorCapability[] = options.windows ? [] : ["posix-shell", "kill"];
  return {
    kind: "docker",
    capabilities: new Set<CommunicatorCapability>(["commands", "files", "pty", "shell", "exact-modes", ...shell]),
    start: (request, signal) => startCommand(link, request, signal),
    uploadFile: (content, remote, uploadOptions) => uploadFile(link, content, remote, uploadOptions),
    uploadDirectory: (local, remote, directoryOptions) => uploadDirectory(link, local, remote, directoryOptions),
    downloadFile: (remote, content, { signal }) => downloadFile(link, remote, content, signal),
    downloadDirectory: (remote, local, directoryOptions) => downloadDirectory(link, remote, local, directoryOptions),
    // Every call has a connection of its own: there is nothing to close.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

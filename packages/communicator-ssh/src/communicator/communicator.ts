import type { Communicator, CommunicatorCapability } from "@hclbuild/sdk";
import type { Connection } from "../connection.js";
import { createRemoteProcesses } from "../kill.js";
import { startCommand } from "./commands.js";
import type { RemoteMachine, SshCommunicatorOptions } from "./machine.js";
import { downloadDirectory, downloadFile, uploadDirectory, uploadFile } from "./transfers.js";

const capabilities: ReadonlySet<CommunicatorCapability> = new Set([
  "commands",
  "files",
  "sftp",
  "pty",
  "reconnect",
  "shell",
  "kill",
]);

/** A communicator over an SSH connection that comes back by itself. */
export function createSshCommunicator(connection: Connection, options: SshCommunicatorOptions): Communicator {
  const machine: RemoteMachine = { connection, options, processes: createRemoteProcesses(), hasTar: true };
  return {
    kind: "ssh",
    capabilities,
    start: (request, signal) => startCommand(machine, request, signal),
    uploadFile: (content, remote, uploadOptions) => uploadFile(machine, content, remote, uploadOptions),
    uploadDirectory: (local, remote, directoryOptions) => uploadDirectory(machine, local, remote, directoryOptions),
    downloadFile: (remote, content, { signal }) => downloadFile(machine, remote, content, signal),
    downloadDirectory: (remote, local, directoryOptions) => downloadDirectory(machine, remote, local, directoryOptions),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

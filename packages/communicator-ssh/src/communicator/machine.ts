import type { Connection } from "../connection.js";
import type { RemoteProcesses } from "../kill.js";

/** What a communicator over SSH needs besides its connection. */
export interface SshCommunicatorOptions {
  readonly transfer: "scp" | "sftp";
  readonly pty: boolean;
  /** Folder for content whose size is not known in advance. */
  readonly workDir: string;
}

/** One machine, as commands and transfers see it. */
export interface RemoteMachine {
  readonly connection: Connection;
  readonly options: SshCommunicatorOptions;
  readonly processes: RemoteProcesses;
  /** Learned at the first directory upload. */
  hasTar: boolean;
}

import { createHash, randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { dialEngine, type Engine } from "../client.js";
import type { RegistryAuth } from "../registry-auth.js";
import { diffCopyMethod, type SyncedFolders } from "./file-sync.js";
import { serveGrpc, unaryMethod, type GrpcMethod } from "./grpc.js";
import { readFields, textField, writeMessage } from "./protobuf.js";

/** What the builder may ask for while it builds. */
export interface SessionRequest {
  readonly folders: SyncedFolders;
  /** Credentials for a registry by its host; `undefined` for none. */
  readonly authFor: (host: string) => Promise<RegistryAuth | undefined>;
}

/** A connection over which the engine's BuildKit asks for files and credentials. */
export interface BuildSession {
  readonly id: string;
  close(): void;
}

/** Opens a session (Docker Engine API, "Initialize interactive session"). It ends when it is closed, or with the engine. */
export async function openSession(engine: Engine, request: SessionRequest, signal: AbortSignal): Promise<BuildSession> {
  const id = randomUUID();
  const methods = sessionMethods(request);
  const socket = await dialEngine<Duplex>(engine, {
    method: "POST",
    path: "/session",
    hijack: true,
    statusCodes: { 200: true },
    abortSignal: signal,
    headers: {
      Upgrade: "h2c",
      "X-Docker-Expose-Session-Uuid": id,
      "X-Docker-Expose-Session-Name": "hclbuild",
      "X-Docker-Expose-Session-Sharedkey": foldersKey(request.folders),
      "X-Docker-Expose-Session-Grpc-Method": Object.keys(methods),
    },
  });
  const session = serveGrpc(socket, methods);
  return {
    id,
    close() {
      session.destroy();
      socket.destroy();
    },
  };
}

function sessionMethods({ folders, authFor }: SessionRequest): Readonly<Record<string, GrpcMethod>> {
  const serving = writeMessage({ 1: 1 });
  return {
    "/grpc.health.v1.Health/Check": unaryMethod(() => serving),
    "/moby.filesync.v1.FileSync/DiffCopy": diffCopyMethod(folders),
    "/moby.filesync.v1.Auth/Credentials": unaryMethod(async (message) => {
      const auth = await authFor(textField(readFields(message), 1));
      // As the docker program does: a token stands alone in the place of the password.
      return auth?.identitytoken === undefined
        ? writeMessage({ 1: auth?.username ?? "", 2: auth?.password ?? "" })
        : writeMessage({ 2: auth.identitytoken });
    }),
  };
}

/**
 * The builder keeps a copy of the folders under this key and compares sizes and times with it the next time. Everything
 * that can differ is in the key, so that a copy is used again only for the very same files.
 */
function foldersKey(folders: SyncedFolders): string {
  const list = Object.entries(folders).map(([name, entries]) => [name, entries.map(keyOf)]);
  return createHash("sha256").update(JSON.stringify(list)).digest("hex");
}

function keyOf(entry: SyncedFolders[string][number]): readonly unknown[] {
  const detail = entry.kind === "file" ? entry.size : entry.kind === "symlink" ? entry.target : "";
  return [entry.source, entry.path, entry.kind, entry.mode, detail, String(entry.modified), String(entry.changed)];
}

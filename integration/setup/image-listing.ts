import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { docker } from "./docker.js";

/** Files that the engine puts into every container. */
const engineFiles = /^(\.dockerenv|dev|proc|sys|etc\/(hostname|hosts|resolv\.conf|mtab))(\/|$)/;

/** What counts of a file in an image. */
export interface ListedFile {
  readonly mode: string;
  readonly owner: string;
  readonly type: string;
  /** Digest of the bytes, or the target of a link. */
  readonly content: string;
}

/** Everything in an image's file system: type, mode, owner, and the content's digest or the link's target. */
export async function listImage(image: string): Promise<Readonly<Record<string, ListedFile>>> {
  const container = docker("container", "create", image, "/none");
  const { stdout } = spawnSync("docker", ["container", "export", container], { maxBuffer: 1 << 30 });
  docker("container", "rm", container);
  const files: Record<string, ListedFile> = {};
  const archive = extract();
  Readable.from([stdout]).pipe(archive as unknown as NodeJS.WritableStream);
  for await (const entry of archive) {
    const { header } = entry;
    const hash = createHash("sha256");
    for await (const piece of entry) hash.update(piece as Buffer);
    const name = header.name.replace(/\/$/, "");
    if (engineFiles.test(name)) continue;
    files[name] = {
      mode: (header.mode ?? 0).toString(8),
      owner: `${header.uid}:${header.gid}`,
      type: header.type ?? "file",
      content: header.linkname ?? (header.type === "file" ? hash.digest("hex") : ""),
    };
  }
  return files;
}

/** An image's whole configuration as the engine reports it. */
export function configOfImage(image: string): Readonly<Record<string, unknown>> {
  return JSON.parse(docker("image", "inspect", "--format", "{{json .Config}}", image)) as Record<string, unknown>;
}

import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { docker, listImages } from "./docker.js";

/**
 * A base image of a test's own. Its label is on every image that is made from it, whoever makes it, so that these can be
 * told from what other tests and earlier runs have left on the engine; checkpoints of other bases never fit to it.
 */
export interface OwnBase {
  /** Its name with a tag. */
  readonly name: string;
  /** The label. */
  readonly mark: string;
  /** Ids of all images that are made from it, its own included. */
  images(): readonly string[];
  /** Removes all of them. */
  remove(): void;
}

/** Makes one from busybox:test. */
export function createOwnBase(): OwnBase {
  const mark = `made-by-${randomUUID()}`;
  const name = `${mark}:base`;
  const container = docker("container", "create", "busybox:test");
  try {
    docker("container", "commit", "--change", `LABEL ${mark}=1`, container, name);
  } finally {
    docker("container", "rm", container);
  }
  const images = (): readonly string[] => listImages(`label=${mark}`);
  return { name, mark, images, remove: () => removeAll(images) };
}

/** Parents can go only after what is made from them, so that this takes several turns. */
function removeAll(images: () => readonly string[]): void {
  let left = images();
  for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; left = images()) {
    before = left.length;
    for (const image of left) spawnSync("docker", ["image", "rm", "--force", image], { stdio: "ignore" });
  }
  if (left.length > 0) throw new Error(`images that cannot be removed: ${left.join(" ")}`);
}

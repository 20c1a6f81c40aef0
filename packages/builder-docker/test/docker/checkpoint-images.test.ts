import { describe, expect, it } from "vitest";
import { findCheckpoint, removeCheckpoint } from "../../src/docker/checkpoint-images.js";
import { startFakeEngine } from "../fake-engine.js";

const { signal } = new AbortController();

describe("names of checkpoints", () => {
  it.each(["", "docker.io/", "localhost/"])("are found with what the engine puts before them: %j", async (registry) => {
    const name = `${registry}hclbuild/checkpoint:abc-1`;
    const removed: string[] = [];
    const engine = await startFakeEngine((request, response) => {
      const path = decodeURIComponent((request.url ?? "").replace(/\?.*$/, ""));
      if (path === "/images/json") {
        // Others that the engine's filter may let through.
        const names = [name, "other.example/hclbuild/checkpoint:abc-2", `${registry}hclbuild/checkpoint:other`];
        response.end(JSON.stringify(names.map((tag) => ({ Id: "sha256:1", RepoTags: [tag] }))));
        return;
      }
      if (request.method === "DELETE") removed.push(path);
      response.end(JSON.stringify({ Created: "2025-01-02T03:04:05Z", Size: 7 }));
    });
    expect(await findCheckpoint(engine, "abc", signal)).toEqual({
      key: "abc",
      image: name,
      created: Date.UTC(2025, 0, 2, 3, 4, 5),
      size: 7,
    });
    expect(await removeCheckpoint(engine, "abc", signal)).toBe("removed");
    expect(removed).toEqual([`/images/${name}`]);
  });
});

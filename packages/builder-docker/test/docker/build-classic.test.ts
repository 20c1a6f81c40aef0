import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildError, type BuildContext, type BuildError } from "@hclbuild/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { catalog } from "../../src/catalog.js";
import type { BaseImageRequest, BuildFailure } from "../../src/docker/base-image-request.js";
import { buildClassic } from "../../src/docker/build-classic.js";
import type { Engine } from "../../src/engine/client.js";
import { startFakeEngine } from "../fake-engine.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-classic-"));
  writeFileSync(join(folder, "Dockerfile"), "FROM a\n");
  writeFileSync(join(folder, "a"), randomBytes(4_000_000));
  writeFileSync(join(folder, "b"), "y");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function request(engine: Engine, compress = false): BaseImageRequest {
  const context = { signal: new AbortController().signal, host: {} } as BuildContext;
  const dockerfile = join(folder, "Dockerfile");
  return { engine, context, config: { path: "Dockerfile", compress }, directory: folder, dockerfile, auth: undefined };
}

const explain = ({ reason }: BuildFailure): BuildError =>
  buildError(catalog["build-failed"], { path: "Dockerfile", reason });

describe("a context that cannot be sent", () => {
  it.each([false, true])("is an error that names the file (compress = %s)", async (compress) => {
    const engine = await startFakeEngine((sent) => {
      rmSync(join(folder, "b"));
      sent.on("error", () => undefined).resume();
    });
    await expect(buildClassic(request(engine, compress), explain)).rejects.toMatchObject({
      code: "docker/build-input-unreadable",
      message: expect.stringContaining(join(folder, "b")) as unknown,
    });
  });

  it.skipIf(process.platform !== "linux").each([false, true])(
    "leaves no file open (compress = %s)",
    async (compress) => {
      let size = 0;
      const engine = await startFakeEngine((sent) => {
        sent.on("error", () => undefined);
        sent.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > 500_000) sent.socket.destroy();
        });
      });
      await expect(buildClassic(request(engine, compress), explain)).rejects.toThrow(/ECONNRESET|EPIPE|hang up/);
      await vi.waitFor(() => expect(openFiles().filter((path) => path.startsWith(folder))).toEqual([]), 10_000);
    },
  );
});

function openFiles(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

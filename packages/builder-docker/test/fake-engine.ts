import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { connectEngine, type Engine } from "../src/engine/client.js";

/** Starts an engine of which a test says what it answers. It ends with the test. */
export async function startFakeEngine(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-engine-"));
  const path = join(folder, "engine.sock");
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  return connectEngine({ env: { ...env, DOCKER_HOST: `unix://${path}` }, homeDirectory: folder, platform: "linux" });
}

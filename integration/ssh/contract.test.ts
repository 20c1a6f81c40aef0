import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { communicatorContract } from "@hclbuild/testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { connectTo, testRun } from "./connect.js";
import { startSshServer, type SshServer } from "./server.js";

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer({ password: "contract" });
});
afterAll(async () => server.stop());

describe.each(["scp", "sftp"])("the ssh communicator over %s", (method) => {
  for (const contract of communicatorContract) {
    it(contract.name, async () => {
      const communicator = await connectTo(testRun(), {
        ssh_port: server.port,
        ssh_password: "contract",
        ssh_file_transfer_method: method,
      } as Parameters<typeof connectTo>[1]);
      const root = mkdtempSync(join(tmpdir(), "hclbuild-contract-"));
      try {
        await contract.run({ communicator, root });
      } finally {
        await communicator[Symbol.asyncDispose]();
        rmSync(root, { recursive: true, force: true });
      }
    });
  }
});

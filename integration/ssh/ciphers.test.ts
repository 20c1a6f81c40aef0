import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectTo, testRun } from "./connect.js";
import { startSshServer, type SshServer } from "./server.js";

let server: SshServer;
let folder: string;
beforeAll(async () => {
  // New keys after each megabyte: what is received while they are exchanged must stay whole as well.
  server = await startSshServer({ config: ["RekeyLimit 1M"] });
  folder = mkdtempSync(join(tmpdir(), "hclbuild-ciphers-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const ciphers = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "chacha20-poly1305@openssh.com"];

for (const cipher of ciphers) {
  for (const transfer of ["scp", "sftp"] as const) {
    it(`${cipher} carries every byte by ${transfer}, both ways and through new keys`, async () => {
      const run = testRun();
      const communicator = await connectTo(run, {
        ssh_port: server.port,
        ssh_private_key_file: server.keyFile,
        ssh_ciphers: [cipher],
        ssh_file_transfer_method: transfer,
      });
      try {
        const content = randomBytes(5_000_001);
        const remote = join(folder, "remote");
        await communicator.uploadFile(Readable.from([content]), remote, { signal, size: content.length });
        expect(readFileSync(remote).equals(content)).toBe(true);
        const local = join(folder, "local");
        await communicator.downloadFile(remote, createWriteStream(local), { signal });
        expect(readFileSync(local).equals(content)).toBe(true);
      } finally {
        await communicator[Symbol.asyncDispose]();
      }
      writeFileSync(join(folder, "local"), "");
    });
  }
}

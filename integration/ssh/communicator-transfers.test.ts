import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, runOn, type connectTo } from "./connect.js";
import { startSshServer, type SshServer } from "./server.js";

let server: SshServer;
let folder: string;
beforeAll(async () => {
  server = await startSshServer({ password: "s3cret pass'word", config: ["KbdInteractiveAuthentication no"] });
  folder = mkdtempSync(join(tmpdir(), "hclbuild-ssh-"));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const withConnection: typeof connected = async (config, work) =>
  await connected({ ssh_port: server.port, ...config }, work);

const signal = new AbortController().signal;

/** Content without an end; `onFlow` is called once much of it has been taken, which is when the transfer is under way. */
function endless(onFlow: () => void): Readable {
  let pieces = 0;
  return new Readable({
    read() {
      pieces += 1;
      if (pieces === 100) onFlow();
      setImmediate(() => this.push(Buffer.alloc(65_536)));
    },
  });
}

describe.each(["scp", "sftp"] as const)("transfers by %s", (method) => {
  const config = (): Parameters<typeof connectTo>[1] => ({
    ssh_private_key_file: server.keyFile,
    ssh_file_transfer_method: method,
  });

  it("carry files of any size with mode and time, both ways", async () => {
    await withConnection(config(), async (communicator) => {
      for (const size of [0, 1, 32_768, 5_000_001]) {
        const local = join(folder, `up-${method}-${size}`);
        writeFileSync(local, Buffer.alloc(size, size % 251));
        const remote = join(folder, `remote file ${method} ${size}'s`);
        await communicator.uploadFile(createReadStream(local), remote, {
          signal,
          size,
          mode: 0o750,
          mtime: 1_000_000_000_000,
        });
        expect(readFileSync(remote).equals(readFileSync(local))).toBe(true);
        expect(statSync(remote).mode & 0o777).toBe(0o750);
        expect(statSync(remote).mtimeMs).toBe(1_000_000_000_000);
        const back = join(folder, `back-${method}-${size}`);
        await communicator.downloadFile(remote, createWriteStream(back), { signal });
        expect(readFileSync(back).equals(readFileSync(local))).toBe(true);
      }
    });
  });

  it("carry content of unknown size", async () => {
    await withConnection(config(), async (communicator) => {
      const remote = join(folder, `unknown-${method}`);
      await communicator.uploadFile(Readable.from([Buffer.from("a"), Buffer.from("b")]), remote, { signal });
      expect(readFileSync(remote, "utf8")).toBe("ab");
    });
  });

  it("carry directories both ways, without what is excluded", async () => {
    const local = join(folder, `tree-${method}`);
    mkdirSync(join(local, "sub/deep"), { recursive: true });
    writeFileSync(join(local, "a.sh"), "a", { mode: 0o755 });
    writeFileSync(join(local, "sub/deep/b"), "b");
    writeFileSync(join(local, "sub/skip"), "no");
    const remote = join(folder, `remote tree ${method}`);
    const back = join(folder, `tree-back-${method}`);
    await withConnection(config(), async (communicator) => {
      await communicator.uploadDirectory(local, remote, { signal, exclude: ["sub/skip"] });
      expect(readFileSync(join(remote, "sub/deep/b"), "utf8")).toBe("b");
      expect(statSync(join(remote, "a.sh")).mode & 0o777).toBe(0o755);
      expect(existsSync(join(remote, "sub/skip"))).toBe(false);
      // Into a folder that exists: what is there stays.
      writeFileSync(join(remote, "mine"), "kept");
      await communicator.uploadDirectory(local, remote, { signal });
      expect(readFileSync(join(remote, "mine"), "utf8")).toBe("kept");
      await communicator.downloadDirectory(remote, back, { signal });
      expect(readFileSync(join(back, "sub/deep/b"), "utf8")).toBe("b");
      expect(statSync(join(back, "a.sh")).mode & 0o777).toBe(0o755);
    });
  });

  it("name the reason when something is not there or not allowed", async () => {
    await withConnection(config(), async (communicator) => {
      const up = communicator.uploadFile(Readable.from([Buffer.from("x")]), "/no/such/folder/file", {
        signal,
        size: 1,
      });
      await expect(up).rejects.toMatchObject({
        code: "ssh/upload-failed",
        hint: expect.stringMatching(/no such file/i),
      });
      const down = communicator.downloadFile("/no/such/file", new PassThrough().resume(), { signal });
      await expect(down).rejects.toMatchObject({
        code: "ssh/download-failed",
        hint: expect.stringMatching(/no such file/i),
      });
      expect((await runOn(communicator, "echo alive")).stdout).toBe("alive\n");
    });
  });

  it("end with an error when the connection is lost in the middle", async () => {
    await withConnection(config(), async (communicator) => {
      const content = endless(() => server.dropConnections());
      const upload = communicator.uploadFile(content, join(folder, `lost-${method}`), { signal, size: 10_000_000_000 });
      await expect(upload).rejects.toMatchObject({ code: "ssh/upload-failed" });
    });
  });

  it("end at once when they are cancelled", async () => {
    await withConnection(config(), async (communicator) => {
      const controller = new AbortController();
      const content = endless(() => controller.abort(new Error("enough")));
      const upload = communicator.uploadFile(content, join(folder, `cancelled-${method}`), {
        signal: controller.signal,
        size: 10_000_000_000,
      });
      await expect(upload).rejects.toThrow("enough");
      expect((await runOn(communicator, "echo alive")).stdout).toBe("alive\n");
    });
  });
});

describe("a directory by scp", () => {
  it("goes as one archive: links stay links", async () => {
    const local = join(folder, "links");
    mkdirSync(local);
    writeFileSync(join(local, "real"), "x");
    symlinkSync("real", join(local, "link"));
    const remote = join(folder, "remote-links");
    await withConnection({ ssh_private_key_file: server.keyFile }, async (communicator) => {
      await communicator.uploadDirectory(local, remote, { signal });
      expect((await runOn(communicator, `readlink ${remote}/link`)).stdout).toBe("real\n");
    });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import {
  BuildError,
  captureCommand,
  createClock,
  createLocalCommunicator,
  createNoneCommunicator,
} from "@hclbuild/sdk";
import { communicatorContract, createFakeHost } from "@hclbuild/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "local-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the local communicator", () => {
  for (const contract of communicatorContract) {
    it(contract.name, async () => {
      const host = createFakeHost({ cwd: folder, temporary: folder }, { PATH: process.env["PATH"] });
      const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
      await contract.run({ communicator: createLocalCommunicator({ host, clock }), root: folder });
    });
  }
});

it("names what could not be copied", async () => {
  const host = createFakeHost({ cwd: folder, temporary: folder }, {});
  const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
  const communicator = createLocalCommunicator({ host, clock });
  const { signal } = new AbortController();
  await expect(communicator.uploadFile(Readable.from(["x"]), "none/f", { signal })).rejects.toMatchObject({
    code: "run/transfer-failed",
    message: expect.stringMatching(/^Uploading to none\/f failed: ENOENT/),
    hint: "Check the paths on both sides, the permissions and the free space.",
  });
});

describe("the communicator to nothing", () => {
  const signal = new AbortController().signal;

  it("seems to run commands and refuses transfers", async () => {
    const none = createNoneCommunicator();
    const { completion, stdout } = await captureCommand(none, { command: "anything" }, signal);
    expect({ completion, stdout }).toEqual({ completion: { kind: "exit", code: 0 }, stdout: "" });
    await expect(none.uploadFile(Readable.from(["x"]), "f", { signal })).rejects.toThrow(BuildError);
    await expect(none.downloadDirectory("a", "b", { signal })).rejects.toMatchObject({ code: "run/no-communicator" });
  });

  it("can seem to transfer as well", async () => {
    const none = createNoneCommunicator({ transfers: "ignored" });
    await none.uploadFile(Readable.from(["x"]), "f", { signal });
    await none.uploadDirectory("a", "b", { signal });
  });
});

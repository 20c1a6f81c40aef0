import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import {
  createClock,
  createLocalCommunicator,
  type Communicator,
  type CommunicatorCapability,
  type Running,
} from "@hclbuild/sdk";
import { createFakeHost } from "@hclbuild/testkit";
import { expect, onTestFinished, test } from "vitest";
import { logCommunicator } from "../../src/build/logged-communicator.js";

function logged() {
  const root = mkdtempSync(join(tmpdir(), "logged-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const host = createFakeHost({ cwd: root, temporary: root }, { PATH: process.env["PATH"] });
  const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
  const plain = createLocalCommunicator({ host, clock, root });
  const lines: string[] = [];
  const debug = (message: string, facts?: object): void => void lines.push(`${message} ${JSON.stringify(facts)}`);
  return { root, lines, plain, communicator: logCommunicator(plain, { debug }), signal: new AbortController().signal };
}

test("commands and transfers are noted with how they end, and work as before", async () => {
  const { root, lines, plain, communicator, signal } = logged();
  expect([communicator.kind, communicator.capabilities]).toEqual([plain.kind, plain.capabilities]);
  const running = await communicator.start({ command: "exit 3" }, signal);
  expect(await running.done).toEqual({ kind: "exit", code: 3 });
  await communicator.uploadFile(Readable.from(["text"]), join(root, "file"), { signal, size: 4 });
  expect(readFileSync(join(root, "file"), "utf8")).toBe("text");
  await expect(communicator.uploadFile(Readable.from(["x"]), join(root, "no/file"), { signal })).rejects.toThrow();
  expect(lines).toEqual([
    'local command begins {"number":1,"command":"exit 3"}',
    'local command ends {"number":1,"kind":"exit","code":3}',
    `local upload begins {"number":2,"remote":${JSON.stringify(join(root, "file"))},"size":4,"mode":null}`,
    'local upload ends {"number":2}',
    `local upload begins {"number":3,"remote":${JSON.stringify(join(root, "no/file"))},"size":null,"mode":null}`,
    expect.stringMatching(/^local upload failed \{"number":3,"error":"/),
  ]);
});

class Guarded implements Communicator {
  readonly #calls: string[] = [];
  readonly kind = "guarded";
  readonly capabilities = new Set<CommunicatorCapability>(["commands"]);
  get calls(): readonly string[] {
    return this.#calls;
  }
  async start(): Promise<Running> {
    this.#calls.push("start");
    throw new Error("no shell");
  }
  async uploadFile(): Promise<void> {
    this.#calls.push("uploadFile");
  }
  async uploadDirectory(): Promise<void> {
    this.#calls.push("uploadDirectory");
  }
  async downloadFile(): Promise<void> {
    this.#calls.push("downloadFile");
  }
  async downloadDirectory(): Promise<void> {
    this.#calls.push("downloadDirectory");
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#calls.push("dispose");
  }
}

const frozen = (plain: Guarded): Communicator =>
  Object.freeze({
    kind: plain.kind,
    capabilities: plain.capabilities,
    start: async () => plain.start(),
    uploadFile: async () => plain.uploadFile(),
    uploadDirectory: async () => plain.uploadDirectory(),
    downloadFile: async () => plain.downloadFile(),
    downloadDirectory: async () => plain.downloadDirectory(),
    [Symbol.asyncDispose]: async () => plain[Symbol.asyncDispose](),
  });

test.each([
  ["a class with private fields", (plain: Guarded): Communicator => plain],
  ["a frozen object", frozen],
])("%s works as without the log, and a command that does not start is noted", async (_, prepare) => {
  const plain = new Guarded();
  const lines: string[] = [];
  const debug = (message: string, facts?: object): void => void lines.push(`${message} ${JSON.stringify(facts)}`);
  const { signal } = new AbortController();
  const communicator = logCommunicator(prepare(plain), { debug });
  await expect(communicator.start({ command: "x" }, signal)).rejects.toThrow("no shell");
  await communicator.uploadFile(Readable.from([]), "/a", { signal });
  await communicator.uploadDirectory("/a", "/b", { signal });
  await communicator.downloadFile("/a", new PassThrough(), { signal });
  await communicator.downloadDirectory("/a", "/b", { signal });
  await communicator[Symbol.asyncDispose]();
  expect(plain.calls).toEqual([
    "start",
    "uploadFile",
    "uploadDirectory",
    "downloadFile",
    "downloadDirectory",
    "dispose",
  ]);
  expect(lines.slice(0, 2)).toEqual([
    'guarded command begins {"number":1,"command":"x"}',
    'guarded command failed to start {"number":1,"error":"Error: no shell"}',
  ]);
});

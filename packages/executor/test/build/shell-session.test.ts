import { PassThrough } from "node:stream";
import { createShellOpener } from "@hclbuild/executor";
import { createClock, createLocalCommunicator } from "@hclbuild/sdk";
import { createFakeHost } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";

describe("a shell on the machine", () => {
  it("is connected to the terminal until it ends, and leaves the terminal open", async () => {
    const host = createFakeHost(
      { cwd: "/tmp", temporary: "/tmp" },
      { PATH: process.env["PATH"], SHELL: "/bin/sh", PS1: "" },
    );
    const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
    const terminal = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    let shown = "";
    terminal.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString("utf8")));
    terminal.stdin.write("echo on-machine $((6 * 7))\nexit 3\n");
    const open = createShellOpener(terminal);
    await open(createLocalCommunicator({ host, clock }), new AbortController().signal);
    expect(shown).toContain("on-machine 42\n");
    expect([terminal.stdout.writableEnded, terminal.stdin.destroyed]).toEqual([false, false]);
  });
});

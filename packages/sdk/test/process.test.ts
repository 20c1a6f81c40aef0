import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { createClock, processIdentity, startProcess, type LedgerIntent, type ProcessRequest } from "@hclbuild/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
const { signal } = new AbortController();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "process-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A ledger that fails on a full disk where it is told to, and what it was asked for. */
function createLedger(fails: Readonly<Partial<Record<"created" | "released", (id?: string) => Promise<void>>>>) {
  const log: string[] = [];
  const ledger = {
    async intend(intent: LedgerIntent) {
      return {
        intent,
        async created(id: string) {
          log.push("created");
          await fails.created?.(id);
        },
        async released() {
          log.push("released");
          await fails.released?.();
        },
      };
    },
  };
  return { log, record: { ledger, runId: "5d1c0b0e-0000-4000-8000-000000000002", name: "test" } };
}

function requestOf(script: string, rest: Partial<ProcessRequest> = {}): ProcessRequest {
  return { program: "/bin/sh", args: ["-c", script], env: { PATH: process.env["PATH"] }, cwd: folder, clock, ...rest };
}

async function waitForFile(name: string): Promise<string> {
  const file = path.join(folder, name);
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
  return file;
}

const fail = (text: string) => async () => await Promise.reject(new Error(text));

describe("a process that cannot be written down", () => {
  it("is ended with its children before its entry is released", async () => {
    const { log, record } = createLedger({
      async created() {
        await waitForFile("ready");
        throw new Error("no space left");
      },
      async released() {
        log.push(processIdentity(read("leader")) ?? "gone");
        throw new Error("still no space left");
      },
    });
    const read = (name: string): number => Number(readFileSync(path.join(folder, name), "utf8"));
    const script = "echo $$ > leader; sleep 300 & echo $! > child; touch ready; wait";
    await expect(startProcess(requestOf(script, { record }), signal)).rejects.toThrow(/^no space left$/);
    expect(log).toEqual(["created", "released", "gone"]);
    // The child was killed as well; the kernel may need a moment, and whoever takes it over another one.
    const child = (): string => processIdentity(read("child")) ?? "gone";
    await expect.poll(child, { timeout: 10_000 }).toMatch(/^(gone|ended)$/);
  });

  it("ends with its own failure if its end cannot be written down either", async () => {
    const { record } = createLedger({ released: fail("no space left") });
    const controller = new AbortController();
    const running = await startProcess(requestOf("exec sleep 300", { record }), controller.signal);
    controller.abort("cancelled");
    await expect(running.done).rejects.toBe("cancelled");
    const request = { ...requestOf(""), record, program: "no-such-program" };
    await expect(startProcess(request, signal)).rejects.toMatchObject({ code: "run/command-not-started" });
  });
});

it("tells how a program ended that was over before it was written down", async () => {
  const { record } = createLedger({
    async created(id = "") {
      while (![undefined, "ended"].includes(processIdentity(Number.parseInt(id, 10)))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  });
  const running = await startProcess(requestOf("exit 3", { record }), signal);
  expect(await running.done).toEqual({ kind: "exit", code: 3 });
});

// As with sudo: who started the program may not signal it.
it.runIf(process.getuid?.() === 0)("waits for a cancelled program that it may not end", async () => {
  const script = `
    import { createClock, startProcess } from "@hclbuild/sdk";
    const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
    const controller = new AbortController();
    const request = { program: "/bin/sleep", args: ["1"], env: {}, cwd: "/", clock, graceMs: 50 };
    const running = await startProcess(request, controller.signal);
    process.setgid(65534);
    process.setuid(65534);
    controller.abort("cancelled");
    await running.done.catch((reason) => process.stdout.write(reason));`;
  const options = ["--conditions=@hclbuild/source", "--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: import.meta.dirname });
  expect(stdout).toBe("cancelled");
});

describe("a program that the system refuses", () => {
  const environment = (value: string) => ({ env: { SECRET: value } });
  it.each([
    ["too much environment", environment("x".repeat(200_000)), "its arguments and environment variables are too long"],
    ["too long an argument", { args: ["x".repeat(200_000)] }, "its arguments and environment variables are too long"],
    ["a null in the environment", environment("hid\0den"), "the environment variable SECRET holds a null character"],
    ["a null in an argument", { args: ["a", "hid\0den"] }, "an argument holds a null character"],
    ["a null in its name", { program: "a\0b" }, "the name of the program holds a null character"],
    ["no name", { program: "" }, "the name of the program is empty"],
  ])("%s", async (_name, rest, reason) => {
    const { log, record } = createLedger({});
    await expect(startProcess(requestOf("true", { record, ...rest }), signal)).rejects.toMatchObject({
      code: "run/command-not-started",
      message: `The command could not be started: ${reason}`,
    });
    expect(log).toEqual(["released"]);
  });
});

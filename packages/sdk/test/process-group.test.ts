import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createClock,
  endProcessGroup,
  processGroupResource,
  processIdentity,
  startProcess,
  type LedgerIntent,
} from "@hclbuild/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const clock = createClock({ now: () => Date.now(), monotonic: () => performance.now() });
const { signal } = new AbortController();
// Processes are looked for by it: nobody else on this machine has the same.
const runId = randomUUID();

let folder = "";
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "process-group-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const { pid = 0 } of started.splice(0)) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a shell that leads a process group, as scripts do, and waits for the file `ready`. */
async function startGroup(script: string, mark: string = runId): Promise<number> {
  const env = { PATH: process.env["PATH"], PACKER_RUN_UUID: mark };
  const child = spawn("/bin/sh", ["-c", script], { cwd: folder, env, detached: true, stdio: "ignore" });
  started.push(child);
  await until(() => existsSync(path.join(folder, "ready")));
  return child.pid ?? 0;
}

async function until(holds: () => boolean): Promise<void> {
  for (let left = 400; left > 0 && !holds(); left--) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(holds()).toBe(true);
}

const idOf = (pid: number): string => `${pid} ${processIdentity(pid) ?? ""}`;
const end = async (id: string | undefined): Promise<string> =>
  await endProcessGroup(
    { resource: processGroupResource, name: "x", details: { run: runId }, ...(id === undefined ? {} : { id }) },
    { clock, signal },
  );
const isRunning = (pid: number): boolean => ![undefined, "ended"].includes(processIdentity(pid));
const childPid = (): number => Number(readFileSync(path.join(folder, "child"), "utf8"));
const withChild = "sleep 300 & echo $! > child; touch ready;";

describe.runIf(existsSync("/proc/self/stat"))("ending a process group", () => {
  it("ends the leader and its children", async () => {
    const pid = await startGroup(`${withChild} wait`);
    expect(await end(idOf(pid))).toBe("removed");
    expect([pid, childPid()].map(isRunning)).toEqual([false, false]);
    expect(await end(idOf(pid))).toBe("absent");
  });

  it("ends what its leader left behind", async () => {
    const pid = await startGroup(`${withChild} sleep 0.3`);
    const id = idOf(pid);
    await until(() => !isRunning(pid));
    expect(await end(id)).toBe("removed");
    expect(isRunning(childPid())).toBe(false);
  });

  it("leaves processes alone that are not marked, once the leader is gone", async () => {
    const pid = await startGroup(`${withChild} sleep 0.3`, "another run");
    const id = idOf(pid);
    await until(() => !isRunning(pid));
    expect(await end(id)).toBe("absent");
    expect(isRunning(childPid())).toBe(true);
  });

  it("leaves a process alone that got the number later", async () => {
    const pid = await startGroup("touch ready; exec sleep 300");
    expect(await end(`${pid} ${(processIdentity(pid) ?? "").replace(/\d+$/, "1")}`)).toBe("absent");
    expect(isRunning(pid)).toBe(true);
  });

  it("finds a process whose number was not written down", async () => {
    const pid = await startGroup("touch ready; exec sleep 300");
    const other = await startGroup("exec sleep 300", "another run");
    expect(await end(undefined)).toBe("removed");
    expect([pid, other].map(isRunning)).toEqual([false, true]);
  });

  it("kills what does not stop when asked", async () => {
    const pid = await startGroup("trap '' TERM; touch ready; while :; do sleep 0.1; done");
    expect(await end(idOf(pid))).toBe("removed");
    expect(isRunning(pid)).toBe(false);
  });
});

describe("a process that must not be signalled", () => {
  /** Answers for the system: a process that exists, is led by itself, and belongs to somebody. */
  function pretendSystem(answer: (target: number, name: string | number | undefined) => void): readonly unknown[] {
    const sent: unknown[] = [];
    vi.spyOn(process, "kill").mockImplementation((target, name) => {
      answer(target, name);
      if (name !== 0) sent.push([target, name]);
      return true;
    });
    return sent;
  }
  // Above the largest number that a system gives, so that nothing is known of it.
  const nobody = 4_194_305;

  it("is one of which the system tells nothing: it may have got the number later", async () => {
    const sent = pretendSystem(() => undefined);
    expect(processIdentity(nobody)).toBe("unknown");
    await expect(end(`${nobody} unknown`)).rejects.toThrow(`process ${nobody} runs, but may have got its number later`);
    expect(await end(`${nobody} an identity that was known`)).toBe("absent");
    expect(sent).toEqual([]);
  });

  it.each(["0 unknown", "1 unknown", "-5 unknown"])("is no single one: %s", async (id) => {
    const sent = pretendSystem(() => undefined);
    expect(await end(id)).toBe("absent");
    expect(sent).toEqual([]);
  });

  it("belongs to another user, and is not called absent", async () => {
    const pid = await startGroup("touch ready; exec sleep 300");
    pretendSystem((target) => {
      if (target === -pid) throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    await expect(end(idOf(pid))).rejects.toThrow(`process ${pid} may not be ended by this user`);
  });
});

describe("startProcess with a ledger", () => {
  it("writes the group down before the program runs and releases it at its end", async () => {
    const log: string[] = [];
    const ledger = {
      async intend(intent: LedgerIntent) {
        log.push(`intend ${intent.resource} ${intent.name} ${JSON.stringify(intent.details)} ${intent.transient}`);
        return {
          intent,
          created: async (id: string) => void log.push(/^\d+ \S+$/.test(id) ? "created" : id),
          released: async () => void log.push("released"),
        };
      },
    };
    const env = { PATH: process.env["PATH"] };
    const request = { args: [], env, cwd: folder, clock, record: { ledger, runId, name: "test" } };
    const running = await startProcess({ ...request, program: "/bin/sh", args: ["-c", "env > env"] }, signal);
    expect(log).toEqual([`intend process-group test {"run":"${runId}"} true`, "created"]);
    await running.done;
    expect(log.splice(0).at(-1)).toBe("released");
    expect(readFileSync(path.join(folder, "env"), "utf8")).toContain(`PACKER_RUN_UUID=${runId}\n`);
    await expect(startProcess({ ...request, program: "no-such-program" }, signal)).rejects.toMatchObject({
      code: "run/command-not-started",
    });
    expect(log.at(-1)).toBe("released");
  });
});

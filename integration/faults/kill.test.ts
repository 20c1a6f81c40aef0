import { execFileSync, type ChildProcess } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { SshServer } from "../ssh/server.js";
import {
  cleanUpAfter,
  countEvents,
  livingProcesses,
  remainingProcesses,
  prepareFolder,
  signals,
  startBuild,
  tryKill,
  type FaultTemplate,
} from "./kill-at-event.js";
import { localBuild } from "./run-build.js";
import { localTemplate, sshTemplate, startFaultServer } from "./templates.js";

let server: SshServer;
let templates: Readonly<Record<"local" | "ssh", FaultTemplate>>;
beforeAll(async () => {
  server = await startFaultServer();
  templates = { local: localTemplate, ssh: sshTemplate(server) };
});
afterAll(() => server.stop());

/** A few places of a run, the same every time: a seeded generator (Lehmer). `npm run full -- faults` tries all. */
function sampleOf(count: number, seed: number): readonly number[] {
  let state = seed;
  return Array.from({ length: 3 }, () => {
    state = (state * 48271) % 2147483647;
    return 1 + (state % count);
  });
}

describe.each(["local", "ssh"] as const)("a %s build that is killed at some events", (name) => {
  it.each(signals)("by %s", async (signal) => {
    const template = templates[name];
    const count = await countEvents(template);
    const found: string[] = [];
    for (const n of sampleOf(count, signals.indexOf(signal) * 7919 + name.length + 1)) {
      const { problems } = await tryKill(template, { n, signal });
      found.push(...problems.map((problem) => `${signal} at event ${n} of ${count}: ${problem}`));
    }
    expect(found).toEqual([]);
  });
});

/** A build whose script starts a child, says so, and then does what it is told. */
function scriptTemplate(...commands: readonly string[]): FaultTemplate {
  const inline = ["sleep 300 & echo started", ...commands].map((command) => JSON.stringify(command)).join(", ");
  return {
    name: "script",
    files: { "x.pkr.hcl": localBuild(`provisioner "shell-local" {\n  inline = [${inline}]\n}`) },
  };
}

/** Starts a build and waits until its script has started. */
async function startUntilScript(
  folder: string,
  template: FaultTemplate,
): Promise<{ readonly child: ChildProcess; readonly ended: Promise<number | null>; readonly output: () => string }> {
  const child = startBuild(folder, template);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let output = "";
  await new Promise<void>((resolve) => {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes('"started"')) resolve();
    });
  });
  return { child, ended, output: () => output };
}

const removed = { code: 0, output: "process-group shell-local: removed\n" };
const nothing = { code: 0, output: "Nothing was left behind.\n" };

describe("local processes of a run that was killed", () => {
  it.each([
    ["a script and its child", ["wait"]],
    ["a script that does not stop when asked", ["trap '' TERM", "while :; do sleep 0.1; done"]],
    ["a child whose script has ended", ["kill -9 $$"]],
  ])("are ended by cleanup: %s", async (_name, commands) => {
    const template = scriptTemplate(...commands);
    const folder = prepareFolder(template);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { child, ended } = await startUntilScript(folder, template);
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill("SIGKILL");
    await ended;
    expect(livingProcesses(folder)).not.toEqual([]);
    expect(cleanUpAfter(folder, template)).toEqual(removed);
    expect(remainingProcesses(folder)).toEqual([]);
    expect(cleanUpAfter(folder, template)).toEqual(nothing);
  });

  it("are told apart from those of a run that lives", async () => {
    const template = scriptTemplate("read line < go", "test -f $0 && echo finished", "kill $!");
    const folder = prepareFolder(template);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync("mkfifo", [join(folder, "go")]);
    const live = await startUntilScript(folder, template);
    const killed = await startUntilScript(folder, template);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const { code, output } = cleanUpAfter(folder, template);
    expect({ code, lines: output.trimEnd().split("\n").toSorted() }).toEqual({
      code: 0,
      lines: [
        `process-group shell-local: left alone, because it is in use (process ${live.child.pid} still runs)`,
        "process-group shell-local: removed",
      ],
    });
    writeFileSync(join(folder, "go"), "\n");
    expect(await live.ended).toBe(0);
    expect(live.output()).toContain('"finished"');
    expect(remainingProcesses(folder)).toEqual([]);
    expect(cleanUpAfter(folder, template)).toEqual(nothing);
  });
});

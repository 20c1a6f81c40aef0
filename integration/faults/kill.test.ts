import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SshServer } from "../ssh/server.js";
import {
  cleanUpAfter,
  countEvents,
  livingProcesses,
  prepareFolder,
  runAndKill,
  signals,
  startBuild,
  tryKill,
  type FaultTemplate,
} from "./kill-at-event.js";
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

it("cleanup leaves a run alone that shares the state folder and lives", async () => {
  const template: FaultTemplate = {
    name: "long",
    files: {
      "long.pkr.hcl": `
source "null" "x" {
  communicator = "none"
}
build {
  sources = ["source.null.x"]
  provisioner "shell-local" {
    inline = ["echo started", "sleep 4", "test -f $0 && echo finished"]
  }
}
`,
    },
  };
  const folder = prepareFolder(template);
  try {
    const live = startBuild(folder, template);
    let output = "";
    const started = new Promise<void>((resolve) => {
      live.stdout?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes('"started"')) resolve();
      });
    });
    const ended = new Promise<number | null>((resolve) => live.once("exit", resolve));
    await started;
    const killed = await runAndKill(folder, template, { n: 7, signal: "SIGKILL" });
    expect(killed.signal).toBe("SIGKILL");
    expect(cleanUpAfter(folder, template)).toEqual({ code: 0, output: "Nothing was left behind.\n" });
    expect(await ended).toBe(0);
    expect(output).toContain('"finished"');
    while (livingProcesses(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

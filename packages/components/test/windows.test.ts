import { text as readText } from "node:stream/consumers";
import { defineComponent } from "@hclbuild/schema";
import { BuildError, type Communicator, type Completion, type Plugin } from "@hclbuild/sdk";
import { createFakeClock, fakeComponent, pluginOf } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, runComponents, step } from "./harness.js";

type Answer = number | { readonly stdout: string } | "lost" | "unreachable";

/** A machine that answers commands by a script, and notes everything. */
function windowsMachine(answer: (command: string) => Answer) {
  const commands: string[] = [];
  const files = new Map<string, string>();
  const communicator: Communicator = {
    kind: "fake",
    capabilities: new Set(["commands", "files"]),
    async start({ command, stdout, stderr }) {
      commands.push(command);
      const given = answer(command);
      if (given === "unreachable")
        throw new BuildError("connection refused", { code: "fake/refused", retryable: true });
      if (typeof given === "object") stdout?.write(given.stdout);
      stdout?.end();
      stderr?.end();
      const completion: Completion =
        given === "lost" ? { kind: "disconnected" } : { kind: "exit", code: typeof given === "number" ? given : 0 };
      return { done: Promise.resolve(completion) };
    },
    async uploadFile(content, remote) {
      files.set(remote, await readText(content));
    },
    uploadDirectory: async () => undefined,
    downloadFile: async () => undefined,
    downloadDirectory: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const schema = defineComponent({ kind: "builder", name: "windows", since: "0.1.0", summary: "A machine.", body: {} });
  const plugin: Plugin = pluginOf(schema, {
    form: "phased",
    launch: async () => ({ output: {}, connect: communicator }),
    capture: async () => undefined,
  });
  const machine = { component: fakeComponent("builder", "windows", "example.test/windows/windows"), config: {} };
  return { commands, files, plugin, machine };
}

const scrub = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID");

describe("powershell", () => {
  const provision = async (config: Parameters<typeof step>[1], answer: (command: string) => Answer = () => 0) => {
    using folder = makeFolder();
    const { commands, files, plugin, machine } = windowsMachine(answer);
    const run = await runComponents({
      folder: folder.path,
      machine,
      plugins: [plugin],
      steps: [step("powershell", config)],
    });
    return {
      run,
      commands: commands.map(scrub),
      files: new Map([...files].map(([name, text]) => [scrub(name), scrub(text)])),
    };
  };

  it("runs inline commands inside a script that reports failures", async () => {
    const { run, commands, files } = await provision({ inline: ["Write-Host hi"], env: { A: 'x"y$z' } });
    expect(run.lines.slice(0, 2)).toEqual([
      "==> null.n: Provisioning with Powershell...",
      "==> null.n: Provisioning with powershell script: DIR/hclbuild-000000000001/packer-shell0.ps1",
    ]);
    expect(commands).toEqual([
      "powershell -executionpolicy bypass -file c:/Windows/Temp/script-UUID.ps1",
      "powershell -executionpolicy bypass -file c:/Windows/Temp/packer-cleanup-UUID.ps1",
    ]);
    expect(files.get("c:/Windows/Temp/packer-ps-env-vars-UUID.ps1")).toBe(
      '$env:A="x`"y`$z"; $env:PACKER_BUILDER_TYPE="windows"; $env:PACKER_BUILD_NAME="n"; ',
    );
    expect(files.get("c:/Windows/Temp/script-UUID.ps1")?.split("\n")).toContain("Write-Host hi");
  });

  it("fails with the script's exit code, before the clean-up", async () => {
    const { run, commands } = await provision({ inline: ["exit 5"] }, () => 5);
    expect(run.error).toBe("Script exited with non-zero exit status: 5. Allowed exit codes are: [0]");
    expect(commands).toHaveLength(1);
  });

  it("leaves everything with skip_clean, and does not pause then", async () => {
    const { run, commands } = await provision({
      inline: ["x"],
      skip_clean: true,
      pause_after: "1h",
      execution_policy: "none",
      use_pwsh: true,
    });
    expect(run.outcome).toBe("succeeded");
    expect(commands).toEqual(["-file c:/Windows/Temp/script-UUID.ps1"]);
  });

  it("runs as another user through a scheduled task", async () => {
    const { commands, files } = await provision({
      inline: ["x"],
      elevated_user: "admin",
      elevated_password: "it's-secret",
      skip_clean: true,
    });
    expect(commands).toEqual([
      'powershell -executionpolicy bypass -file "C:/Windows/Temp/packer-elevated-shell-UUID.ps1"',
    ]);
    expect(files.get("C:/Windows/Temp/packer-elevated-shell-UUID.ps1")).toContain("-Password 'it''s-secret'");
  });
});

describe("windows-shell", () => {
  it("sets the variables in the command line", async () => {
    using folder = makeFolder();
    const { commands, files, plugin, machine } = windowsMachine(() => 0);
    const steps = [step("windows-shell", { inline: ["dir", "echo x"], environment_vars: ["A=it's"] })];
    const run = await runComponents({ folder: folder.path, machine, plugins: [plugin], steps });
    expect(run.lines[0]).toBe("==> null.n: Provisioning with windows-shell...");
    expect(commands).toEqual([
      'set "A=it\'s" && set "PACKER_BUILDER_TYPE=windows" && set "PACKER_BUILD_NAME=n" && "c:/Windows/Temp/script.bat"',
    ]);
    expect(files.get("c:/Windows/Temp/script.bat")).toBe("dir\necho x\n");
  });
});

describe("windows-restart", () => {
  const restart = async (config: Parameters<typeof step>[1], answer: (command: string) => Answer) => {
    using folder = makeFolder();
    const { commands, plugin, machine } = windowsMachine(answer);
    const run = await runComponents({
      folder: folder.path,
      machine,
      plugins: [plugin],
      steps: [step("windows-restart", config)],
      options: { clock: createFakeClock({ whenIdle: true }) },
    });
    return { run, commands };
  };

  it("probes until the restart has begun, and then until the machine is back", async () => {
    const probes: Answer[] = [1115, "lost"];
    const checks: Answer[] = ["unreachable", 1, { stdout: "BOX restarted.\r\n" }];
    const { run, commands } = await restart({}, (command) =>
      command.startsWith("shutdown /r /f /t 0")
        ? 0
        : command.startsWith("shutdown /r")
          ? (probes.shift() ?? 0)
          : (checks.shift() ?? 0),
    );
    expect(run.lines).toEqual([
      "==> null.n: Restarting Machine",
      "==> null.n: Waiting for machine to restart...",
      "==> null.n: BOX restarted.",
      "==> null.n: Machine successfully restarted, moving on",
      "Build 'null.n' ended.",
    ]);
    expect(commands).toHaveLength(6);
  });

  it("takes its own probe back when the restart is over already", async () => {
    const { commands } = await restart({}, (command) =>
      command.startsWith("powershell") ? { stdout: "x restarted." } : 0,
    );
    expect(commands[2]).toBe("shutdown /a");
  });

  it("waits for the registry when asked to", async () => {
    let pending = 2;
    const { run } = await restart({ check_registry: true, registry_keys: ["HKLM:X"] }, (command) => {
      if (command.includes("Test-Path 'HKLM:X'")) return { stdout: pending-- > 0 ? "True\r\n" : "False\r\n" };
      return command.startsWith("powershell") ? { stdout: "x restarted." } : "lost";
    });
    expect(run.outcome).toBe("succeeded");
    expect(pending).toBe(-1);
  });

  it("gives up after the timeout", async () => {
    const { run } = await restart({ restart_timeout: "30s" }, (command) =>
      command.startsWith("powershell") ? "unreachable" : 1,
    );
    // The restart command itself must succeed.
    expect(run.error).toBe("The restart command failed with exit code 1");
    expect(run.codes).toEqual(["script/restart-failed"]);
    const late = await restart({ restart_timeout: "30s" }, (command) =>
      command.startsWith("powershell") ? "unreachable" : "lost",
    );
    expect(late.run.error).toBe("Timeout waiting for machine to restart");
    expect(late.run.codes).toEqual(["script/restart-timeout"]);
  });
});

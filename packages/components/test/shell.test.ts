import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { localBuilder, localMachine, makeFolder, runComponents, step } from "./harness.js";

describe("shell", () => {
  const run = (folder: string, config: Parameters<typeof step>[1]) => {
    mkdirSync(path.join(folder, "remote"), { recursive: true });
    return runComponents({
      folder,
      machine: localMachine,
      plugins: [localBuilder(folder)],
      steps: [step("shell", { remote_folder: path.join(folder, "remote"), ...config })],
    });
  };

  it("uploads, runs and removes the script", async () => {
    using folder = makeFolder();
    const result = await run(folder.path, {
      inline: ["echo out $GREETING", "echo err >&2"],
      environment_vars: ["GREETING=it's"],
    });
    expect(result.lines.toSorted()).toEqual([
      "==> null.n: Provisioning with shell script: DIR/hclbuild-000000000001/packer-shell0",
      "==> null.n: err",
      "==> null.n: out it's",
      "Build 'null.n' ended.",
    ]);
    expect(readdirSync(path.join(folder.path, "remote"))).toEqual([]);
  });

  it("leaves the script with skip_clean, with line ends for Unix", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "a.sh"), "#!/bin/sh\r\necho one\r\n");
    const result = await run(folder.path, { script: "a.sh", skip_clean: true, remote_file: "kept.sh" });
    expect(result.lines).toContain("==> null.n: one");
    expect(readFileSync(path.join(folder.path, "remote/kept.sh"), "utf8")).toBe("#!/bin/sh\necho one\n");
  });

  it("uploads unchanged bytes when binary", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "a.sh"), "#!/bin/sh\necho 'x\r\n'\n");
    await run(folder.path, { script: "a.sh", binary: true, skip_clean: true, remote_file: "kept.sh" });
    expect(readFileSync(path.join(folder.path, "remote/kept.sh"), "utf8")).toBe("#!/bin/sh\necho 'x\r\n'\n");
  });

  it("passes variables in a file when asked to, and removes it", async () => {
    using folder = makeFolder();
    const result = await run(folder.path, { inline: ["echo $A"], env: { A: "from file" }, use_env_var_file: true });
    expect(result.lines).toContain("==> null.n: from file");
    expect(readdirSync(path.join(folder.path, "remote"))).toEqual([]);
  });

  it("writes the shebang by Packer's rules", async () => {
    using folder = makeFolder();
    const first = async (config: Parameters<typeof step>[1]): Promise<string> => {
      await run(folder.path, { ...config, skip_clean: true, remote_file: "s.sh" });
      return readFileSync(path.join(folder.path, "remote/s.sh"), "utf8");
    };
    expect(await first({ inline: ["true"] })).toBe("#!/bin/sh -e\ntrue\n");
    expect(await first({ inline: ["#!/bin/sh", "true"] })).toBe("#!/bin/sh\ntrue\n");
    expect(await first({ inline: ["#!/bin/sh", "true"], inline_shebang: "/bin/sh -x" })).toBe(
      "#!/bin/sh -x\n#!/bin/sh\ntrue\n",
    );
  });

  it("says what a bad exit code means", async () => {
    using folder = makeFolder();
    const result = await run(folder.path, { inline: ["exit 7"], valid_exit_codes: [0, 2] });
    expect(result.error).toBe("Script exited with non-zero exit status: 7. Allowed exit codes are: [0 2]");
  });

  it("pauses afterwards when asked to", async () => {
    using folder = makeFolder();
    const result = await run(folder.path, { inline: ["true"], pause_after: "10ms" });
    expect(result.lines).toContain("==> null.n: Pausing 10ms after this provisioner...");
  });

  it("fails when the script is gone", async () => {
    using folder = makeFolder();
    const result = await run(folder.path, { script: "nope.sh" });
    expect(result.error).toBe("The script nope.sh cannot be read: no such file or directory");
    expect(existsSync(path.join(folder.path, "nope.sh"))).toBe(false);
  });
});

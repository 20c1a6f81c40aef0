import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { processIdentity } from "@hclbuild/sdk";
import { fakeComponent } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, post, runComponents, step } from "./harness.js";

const script = "DIR/hclbuild-000000000001/packer-shell0";

describe("shell-local", () => {
  it("runs inline commands with the build's variables and shows both streams", async () => {
    using folder = makeFolder();
    const run = await runComponents({
      folder: folder.path,
      steps: [
        step("shell-local", {
          inline: ["echo $PACKER_BUILD_NAME $PACKER_BUILDER_TYPE", 'echo "$A/$B"'],
          environment_vars: ["A=it's", "B=1"],
          env: { B: "two words" },
        }),
      ],
    });
    expect(run.lines).toEqual([
      `==> null.n: Running local shell script: ${script}`,
      "==> null.n: n null",
      "==> null.n: it's/two words",
      "Build 'null.n' ended.",
    ]);
  });

  // What Packer 1.6.6 prints for the same template.
  it("renders fields that have no value as Packer does", async () => {
    using folder = makeFolder();
    const commands = [
      "echo '[{{.Names}}] [{{ .A.B }}] {{if .Q}}y{{else}}n{{end}}'",
      "echo '{{`{{.Names}}`}}' > literal",
    ];
    const run = await runComponents({
      folder: folder.path,
      steps: [
        step("shell-local", {
          inline: commands,
          execute_command: ["/bin/sh", "-c", "echo '<{{.Foo}}>'; {{.Vars}} {{.Script}}"],
        }),
      ],
      posts: [post("compress", { output: "x.{{.Foo}}.zip" })],
      machine: { component: fakeComponent("builder", "file", "core"), config: { target: "a", content: "a" } },
    });
    expect(run.lines).toContain("==> null.n: <<no value>>");
    expect(run.lines).toContain("==> null.n: [<no value>] [<no value>] n");
    expect(readFileSync(path.join(folder.path, "literal"), "utf8")).toBe("{{.Names}}\n");
    expect(existsSync(path.join(folder.path, "x.<no value>.zip"))).toBe(true);
  });

  it("fails with the exit code as Packer words it", async () => {
    using folder = makeFolder();
    const run = await runComponents({ folder: folder.path, steps: [step("shell-local", { inline: ["exit 3"] })] });
    expect(run.error).toBe("Script exited with non-zero exit status: 3. Allowed exit codes are: [0]");
    const allowed = await runComponents({
      folder: folder.path,
      steps: [step("shell-local", { inline: ["exit 3"], valid_exit_codes: [0, 3] })],
    });
    expect(allowed.outcome).toBe("succeeded");
  });

  it("runs script files by their absolute path, in the working directory", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "s.sh"), "#!/bin/sh\necho $0 $PWD\n", { mode: 0o755 });
    const run = await runComponents({ folder: folder.path, steps: [step("shell-local", { scripts: ["s.sh"] })] });
    expect(run.lines.slice(0, 2)).toEqual(["==> null.n: Running local shell script: s.sh", "==> null.n: DIR/s.sh DIR"]);
  });

  it("renders execute_command when it runs", async () => {
    using folder = makeFolder();
    const run = await runComponents({
      folder: folder.path,
      steps: [
        step("shell-local", {
          inline: ["echo hi"],
          environment_vars: ["X=1"],
          execute_command: ["/bin/sh", "-c", 'echo "vars {{.Vars}}" name {{build_name}}; {{.Vars}} {{.Script}}'],
        }),
      ],
    });
    expect(run.lines[1]).toBe("==> null.n: vars PACKER_BUILDER_TYPE='null' PACKER_BUILD_NAME='n' X='1'  name n");
    expect(run.lines[2]).toBe("==> null.n: hi");
  });

  it("shows lines as a terminal would", async () => {
    using folder = makeFolder();
    const run = await runComponents({
      folder: folder.path,
      steps: [step("shell-local", { inline: [String.raw`printf 'a\n\nb  \nxx\ryy\nno end'`] })],
    });
    expect(run.lines.slice(1, -1)).toEqual([
      "==> null.n: a",
      "==> null.n:",
      "==> null.n: b",
      "==> null.n: yy",
      "==> null.n: no end",
    ]);
  });

  it("is skipped on other systems", async () => {
    using folder = makeFolder();
    const run = await runComponents({
      folder: folder.path,
      steps: [step("shell-local", { inline: ["echo no"], only_on: ["windows"] })],
    });
    expect(run.lines[0]).toBe("==> null.n: Skipping shell-local due to runtime OS");
  });

  it("passes the artifact on as a post-processor, which speaks with its own name", async () => {
    using folder = makeFolder();
    const run = await runComponents({ folder: folder.path, posts: [post("shell-local", { inline: ["echo post"] })] });
    expect(run.lines).toEqual([
      "==> null.n: Running post-processor:  (type shell-local)",
      `==> null.n (shell-local): Running local shell script: ${script}`,
      "==> null.n (shell-local): post",
      "Build 'null.n' ended.",
    ]);
    expect(run.artifacts).toHaveLength(2);
  });

  it("is stopped with everything that it started", async () => {
    using folder = makeFolder();
    const controller = new AbortController();
    const child = path.join(folder.path, "child");
    const started = (async () => {
      while (!existsSync(child)) await wait(10);
      controller.abort("interrupt");
    })();
    const run = await runComponents({
      folder: folder.path,
      steps: [step("shell-local", { inline: [`sleep 600 & echo $! > ${child}.tmp; mv ${child}.tmp ${child}; wait`] })],
      options: { signals: { cancel: controller.signal } },
    });
    await started;
    expect(run.outcome).toBe("cancelled");
    expect(run.error).toBe("build was cancelled");
    const pid = Number(readFileSync(child, "utf8"));
    const state = (): string => processIdentity(pid) ?? "gone";
    await expect.poll(state, { timeout: 10_000 }).toMatch(/^(?:gone|ended)$/);
  });
});

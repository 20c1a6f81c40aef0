import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../run-binary.js";
import { greeting, mistakes } from "../templates.js";

/** Takes out what differs from run to run. */
function stable(text: string): string {
  return text
    .replaceAll(/\/\S*\/packer-shell\d+/g, "SCRIPT")
    .replaceAll(/\d+ (milli|micro)?seconds?( \d+ (milli|micro)seconds?)?/g, "TIME")
    .replaceAll(/^\d{10},/gm, "STAMP,");
}

const output = `==> null.example: Running local shell script: SCRIPT
==> null.example: HELLO
==> null.example: Running post-processor:  (type manifest)
Build 'null.example' finished after TIME.

==> Wait completed after TIME

==> Builds finished. The artifacts of successful builds are:
--> null.example: Did not export anything. This is the null builder
--> null.example: Did not export anything. This is the null builder
`;

describe("a build that succeeds", () => {
  test("prints what Packer prints, and leaves a manifest and its state", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting });
    const { code, stdout, stderr } = hclbuild(["build", "."], { cwd: folder });
    expect({ code, stderr, stdout: stable(stdout) }).toEqual({ code: 0, stderr: "", stdout: output });
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { builds: object[] };
    expect(manifest.builds).toMatchObject([{ name: "example", builder_type: "null", artifact_id: "Null" }]);
    expect(readFileSync(join(folder, ".hclbuild/.gitignore"), "utf8")).toBe("*\n");
    expect(readdirSync(join(folder, ".hclbuild/runs"))).toHaveLength(1);
  });

  test("in colour: each build in its own", () => {
    const { stdout } = hclbuild(["build", "-color", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
    expect(stdout).toMatch(/^\u001B\[1;32mnull\.example: output will be in this color\.\u001B\[0m\n\n/);
    expect(stdout).toContain("\u001B[1;32m==> null.example: HELLO\u001B[0m\n");
  });

  test("with the time in front of each line", () => {
    const { stdout } = hclbuild(["build", "-timestamp-ui", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: ==> null\.example: HELLO$/m);
  });

  test("for programs: comma-separated lines", () => {
    const { code, stdout, stderr } = hclbuild(["-machine-readable", "build", "."], {
      cwd: makeFolder({ "a.pkr.hcl": greeting }),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stable(stdout)).toContain("STAMP,,ui,say,==> null.example: HELLO\n");
    expect(stable(stdout)).toContain("STAMP,null.example,artifact,0,builder-id,fnoeding.null\n");
    expect(stable(stdout)).toContain("STAMP,null.example,artifact,1,end\n");
  });

  test("for programs: one event a line", () => {
    const { code, stdout, stderr } = hclbuild(["build", "-format=ndjson", "."], {
      cwd: makeFolder({ "a.pkr.hcl": greeting }),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { v: number; seq: number; type: string });
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.every((event) => event.v === 1)).toBe(true);
    expect(events[0]?.type).toBe("run.start");
    expect(events.at(-1)).toMatchObject({ type: "run.end", outcome: "succeeded" });
  });

  test("with variables from flags, files and the environment", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting, "b.auto.pkrvars.hcl": 'greeting = "file"\n' });
    const run = (args: readonly string[], env = {}): string =>
      stable(hclbuild(["build", ...args, "."], { cwd: folder, env }).stdout);
    expect(run([])).toContain("==> null.example: FILE\n");
    expect(run([], { PKR_VAR_greeting: "environment" })).toContain("==> null.example: FILE\n");
    expect(run(["-var", "greeting=flag"], { PKR_VAR_greeting: "environment" })).toContain("==> null.example: FLAG\n");
  });

  test("with its state elsewhere", () => {
    const folder = makeFolder({ "a.pkr.hcl": greeting });
    expect(hclbuild(["build", "."], { cwd: folder, env: { HCLBUILD_STATE_DIR: "state" } }).code).toBe(0);
    expect(existsSync(join(folder, ".hclbuild"))).toBe(false);
    expect(readdirSync(join(folder, "state/runs"))).toHaveLength(1);
  });
});

describe("a build that fails", () => {
  const failing = greeting.replace("echo $GREETING", "echo $GREETING; exit 3");

  test("says which step, and ends with 1", () => {
    const { code, stdout, stderr } = hclbuild(["build", "."], { cwd: makeFolder({ "a.pkr.hcl": failing }) });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("[script/exit-code]");
    expect(stdout).toMatch(/^ {2}a\.pkr\.hcl:\d+:\d+$/m);
    expect(stdout).toContain("==> Some builds didn't complete successfully and had errors:\n--> null.example: ");
  });

  test("mistakes in the template keep everything from running", () => {
    const folder = makeFolder({ "a.pkr.hcl": mistakes });
    const { code, stdout, stderr } = hclbuild(["build", "."], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("[ref/undeclared-variable]");
    expect(stdout).not.toContain("==>");
    expect(existsSync(join(folder, ".hclbuild"))).toBe(false);
  });

  test("mistakes as events carry lines and columns", () => {
    const { code, stdout, stderr } = hclbuild(["build", "-format=ndjson", "."], {
      cwd: makeFolder({ "a.pkr.hcl": mistakes }),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; diagnostic?: object });
    const finding = events.find((event) => JSON.stringify(event).includes("ref/undeclared-variable"));
    expect(finding?.type).toBe("diagnostic");
    expect(JSON.stringify(finding?.diagnostic)).toContain('"line":13');
    expect(events.at(-1)).toMatchObject({ type: "run.end", outcome: "failed" });
  });

  test("a template without builds", () => {
    const { code, stdout } = hclbuild(["build", "."], { cwd: makeFolder({ "a.pkr.hcl": "locals {\n  a = 1\n}\n" }) });
    expect(code).toBe(1);
    expect(stdout).toContain("Error: ");
  });

  test("flags that leave no build", () => {
    const { code, stdout } = hclbuild(["build", "-only=nothing", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
    expect(code).toBe(1);
    expect(stdout).toContain("[cli/no-builds]");
  });

  test("runs nothing for an empty value of -only, which an unset variable leaves", () => {
    const { code, stdout } = hclbuild(["build", "-only=", "."], { cwd: makeFolder({ "a.pkr.hcl": greeting }) });
    expect(code).toBe(1);
    expect(stdout).toContain("An empty value selects nothing");
    expect(stdout).toContain("[cli/no-builds]");
    expect(stdout).not.toContain("finished after");
  });
});

test("one mistake is one message, however many builds have it", () => {
  const sources = ["a", "b", "c"].map((name) => `source "null" "${name}" {\n  communicator = "none"\n}\n`).join("");
  const template = (step: string): string =>
    `${sources}build {\n  sources = ["null.a", "null.b", "null.c"]\n  provisioner "shell-local" {\n    ${step}\n  }\n}\n`;
  const deprecated = hclbuild(["build", "."], { cwd: makeFolder({ "a.pkr.hcl": template('command = "echo hi"') }) });
  expect(deprecated.code).toBe(0);
  expect(deprecated.stdout.match(/\[schema\/deprecated-option\]/g)).toHaveLength(1);
  for (const command of ["build", "validate"]) {
    const missing = hclbuild([command, "."], { cwd: makeFolder({ "a.pkr.hcl": template('script = "none.sh"') }) });
    expect(missing.code).toBe(1);
    expect(missing.stdout.match(/\[script\/not-found\]/g)).toHaveLength(1);
  }
});

describe("secrets", () => {
  const telling = greeting.replace(
    "echo $GREETING",
    "echo ${var.password} | tr -d '\\n'; echo; echo ${base64encode(var.password)}",
  );

  test("appear in no output, no log and no state", () => {
    const folder = makeFolder({ "a.pkr.hcl": telling });
    const args = ["build", "-var", "password=swordfish-42", "."];
    const { code, stdout } = hclbuild(args, {
      cwd: folder,
      env: { PACKER_LOG: "1", PACKER_LOG_PATH: join(folder, "log") },
    });
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("==> null.example: <sensitive>\n");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    for (const secret of ["swordfish-42", Buffer.from("swordfish-42").toString("base64")]) {
      expect([stdout, ...texts].some((text) => text.includes(secret))).toBe(false);
    }
  });
});

describe("an interrupt", () => {
  const waiting = greeting.replace("echo $GREETING", "echo $GREETING; sleep 30");

  test.each([
    ["SIGINT", "interrupt"],
    ["SIGTERM", "terminated"],
  ] as const)("%s cancels and ends with 1", async (signal, name) => {
    const child = startHclbuild(["build", "."], { cwd: makeFolder({ "a.pkr.hcl": waiting }) });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      if (!stdout.includes("HELLO") && (stdout + chunk).includes("HELLO")) child.kill(signal);
      stdout += chunk;
    });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(1);
    expect(stdout).toContain(`Cancelling build after receiving ${name}\n`);
    expect(stdout).toMatch(/\nCleanly cancelled builds after being interrupted\.\n$/);
  });
});

test("the log goes to standard error, or to a file", () => {
  const folder = makeFolder({ "a.pkr.hcl": greeting });
  expect(hclbuild(["build", "."], { cwd: folder, env: { PACKER_LOG: "0" } }).stderr).toBe("");
  const { stderr } = hclbuild(["build", "."], { cwd: folder, env: { HCLBUILD_LOG: "1" } });
  for (const line of stderr
    .trimEnd()
    .split("\n")
    .filter((text) => text !== "")) {
    expect(line).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /);
  }
  expect(hclbuild(["build", "."], { cwd: folder, env: { PACKER_LOG_PATH: "log.txt" } }).stderr).toBe("");
  expect(existsSync(join(folder, "log.txt"))).toBe(true);
});

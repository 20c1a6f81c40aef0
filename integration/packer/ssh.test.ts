import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { normaliseBuildOutput } from "../../tools/peer-normalise.js";
import { binary } from "../faults/kill-at-event.js";
import { writeAcceptance } from "../ssh/acceptance-template.js";
import { startSshServer, type SshServer } from "../ssh/server.js";

interface PeerRun {
  readonly code: number | null;
  readonly text: string;
  /** Path, mode and size of every file on the "machine" and of what was fetched from it. */
  readonly files: readonly string[];
}

/** Runs the acceptance template with a program; the server restarts when the output says so. */
async function runWith(command: readonly string[], server: SshServer): Promise<PeerRun> {
  const folder = makeFolder({});
  // Other tests may run at the same time.
  const remote = join(makeFolder({}), "machine");
  mkdirSync(remote);
  const login = `ssh_private_key_file   = "${server.keyFile}"\nssh_read_write_timeout = "1m"`;
  writeAcceptance(folder, { port: server.port, login, remote, fileCount: 50, bigSize: 3_000_000 });
  const [program = "", ...args] = command;
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    PACKER_CONFIG_DIR: folder,
    CHECKPOINT_DISABLE: "1",
    TZ: "UTC",
  };
  const child = spawn(program, [...args, "build", "-color=false", "ssh.pkr.hcl"], { cwd: folder, env });
  let text = "";
  let restarted: Promise<void> | undefined;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (/: rebooting$/m.test(text)) restarted ??= server.restart();
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  await restarted;
  const files = [...listing(remote), ...listing(folder).filter((line) => line.includes("back.bin"))];
  return { code, text: text.replaceAll(remote, "/tmp/hclbuild-acceptance"), files };
}

function listing(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const facts = statSync(join(root, name));
      return `${name} ${(facts.mode & 0o777).toString(8)} ${facts.isFile() ? facts.size : "folder"}`;
    });
}

const document = new URL("../../docs/compatibility.md", import.meta.url);
const marker = "<!-- ssh-comparison -->";

test("a template over SSH: both print the same once normalised, and leave the same files", async () => {
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const theirs = await runWith(["packer"], server);
  const ours = await runWith([process.execPath, binary], server);
  const [mine, peers] = [ours, theirs].map((run) => normaliseBuildOutput(run.text));
  if (process.env["UPDATE"] === "1") writeComparison(mine ?? "", peers ?? "");
  expect({ code: ours.code, text: mine }).toEqual({ code: theirs.code, text: peers });
  expect(ours.files).toEqual(theirs.files);
}, 240_000);

/** Puts both outputs into the document. */
function writeComparison(ours: string, theirs: string): void {
  const [before = "", rest = ""] = readFileSync(document, "utf8").split(marker);
  const after = /\n## .*$/s.exec(rest)?.[0] ?? "";
  const rows = ours.split("\n").map((line, index) => [line, theirs.split("\n")[index] ?? ""]);
  const cell = (text: string | undefined): string => (text ? `\`${text.replaceAll("|", String.raw`\|`)}\`` : "");
  const table = rows.filter(([a, b]) => a !== "" || b !== "").map(([a, b]) => `| ${cell(b)} | ${cell(a)} |`);
  writeFileSync(
    document,
    `${before}${marker}\n\n| Packer 1.6.6 | hclbuild |\n|---|---|\n${table.join("\n")}\n${after}`,
  );
}

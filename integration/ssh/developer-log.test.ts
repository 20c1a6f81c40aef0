import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, runBuild, sshBuild } from "../faults/run-build.js";
import { startSshServer } from "./server.js";

test("the developer's log has the attempts to connect and the commands", async () => {
  const server = await startSshServer({});
  onTestFinished(() => server.stop());
  const file = join(makeFolder({}), "log.txt");
  const template = sshBuild(server, `provisioner "shell" {\n  inline = ["exit 0"]\n}`);
  const { code } = await runBuild({ files: { "x.pkr.hcl": template }, env: { PACKER_LOG_PATH: file } });
  expect(code).toBe(0);
  const log = readFileSync(file, "utf8");
  const target = `{"attempt":0,"host":"127.0.0.1","port":${server.port},"user":"root"}`;
  expect(log).toContain(`ssh connection attempt ${target}\n`);
  expect(log).toContain('ssh login {"host":"127.0.0.1","method":"publickey","allowed":null}\n');
  expect(log).toContain(`ssh connected ${target}\n`);
  expect(log).toMatch(/ssh command ends \{"number":\d+,"kind":"exit","code":0\}\n/);
});

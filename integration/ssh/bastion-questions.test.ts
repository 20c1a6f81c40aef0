import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeFolder, runBuild, sshBuild } from "../faults/run-build.js";
import { startSshServer } from "./server.js";
import { runOnTerminal } from "./terminal.js";

const password = "s3cret pass'word";

/** A machine behind a bastion that asks for its password, and a template for it. */
async function start(): Promise<string> {
  const machine = await startSshServer();
  onTestFinished(() => machine.stop());
  const config = ["PasswordAuthentication no", "PubkeyAuthentication no"];
  const bastion = await startSshServer({ pam: true, password, config });
  onTestFinished(() => bastion.stop());
  const options = `ssh_bastion_host        = "127.0.0.1"
  ssh_bastion_port        = ${bastion.port}
  ssh_bastion_username    = "root"
  ssh_bastion_interactive = true`;
  // The machine's key is offered to the bastion as well, and refused.
  return sshBuild(machine, `provisioner "shell" {\n  inline = ["echo hello-$((40 + 2))"]\n}`, options);
}

it("ssh_bastion_interactive passes the bastion's questions on; answers are neither shown nor logged", async () => {
  const folder = makeFolder({ "x.pkr.hcl": await start() });
  const { code, shown } = await runOnTerminal(
    folder,
    ["build", "-color=false", "-log-dir=logs", "."],
    [{ after: "==> null.x: The bastion 127.0.0.1 asks: Password:", text: `${password}\n` }],
  );
  expect({ code, hello: shown.includes("hello-42"), secret: shown.includes(password) }).toEqual({
    code: 0,
    hello: true,
    secret: false,
  });
  for (const name of readdirSync(join(folder, "logs"))) {
    expect(readFileSync(join(folder, "logs", name), "utf8")).not.toContain(password);
  }
});

it("without somebody who could answer, the build says so at once", async () => {
  const build = await runBuild({ files: { "x.pkr.hcl": await start() } });
  expect({ code: build.code, errors: build.errors }).toEqual({ code: 1, errors: ["run/cannot-ask"] });
});

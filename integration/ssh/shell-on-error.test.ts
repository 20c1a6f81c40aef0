import { expect, it, onTestFinished } from "vitest";
import { makeFolder, sshBuild } from "../faults/run-build.js";
import { startSshServer } from "./server.js";
import { runOnTerminal } from "./terminal.js";

it("-on-error=shell opens a shell on the machine that failed, and cleans up when it ends", async () => {
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const steps = `provisioner "shell" {
  inline = ["echo before", "exit 3"]
}
error-cleanup-provisioner "shell" {
  inline = ["echo cleaned up"]
}`;
  const folder = makeFolder({ "x.pkr.hcl": sshBuild(server, steps) });
  const { code, shown } = await runOnTerminal(
    folder,
    ["build", "-on-error=shell", "."],
    [
      { after: "Opening a shell on the machine", text: "" },
      { after: "# ", text: "echo typed-$((6 * 7))\n" },
      { after: "typed-42", text: "exit\n" },
    ],
  );
  expect(code).toBe(1);
  // Echoed, answered, and only then cleaned up.
  expect(shown).toMatch(/echo typed-\$\(\(6 \* 7\)\).*typed-42.*cleaned up/s);
  expect(shown).toContain("Some builds didn't complete successfully");
});

it("the live view shows each build, and leaves Packer's lines behind", async () => {
  const server = await startSshServer();
  onTestFinished(() => server.stop());
  const steps = `provisioner "file" {
  source = "big.bin"
  destination = "/dev/null"
}
provisioner "shell" {
  inline = ["echo done"]
}`;
  const folder = makeFolder({ "x.pkr.hcl": sshBuild(server, steps), "big.bin": "x".repeat(30_000_000) });
  const { code, shown } = await runOnTerminal(folder, ["build", "-color=false", "."], []);
  expect(code).toBe(0);
  expect(shown).toMatch(/\u001B\[\?7l⠋ null\.x {2}0:00/);
  expect(shown).toMatch(/big\.bin █+░+ [\d.]+ MB \/ 30\.0 MB \(\d+%\)/);
  // What stays is what is printed without a terminal: the block is erased before each line and at the end.
  const kept = shown.replaceAll(/\u001B\[\?7l.*?\u001B\[\?7h\u001B\[1F\u001B\[J/gs, "").replaceAll("\r", "");
  expect(kept).not.toContain("\u001B");
  expect(kept).toContain("==> null.x: done\nBuild 'null.x' finished after ");
}, 180_000);

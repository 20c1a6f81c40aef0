import { expect, test } from "vitest";
import { makeFolder } from "../faults/run-build.js";
import { docker } from "../setup/docker.js";
import { runOnTerminal } from "../ssh/terminal.js";

test("-on-error=shell opens a shell in the container that failed, which is removed when the shell ends", async () => {
  const folder = makeFolder({
    "x.pkr.hcl": `
source "docker" "x" {
  image   = "busybox:test"
  pull    = false
  discard = true
}
build {
  sources = ["source.docker.x"]
  provisioner "shell" {
    inline = ["echo $(hostname) > /failed", "exit 3"]
  }
}
`,
  });
  const { code, shown } = await runOnTerminal(
    folder,
    ["build", "-on-error=shell", "."],
    [
      { after: "Opening a shell on the machine", text: "" },
      { after: "# ", text: "echo in:$(cat /failed):\n" },
      { after: "in:", text: "" },
      { after: "# ", text: "exit\n" },
    ],
  );
  expect(code).toBe(1);
  const [, container = ""] = /in:([0-9a-f]{12}):/.exec(shown) ?? [];
  expect(container).not.toBe("");
  expect(docker("ps", "--all", "--quiet", "--filter", `id=${container}`)).toBe("");
}, 120_000);

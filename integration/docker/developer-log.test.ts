import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildDocker } from "./template.js";

test("the developer's log has commands, transfers and requests to the engine, without secrets", () => {
  const secret = "it's hunter2/hunter2";
  const { code, folder } = buildDocker({
    source: "discard = true",
    build: `
  provisioner "shell" {
    environment_vars = ["TOKEN=\${sensitive(${JSON.stringify(secret)})}"]
    inline           = ["test -n \\"$TOKEN\\""]
  }
  provisioner "file" {
    source      = "it.pkr.hcl"
    destination = "/template"
  }
`,
    env: { PACKER_LOG_PATH: "log.txt" },
  });
  expect(code).toBe(0);
  const log = readFileSync(join(folder, "log.txt"), "utf8");
  for (const line of [
    /docker\.it: docker engine found \{"address":"/,
    /docker\.it: docker engine request \{"request":"POST \/containers\/create"\}/,
    /docker\.it: docker engine answer \{"request":"POST \/containers\/create"\}/,
    /docker\.it: docker command begins \{"number":\d+,"command":".*TOKEN='<sensitive>'/,
    /docker\.it: docker command ends \{"number":\d+,"kind":"exit","code":0\}/,
    /docker\.it: docker upload begins \{"number":\d+,"remote":"\/template",/,
    /build\/source\.docker\.it: container hclbuild-\S+ with id [0-9a-f]{64} deleted/,
  ]) {
    expect(log).toMatch(line);
  }
  expect(log).not.toContain("hunter2");
});

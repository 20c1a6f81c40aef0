import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plugin } from "@hclbuild/builder-docker";
import { definePlugin, type StepContext } from "@hclbuild/sdk";
import { defineComponent } from "@hclbuild/schema";
import {
  communicatorContract,
  createFakeHost,
  fakeComponent,
  fakeGraph,
  fakeMachine,
  runFake,
  type CommunicatorCase,
} from "@hclbuild/testkit";
import { createClock } from "@hclbuild/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hclbuild-contract-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one case of the contract as a provisioner in a container of its own. */
async function runInContainer(contract: CommunicatorCase): Promise<void> {
  let failure: unknown;
  const suite = definePlugin({
    name: "contract",
    source: "example.test/contract/contract",
    version: "1.0.0",
    apiVersion: 1,
    components: [
      {
        schema: defineComponent({
          kind: "provisioner",
          name: "contract",
          since: "0.1.0",
          summary: "A case.",
          body: {},
        }),
        load: async () => ({
          runtime: {
            async provision({ communicator }: StepContext) {
              await contract.run({ communicator, root: "/root/contract" }).catch((error: unknown) => (failure = error));
            },
          },
        }),
      },
    ],
  });
  const prepare = {
    id: "m/0",
    component: fakeComponent("provisioner", "contract", "example.test/contract/contract"),
    config: {},
  };
  const config = {
    image: "busybox:test",
    pull: false,
    discard: true,
    run_command: [
      "-d",
      "-i",
      "-t",
      "--entrypoint=/bin/sh",
      "--",
      "{{.Image}}",
      "-c",
      "mkdir -p /root/contract; exec /bin/sh",
    ],
  };
  const { result } = await runFake({
    graph: fakeGraph([
      fakeMachine("m", { component: fakeComponent("builder", "docker", plugin.source), config, steps: [prepare] }),
    ]),
    plugins: [plugin, suite],
    folder,
    clock: createClock({ now: () => Date.now(), monotonic: () => performance.now() }),
    options: {
      host: createFakeHost(
        { cwd: folder, temporary: folder },
        { PATH: process.env["PATH"], DOCKER_HOST: process.env["DOCKER_HOST"] },
      ),
    },
  });
  if (failure !== undefined) throw failure;
  expect(result.builds[0]?.error).toBeUndefined();
}

describe("the docker communicator", () => {
  it("has an engine to talk to", () => {
    expect(execFileSync("docker", ["image", "inspect", "--format", "ok", "busybox:test"], { encoding: "utf8" })).toBe(
      "ok\n",
    );
  });

  for (const contract of communicatorContract) it(contract.name, () => runInContainer(contract));
});

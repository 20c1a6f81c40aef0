import { applyDefaults } from "@hclbuild/schema";
import { createTestContext } from "@hclbuild/sdk/testing";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { runtime } from "../src/run.js";
import { nullBuilder } from "../src/schema/index.js";

type Config = Parameters<typeof runtime.launch>[1];

async function launch(given: Readonly<Record<string, string | number | boolean>>) {
  const { context } = createTestContext({ folder: tmpdir() });
  const config = applyDefaults(nullBuilder.body, given) as unknown as Config;
  const machine = await runtime.launch(context, config);
  return { machine, artifact: await runtime.capture(context, machine, config) };
}

describe("where it connects to", () => {
  it.each([
    [
      { communicator: "none", ssh_host: "ignored" },
      { communicator: "none", host: "" },
    ],
    [{ ssh_host: "h" }, { communicator: "ssh", host: "h", port: 22 }],
    [
      { ssh_host: "h", ssh_port: 2222, winrm_host: "w" },
      { communicator: "ssh", host: "h", port: 2222 },
    ],
    [
      { communicator: "winrm", winrm_host: "w", winrm_port: 5985, ssh_host: "h" },
      { communicator: "winrm", host: "w", port: 5985 },
    ],
  ])("%o", async (given, connect) => {
    expect((await launch(given)).machine.connect).toEqual(connect);
  });
});

it("makes nothing, and says so", async () => {
  const { machine, artifact } = await launch({ communicator: "none" });
  expect(machine.output).toEqual({ ID: "Null" });
  expect(artifact?.describe()).toMatchObject({
    builderId: "fnoeding.null",
    id: "Null",
    description: "Did not export anything. This is the null builder",
    files: [],
  });
});

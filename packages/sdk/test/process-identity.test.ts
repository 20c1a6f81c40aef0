import { spawn } from "node:child_process";
import { processIdentity } from "@hclbuild/sdk";
import { expect, it } from "vitest";

it("stays the same while a process lives and is gone afterwards", async () => {
  expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
  const child = spawn("sleep", ["60"]);
  const pid = child.pid ?? 0;
  const first = processIdentity(pid);
  expect(first).not.toBe(processIdentity(process.pid));
  expect(processIdentity(pid)).toBe(first);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  expect(processIdentity(pid)).not.toBe(first);
});

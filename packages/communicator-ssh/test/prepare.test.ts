import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagnosticBag, type Span } from "@hclbuild/diagnostics";
import { unknownOption } from "@hclbuild/sdk";
import { createTestContext } from "@hclbuild/sdk/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runtime } from "../src/run.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssh-prepare-"));
  execFileSync("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", join(folder, "key")]);
  execFileSync("ssh-keygen", ["-q", "-N", "secret", "-t", "ed25519", "-f", join(folder, "locked")]);
  execFileSync("ssh-keygen", ["-q", "-s", join(folder, "key"), "-I", "test", join(folder, "key.pub")]);
  writeFileSync(join(folder, "known_hosts"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each finding as its code, the option that it points at, and its message. */
async function findings(
  config: object | typeof unknownOption,
): Promise<readonly (readonly [string, string, string])[]> {
  const { context } = createTestContext({ folder });
  const bag = new DiagnosticBag();
  const spanOf = (file: string): Span => ({ file, start: 0, end: 1 });
  await runtime.prepare?.(config as never, bag.report, { host: context.host, signal: context.signal, spanOf });
  return bag.items.map(({ code, primary, message }) => [code, primary?.file ?? "", message]);
}

it("passes what can be used, what is not given, and what is not known yet", async () => {
  expect(await findings({})).toEqual([]);
  expect(await findings(unknownOption)).toEqual([]);
  expect(await findings({ ssh_private_key_file: unknownOption, ssh_certificate_file: "" })).toEqual([]);
  expect(
    await findings({
      ssh_private_key_file: "~/key",
      ssh_certificate_file: "~/key-cert.pub",
      ssh_known_hosts_file: "~/known_hosts",
      ssh_bastion_host: "bastion.test",
      ssh_bastion_private_key_file: "~/key",
    }),
  ).toEqual([]);
});

it("takes relative paths from the working directory of the build, wherever the process is", async () => {
  const files = {
    ssh_private_key_file: "key",
    ssh_certificate_file: "./key-cert.pub",
    ssh_known_hosts_file: "known_hosts",
  };
  expect(await findings(files)).toEqual([]);
});

it("finds keys and certificates that are missing or something else", async () => {
  expect(await findings({ ssh_private_key_file: "~/none" })).toEqual([
    [
      "ssh/key-unreadable",
      "ssh_private_key_file",
      "The private key ~/none cannot be used: there is no such file or folder.",
    ],
  ]);
  expect(await findings({ ssh_private_key_file: "~/key.pub", ssh_certificate_file: "~/key.pub" })).toEqual([
    ["ssh/key-unreadable", "ssh_private_key_file", "The private key ~/key.pub cannot be used: it is a public key."],
    [
      "ssh/certificate-unreadable",
      "ssh_certificate_file",
      "The certificate ~/key.pub cannot be used: it is not an OpenSSH certificate.",
    ],
  ]);
  expect(await findings({ ssh_known_hosts_file: "~/none" })).toEqual([
    ["ssh/known-hosts-unreadable", "ssh_known_hosts_file", expect.any(String)],
  ]);
});

it("looks at a bastion's key only where there is a bastion", async () => {
  expect(await findings({ ssh_bastion_private_key_file: "~/none" })).toEqual([]);
  expect(await findings({ ssh_bastion_private_key_file: "~/none", ssh_bastion_host: "b" })).toEqual([
    ["ssh/key-unreadable", "ssh_bastion_private_key_file", expect.any(String)],
  ]);
});

it("wants the passphrase of an encrypted key, and does not guess one that it is not shown", async () => {
  const locked = { ssh_private_key_file: "~/locked" };
  expect(await findings(locked)).toEqual([["ssh/key-unreadable", "ssh_private_key_file", expect.any(String)]]);
  expect(await findings({ ...locked, ssh_private_key_passphrase: "wrong" })).toHaveLength(1);
  expect(await findings({ ...locked, ssh_private_key_passphrase: "secret" })).toEqual([]);
  expect(await findings({ ...locked, ssh_private_key_passphrase: unknownOption })).toEqual([]);
});

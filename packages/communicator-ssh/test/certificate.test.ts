import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCertificate } from "../src/certificate.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certificate-"));
  execFileSync("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", join(folder, "authority")]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The line of a certificate that ssh-keygen issues for a new key. */
function issue(name: string, args: readonly string[]): string {
  const key = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", ...args, "-f", key]);
  execFileSync("ssh-keygen", ["-q", "-s", join(folder, "authority"), "-I", "test", "-n", "root", `${key}.pub`]);
  return readFileSync(`${key}-cert.pub`, "utf8");
}

it.each([
  ["ssh-ed25519-cert-v01@openssh.com", ["-t", "ed25519"]],
  ["ssh-rsa-cert-v01@openssh.com", ["-t", "rsa", "-b", "2048"]],
  ["ecdsa-sha2-nistp521-cert-v01@openssh.com", ["-t", "ecdsa", "-b", "521"]],
])("the line of a certificate is read: %s", (type, args) => {
  const text = issue(type.split("-cert")[0] ?? "", args);
  const found = parseCertificate(text);
  expect(found?.type).toBe(type);
  expect(found?.blob.toString("base64")).toBe(text.split(" ")[1]);
  // Without a comment and with blanks around it as well.
  expect(parseCertificate(`  ${text.split(" ").slice(0, 2).join("\t")} \n`)).toEqual(found);
});

it("anything else is no certificate", () => {
  const text = issue("sample", ["-t", "ed25519"]);
  const [type = "", base64 = ""] = text.split(" ");
  const plain = readFileSync(join(folder, "sample.pub"), "utf8");
  const wrong = [
    "",
    "\n",
    plain,
    type,
    `${type} AAAA`,
    `${type} not-base64!`,
    `ssh-rsa-cert-v01@openssh.com ${base64}`,
  ];
  for (const other of wrong) expect(parseCertificate(other)).toBeUndefined();
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestContext } from "@hclbuild/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Prompt } from "ssh2";
import { prepareAuthentication, type Ask, type Authentication } from "../src/authentication.js";
import type { Credentials } from "../src/settings.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "authentication-"));
  execFileSync("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", join(folder, "key")]);
  execFileSync("ssh-keygen", ["-q", "-N", "secret", "-t", "ed25519", "-f", join(folder, "locked")]);
  writeFileSync(join(folder, "empty"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function prepare(
  given: Partial<Credentials>,
  env: Record<string, string> = {},
  ask: Ask = async () => expect.unreachable(),
): Promise<Authentication> {
  const { context } = createTestContext({ folder, env });
  return await prepareAuthentication({ username: "root", useAgent: false, ...given }, context.host, ask);
}

const typesOf = ({ methods }: Authentication): readonly string[] => methods.map(({ type }) => type);

it("offers the methods in Packer's order: agent, key, password, keyboard-interactive", async () => {
  const all = await prepare(
    { useAgent: true, privateKeyFile: "~/key", password: "p" },
    { SSH_AUTH_SOCK: "/run/agent.sock" },
  );
  expect(typesOf(all)).toEqual(["agent", "publickey", "password", "keyboard-interactive"]);
  expect(all.description).toBe("the agent, a private key, a password, keyboard-interactive");
  expect(all.agentSocket).toBe("/run/agent.sock");
});

it("asks for nothing when nothing is given", async () => {
  const none = await prepare({});
  expect(typesOf(none)).toEqual(["none"]);
  expect(none.description).toBe("no credentials");
});

/** Has the server ask; resolves with the answers. */
async function answersTo({ methods }: Authentication, prompts: readonly Prompt[]): Promise<readonly string[]> {
  const method = methods.at(-1);
  if (method?.type !== "keyboard-interactive") throw new Error("not offered");
  return await new Promise((resolve) => method.prompt("", "Welcome.", "", [...prompts], resolve));
}

const prompts = [{ prompt: "Password: " }, { prompt: "Code: ", echo: true }];

it("answers every prompt with the password", async () => {
  expect(await answersTo(await prepare({ password: "p" }), prompts)).toEqual(["p", "p"]);
});

it("passes questions on, and hides the answers that are not to be echoed", async () => {
  const asked: unknown[] = [];
  const authentication = await prepare({ questionsFrom: "The bastion b" }, {}, async (question, options) => {
    asked.push([question, options]);
    return `answer ${asked.length}`;
  });
  expect(authentication.waitsForPerson).toBe(true);
  expect(await answersTo(authentication, prompts)).toEqual(["answer 1", "answer 2"]);
  expect(asked).toEqual([
    ["The bastion b asks: Welcome. Password:", { hidden: true }],
    ["The bastion b asks: Code:", { hidden: false }],
  ]);
});

it("shows a server's questions in one line, without what a terminal would obey", async () => {
  const asked: string[] = [];
  const authentication = await prepare({ questionsFrom: "The bastion b" }, {}, async (question) => {
    asked.push(question);
    return "";
  });
  const prompts = [
    { prompt: "\r\u001b[2K==> null.x: Password\nof root:\u0007 " },
    { prompt: "\u009b2J\u0085next\u202e\u2028line\ttab" },
  ];
  await answersTo(authentication, prompts);
  expect(asked).toEqual([
    "The bastion b asks: Welcome. ␛[2K==> null.x: Password of root:␇",
    "The bastion b asks: <U+009B>2J<U+0085>next<U+202E> line tab",
  ]);
});

it("answers nothing when nobody can, and keeps the reason", async () => {
  const authentication = await prepare({ questionsFrom: "The bastion b" }, {}, async () => {
    throw new Error("nobody here");
  });
  expect(await answersTo(authentication, prompts)).toEqual([]);
  expect(authentication.askFailure()?.message).toBe("nobody here");
});

describe("a key that cannot be used", () => {
  it.each([
    ["is not there", { privateKeyFile: "~/none" }, /~\/none cannot be used: there is no such file or folder$/],
    ["is empty", { privateKeyFile: "~/empty" }, /~\/empty cannot be used: ./],
    ["is public", { privateKeyFile: "~/key.pub" }, /cannot be used: it is a public key$/],
    ["has a passphrase", { privateKeyFile: "~/locked" }, /cannot be used: .*no passphrase given$/],
    ["has another passphrase", { privateKeyFile: "~/locked", passphrase: "no" }, /~\/locked cannot be used: ./],
    ["is not text of a key", { privateKey: "nothing" }, /ssh_private_key cannot be used: ./],
  ])("%s", async (_name, given, message) => {
    await expect(prepare(given)).rejects.toMatchObject({
      code: "ssh/key-unreadable",
      message: expect.stringMatching(message),
      hint: 'It must be an OpenSSH or PEM private key; an encrypted one needs "ssh_private_key_passphrase".',
    });
  });
});

it("wants an agent that is there", async () => {
  await expect(prepare({ useAgent: true })).rejects.toMatchObject({ code: "ssh/no-agent" });
});

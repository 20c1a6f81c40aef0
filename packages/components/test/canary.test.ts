import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { createFakeClock, createRunState, fakeComponent, secretScope, secretForms } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, post, runComponents, step } from "./harness.js";

const secret = 'canary-7Gq&x/+ "quoted" ö';
const key = "-----BEGIN KEY-----\nCanaryLineOne1234\nCanaryLineTwo5678\n-----END KEY-----";

/** Prints the secret in every form that a script could reasonably make of it. */
const leaks = String.raw`
printf '%s\n' "$SECRET"
printf '%s' "$SECRET" | base64
printf 'user:%s' "$SECRET" | base64 -w0; echo
printf '%s\n' "$KEY" >&2
printf 'split: '
node -e 'for (const byte of Buffer.from(process.env.SECRET)) require("fs").writeSync(1, Buffer.from([byte]))'; echo
node -e 'console.log(JSON.stringify({s: process.env.SECRET}), encodeURIComponent(process.env.SECRET), new URLSearchParams({s: process.env.SECRET}).toString())'
echo "$SECRET" | sed 's/./&/g'
exit 9
`;

describe("a secret", () => {
  it("appears in no output, error, event, journal, ledger or log, in any form", async () => {
    using folder = makeFolder();
    const said: string[] = [];
    const state = createRunState(folder.path, createFakeClock());
    const secretInput = { $input: "var.secret" };
    const run = await runComponents({
      folder: folder.path,
      machine: { component: fakeComponent("builder", "file", "core"), config: { target: "out.txt", content: "x" } },
      steps: [
        step(
          "shell-local",
          {
            inline: [{ $tmpl: ["echo inline ", secretInput] } as never],
            execute_command: ["/bin/sh", "-c", { $tmpl: ["echo 'command ", secretInput, "'; false"] } as never],
          },
          { continueOnError: true },
        ),
        step("shell-local", {
          inline: [leaks],
          env: { SECRET: secretInput as never, KEY: { $input: "var.key" } as never },
        }),
      ],
      posts: [post("manifest", { output: "m.json", custom_data: { s: secretInput as never } })],
      options: {
        inputs: secretScope({ secret, key }),
        state,
        debugLog: (line) => said.push(line),
      },
      onEvent: (event) => said.push(JSON.stringify(event)),
    });
    expect(run.error).toBe("Script exited with non-zero exit status: 9. Allowed exit codes are: [0]");
    const everything = [said.join("\n"), run.lines.join("\n"), ...textsBelow(state.directory)].join("\n");
    expect(everything).toContain("split: <sensitive>");
    expect(everything).toContain("command <sensitive>");
    for (const form of [...secretForms(secret), ...secretForms(key)]) expect(everything).not.toContain(form);
    for (const part of ["canary-7Gq", "CanaryLine"]) expect(everything).not.toContain(part);
  });
});

function textsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "utf8"));
}

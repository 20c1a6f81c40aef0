import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { binary, hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { createOwnBase, type OwnBase } from "../setup/own-base.js";
import { startRegistry, type Registry } from "./registry.js";

const guide = readFileSync(fileURLToPath(new URL("../../docs/guides/docker.md", import.meta.url)), "utf8");

let registry: Registry;
let base: OwnBase;
beforeAll(async () => {
  registry = await startRegistry();
  base = createOwnBase();
});
afterAll(async () => {
  await registry.stop();
  base.remove();
});

interface Block {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w*) ?(\S*)\n(.*?)^```$/gms)].map(([, language = "", file = "", body = ""]) => ({
    language,
    file,
    text: body,
  }));
}

interface Command {
  readonly line: string;
  readonly expected: readonly string[];
}

/** The commands of a console block with the output that follows each; `...` stands for anything. */
function commandsOf(text: string): readonly Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [line = "", ...expected] = part.trimEnd().split("\n");
      return { line, expected };
    });
}

function patternOf(expected: readonly string[]): RegExp {
  const escaped = expected.map((line) =>
    line.split("...").map((piece) => piece.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")),
  );
  return new RegExp(escaped.map((pieces) => pieces.join(".*")).join("[\\s\\S]*"));
}

test("the guide's examples do what it says", { timeout: 600_000 }, () => {
  // What is the test's own stands for the usual port and names.
  const text = guide
    .replaceAll("127.0.0.1:5000", registry.host)
    .replaceAll("busybox:test", base.name)
    .replaceAll("hclbuild-guide", base.mark);
  const folder = makeFolder({});
  const programs = join(makeFolder({}), "bin");
  mkdirSync(programs);
  writeFileSync(join(programs, "hclbuild"), `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`, {
    mode: 0o755,
  });
  let count = 0;
  for (const block of blocksOf(text)) {
    if (block.file !== "") writeFileSync(join(folder, block.file), block.text);
    if (block.language !== "console") continue;
    for (const { line, expected } of commandsOf(block.text)) {
      const { stdout, stderr } = spawnSync("sh", ["-c", line], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: `${programs}:${process.env["PATH"] ?? ""}`, HOME: folder, NO_COLOR: "1" },
      });
      expect(`${stdout}${stderr}`, line).toMatch(patternOf(expected));
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(8);
  hclbuild(["cache", "prune", folder]);
});

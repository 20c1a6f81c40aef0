import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { canStartEngine, createPrivateEngine, type PrivateEngine } from "../setup/private-engine.js";

describe.skipIf(!canStartEngine())("an engine whose disk is full", () => {
  let engine: PrivateEngine;
  beforeAll(async () => {
    // There is room for sixty megabytes besides what the engine needs itself, and not for twice as much.
    engine = await createPrivateEngine({ disk: 100 });
  });
  afterAll(async () => engine.remove());
  afterEach(() => {
    const { containers, images, volumes } = engine.resources();
    expect([containers, images.length, volumes]).toEqual([[], 1, []]);
  });

  const fill =
    'provisioner "shell" {\n    inline = ["head -c 60000000 /dev/urandom > /large || true", "echo filled"]\n  }\n';

  function build(source: string, steps: string, ...flags: readonly string[]): { code: number | null; text: string } {
    const template = `source "docker" "it" {\n  image = "busybox:test"\n  pull  = false\n  ${source}\n}\n\nbuild {\n  sources = ["source.docker.it"]\n  ${steps}\n}\n`;
    const folder = makeFolder({ "it.pkr.hcl": template, "large.sh": `#${"x".repeat(5_000_000)}\n` });
    const env = { DOCKER_HOST: engine.address };
    const { code, stdout } = hclbuild(["build", "-color=false", ...flags, "."], { cwd: folder, env });
    return { code, text: stdout.replaceAll(/\s+/g, " ") };
  }

  test("an upload: docker/upload-failed says so", () => {
    const script = 'provisioner "shell" {\n    script = "large.sh"\n  }';
    const { code, text } = build("discard = true", `${fill}${fill.replace("> /large", "> /larger")}${script}`);
    expect(code, text).toBe(1);
    expect(text).toContain("[docker/upload-failed]");
    expect(text).toContain("no space left on device");
  });

  test("a commit: docker/commit-failed says so, and no half of an image stays", () => {
    const { code, text } = build("commit = true", fill);
    expect(code, text).toBe(1);
    expect(text).toContain("docker.it: filled");
    expect(text).toContain("[docker/commit-failed]");
    expect(text).toContain("no space left on device");
  });

  test("a checkpoint: the build goes on without, and says why", () => {
    const { code, text } = build(
      "discard = true",
      `${fill}provisioner "shell" {\n    inline = ["echo went on"]\n  }`,
      "-cache",
    );
    expect(code, text).toBe(0);
    expect(text).toMatch(/No checkpoints after step 1: The container engine refused to save a checkpoint/);
    expect(text).toContain("docker.it: went on");
  });
});

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { hclbuild, makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import {
  canStartEngine,
  createPrivateEngine,
  type EngineResources,
  type PrivateEngine,
} from "../setup/private-engine.js";

interface Built {
  readonly code: number | null;
  readonly output: string;
  readonly image: string;
}

interface Project {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  write(provisioners: string, options?: string): void;
  read(output: string): string;
  build(...flags: readonly string[]): Built;
  run(...args: readonly string[]): string;
}

const shell = (...lines: readonly string[]): string =>
  `  provisioner "shell" {\n    inline = ${JSON.stringify(lines)}\n  }\n`;

// Everything on the engine is counted, so that the engine belongs to these tests alone.
describe.skipIf(!canStartEngine())("checkpoints in trouble", () => {
  let engine: PrivateEngine;
  beforeAll(async () => {
    engine = await createPrivateEngine();
  });
  afterAll(async () => engine.remove());

  let before: EngineResources;
  /** Commands of ours that remove what a test made, as far as they know of it. */
  const cleanUps: (() => void)[] = [];
  beforeEach(() => {
    before = engine.resources();
    expect(before.images).toHaveLength(1);
  });
  afterEach(async () => {
    const ours = cleanUps.splice(0);
    try {
      // An engine ends a commit that it has begun, even when nobody waits for it any more.
      await vi.waitFor(
        () => {
          for (const cleanUp of ours) cleanUp();
          expect(engine.resources()).toEqual(before);
        },
        { timeout: 60_000, interval: 500 },
      );
    } finally {
      const more = engine.resources().images.filter((image) => !before.images.includes(image));
      if (more.length > 0) engine.docker("image", "rm", "--force", ...more.map((image) => image.split(" ")[0] ?? ""));
    }
  });

  /** A template in a folder of its own; what it made is removed, as far as commands of ours know of it. */
  function createProject(provisioners: string, options = ""): Project {
    const folder = makeFolder({});
    const env = { DOCKER_HOST: engine.address };
    const images: string[] = [];
    const project: Project = {
      folder,
      env,
      write(blocks, more = "") {
        const source = `source "docker" "kept" {\n  pull = false\n  commit = true\n  ${more.includes("image ") ? "" : 'image = "busybox:test"'}\n  ${more}\n}\n`;
        writeFileSync(join(folder, "it.pkr.hcl"), `${source}build {\n  sources = ["source.docker.kept"]\n${blocks}}\n`);
      },
      read(output) {
        const [, image = ""] = /Imported Docker image: (sha256:\w+)/.exec(output) ?? [];
        if (image !== "") images.push(image);
        return image;
      },
      build(...flags) {
        const { code, stdout } = hclbuild(["build", "-color=false", ...flags, "."], { cwd: folder, env });
        return { code, output: stdout, image: project.read(stdout) };
      },
      run(...args) {
        const { code, stdout } = hclbuild(args, { cwd: folder, env });
        expect(code, stdout).toBe(0);
        return stdout;
      },
    };
    project.write(provisioners, options);
    cleanUps.push(() => {
      project.run("cleanup", ".");
      for (const image of new Set(images.splice(0))) engine.docker("image", "rm", image);
      project.run("cache", "prune", ".");
    });
    return project;
  }

  /** Names that go away with the test. */
  function forget(...names: readonly string[]): void {
    const left = [...names];
    cleanUps.push(() => {
      for (const name of left.splice(0)) engine.docker("image", "rm", name);
    });
  }

  const restored = ({ output }: Built): number =>
    Number(/Going on from the checkpoint after step (\d+)/.exec(output)?.[1] ?? 0);
  const inside = (image: string, line: string): string => engine.docker("run", "--rm", image, "sh", "-c", line);

  test("a checkpoint that somebody removes is made again, and the image is right", () => {
    const it = createProject(shell("echo a > /a") + shell("date +%N > /b") + shell("cat /b > /c"));
    const first = it.build("-cache");
    const kept = (): readonly string[] => {
      const format = ["--format", "{{.Repository}}:{{.Tag}}"];
      return engine.docker("image", "ls", ...format, "hclbuild/checkpoint").split("\n");
    };
    expect(kept()).toHaveLength(3);
    const [, last = "none"] = /^([0-9a-f]{12}) {2}docker\.kept, after step 3 /m.exec(it.run("cache", "ls", ".")) ?? [];
    engine.docker("image", "rm", kept().find((tag) => tag.includes(`:${last}`)) ?? "");
    const second = it.build("-cache");
    expect(restored(second)).toBe(2);
    expect(inside(second.image, "cat /b")).toBe(inside(first.image, "cat /b"));
    expect(restored(it.build("-cache"))).toBe(3);
    for (const tag of kept()) engine.docker("image", "rm", "--force", tag);
    const third = it.build("-cache");
    expect(restored(third)).toBe(0);
    expect(inside(third.image, "cmp /b /c && echo same")).toBe("same");
  });

  test("a base image whose name moves to another one is another base; moved back, its checkpoints count again", () => {
    const container = engine.docker("container", "create", "busybox:test");
    const other = engine.docker("container", "commit", "--change", "ENV WHICH=other", container, "other:1");
    engine.docker("container", "rm", container);
    const it = createProject(shell("echo base $WHICH > /a"), 'image = "moving:1"');
    forget("moving:1", "other:1");
    engine.docker("tag", "busybox:test", "moving:1");
    expect(inside(it.build("-cache").image, "cat /a")).toBe("base");
    engine.docker("tag", other, "moving:1");
    const moved = it.build("-cache");
    expect(restored(moved)).toBe(0);
    expect(inside(moved.image, "cat /a")).toBe("base other");
    engine.docker("tag", "busybox:test", "moving:1");
    const back = it.build("-cache");
    expect(restored(back)).toBe(1);
    expect(inside(back.image, "cat /a")).toBe("base");
  });

  test.each([
    ["a volume that the base image declares", 'image = "with-volume:1"', "the image declares a volume at /data"],
    ["-v in run_command", 'run_command = ["-dit", "-v", "/tmp:/t", "{{.Image}}"]', "the container has volumes"],
    ["--tmpfs in run_command", 'run_command = ["-dit", "--tmpfs=/t", "{{.Image}}"]', "the container has a tmpfs"],
  ])("%s: no checkpoints, and the reason", (_name, options, reason) => {
    const container = engine.docker("container", "create", "busybox:test");
    engine.docker("container", "commit", "--change", "VOLUME /data", container, "with-volume:1");
    engine.docker("container", "rm", container);
    const it = createProject(shell("echo a > /a"), options);
    forget("with-volume:1");
    expect(it.build("-cache").output).toContain(`The build keeps no checkpoints: ${reason}.`);
    expect(restored(it.build("-cache"))).toBe(0);
  });

  test("steps that are made anew leave no image without a name, as soon as nothing is made from them", () => {
    const it = createProject(shell("date +%N > /a") + shell("date +%N > /b"));
    for (let count = 0; count < 3; count++) it.build("-cache-from-step=1");
    for (let count = 0; count < 3; count++) it.build("-cache-max-age=1ms");
    expect(it.run("cache", "prune", ".").match(/^removed /gm)).toHaveLength(2);
  });

  test("two builds at once with one cache: both images are right, and every checkpoint is known", async () => {
    const it = createProject(
      shell("echo a > /a; sleep 0.3") + shell("echo b > /b; sleep 0.3") + shell("cat /a /b > /c"),
    );
    const outputs = await Promise.all([runAsync(it, "-cache"), runAsync(it, "-cache"), runAsync(it, "-cache")]);
    for (const { code, output } of outputs) {
      expect(code, output).toBe(0);
      expect(inside(it.read(output), "cat /c")).toBe("a\nb");
    }
    const last = it.build("-cache");
    expect(restored(last)).toBe(3);
    expect(inside(last.image, "cat /c")).toBe("a\nb");
    expect(it.run("cache", "ls", ".").match(/^[0-9a-f]{12} /gm)).toHaveLength(3);
  });

  test.each([0, 40, 100, 250])(
    "a build that is killed while a checkpoint is made (%i ms after its step): prune knows of it",
    async (delay) => {
      const it = createProject(
        shell("head -c 60000000 /dev/urandom > /large; md5sum /large > /sum") + shell("sleep 60"),
      );
      const child = startHclbuild(["build", "-cache", "-format=ndjson", "."], { cwd: it.folder, env: it.env });
      let seen = "";
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        const had = hasEndedStep(seen);
        seen += chunk;
        if (!had && hasEndedStep(seen)) setTimeout(() => child.kill("SIGKILL"), delay);
      });
      await once(child, "close");
      it.write(shell("head -c 60000000 /dev/urandom > /large; md5sum /large > /sum") + shell("sleep 0"));
      it.run("cleanup", ".");
      const resumed = it.build("-cache");
      expect(resumed.code, resumed.output).toBe(0);
      expect(inside(resumed.image, "md5sum /large | cmp - /sum && echo whole")).toBe("whole");
    },
  );

  test("a build that is interrupted while a checkpoint is made leaves none that nobody knows of", async () => {
    const it = createProject(shell("head -c 60000000 /dev/urandom > /large") + shell("sleep 60"));
    const child = startHclbuild(["build", "-cache", "-format=ndjson", "."], { cwd: it.folder, env: it.env });
    let seen = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const had = hasEndedStep(seen);
      seen += chunk;
      if (!had && hasEndedStep(seen)) child.kill("SIGINT");
    });
    await once(child, "close");
  });

  test(
    "the engine crashes while a checkpoint is made: cleanup and prune leave nothing",
    { timeout: 240_000 },
    async () => {
      const it = createProject(shell("head -c 60000000 /dev/urandom > /large") + shell("sleep 60"));
      const child = startHclbuild(["build", "-cache", "-format=ndjson", "."], { cwd: it.folder, env: it.env });
      let seen = "";
      let killed: Promise<void> | undefined;
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
        seen += chunk;
        if (killed === undefined && hasEndedStep(seen)) killed = sleep(50).then(async () => engine.kill("SIGKILL"));
      });
      await once(child, "close");
      await killed;
      await engine.start();
    },
  );

  function hasEndedStep(text: string): boolean {
    return text.split("\n").some((line) => line.includes('"type":"node.end"') && line.includes('"kind":"step"'));
  }

  async function runAsync(it: Project, ...flags: readonly string[]): Promise<Omit<Built, "image">> {
    const child = startHclbuild(["build", "-color=false", ...flags, "."], { cwd: it.folder, env: it.env });
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
  }
});

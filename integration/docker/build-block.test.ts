import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeFolder, startHclbuild } from "../../packages/cli/test/run-binary.js";
import { docker, listImages } from "../setup/docker.js";
import { registryPassword, registryUser, startRegistry, type Registry } from "./registry.js";
import { buildDocker, imageConfig, removeImages, templateText, type DockerBuild } from "./template.js";

/** On every image that a test of this file makes, as other tests may use the engine at the same time. */
const mark = `made-by-${randomUUID()}`;

function markedImages(): readonly string[] {
  return listImages(`label=${mark}`);
}

afterEach(() => {
  removeImages();
  // Base images that were built stay on the engine, as they do with Packer.
  for (const image of markedImages()) spawnSync("docker", ["image", "rm", "--force", image]);
  expect(markedImages()).toEqual([]);
});

interface BuildCase {
  readonly files: Readonly<Record<string, string>>;
  readonly options?: string;
  readonly more?: string;
  readonly kept?: string;
  readonly buildkit?: boolean | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly build?: string;
  readonly prepare?: (folder: string) => void;
}

/** Builds from a Dockerfile, by BuildKit or the classic builder; by default as the engine and the Dockerfile decide. */
function buildFrom({ files, options, more, kept, buildkit, env, ...others }: BuildCase): DockerBuild {
  return buildDocker({
    source: `${kept ?? "commit = true"}\n ${more ?? ""}\n build {\n ${options ?? 'path = "Dockerfile"'}\n pull = false\n }`,
    files: Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.replaceAll(/^FROM .*$/gm, `$&\nLABEL ${mark}=1`)]),
    ),
    env: { ...(buildkit === undefined ? {} : { DOCKER_BUILDKIT: buildkit ? "1" : "0" }), ...env },
    ...others,
  });
}

function built(request: BuildCase): DockerBuild {
  const build = buildFrom(request);
  expect(build.code, build.output).toBe(0);
  return build;
}

const inside = (image: string, ...command: readonly string[]): string => docker("run", "--rm", image, ...command);

describe.each([
  ["the classic builder", false],
  ["BuildKit", true],
] as const)("with %s", (_name, buildkit) => {
  test("makes the base image from a Dockerfile, with arguments", () => {
    const { image } = built({
      buildkit,
      options: 'path = "context/Dockerfile"\n arguments = { WHO = "world \\"wide\\"" }',
      files: {
        "context/Dockerfile":
          'FROM busybox:test AS first\nARG WHO\nRUN echo "hello $WHO" > /greeting\nFROM busybox:test\nCOPY --from=first /greeting /greeting\nENV BASE=1\nCMD ["cat", "/greeting"]\n',
      },
    });
    expect(inside(image)).toBe('hello world "wide"');
    expect(imageConfig(image)).toMatchObject({ Env: ["PATH=/bin:/usr/bin", "BASE=1"], Cmd: ["cat", "/greeting"] });
  });

  test(".dockerignore: its last matching line decides, and it may leave out the Dockerfile", () => {
    const { image } = built({
      buildkit,
      options: 'path = "context/Dockerfile"',
      files: {
        "context/Dockerfile": "FROM busybox:test\nCOPY . /context\n",
        "context/.dockerignore": "Dockerfile\n.dockerignore\n*.log\n!keep.log\nfolder\n!folder/deep/yes\n",
        "context/a.log": "no",
        "context/keep.log": "yes",
        "context/b.txt": "yes",
        "context/folder/no": "no",
        "context/folder/deep/yes": "yes",
        "context/folder/deep/no": "no",
      },
    });
    expect(inside(image, "sh", "-c", "cd /context; find . -type f | sort | tr '\\n' ' '")).toBe(
      "./b.txt ./folder/deep/yes ./keep.log",
    );
  });

  test("a Dockerfile outside of the context does not become part of it", () => {
    const { image } = built({
      buildkit,
      options: 'path = "elsewhere/My.Dockerfile"\n build_dir = "context"\n compress = true',
      files: {
        "elsewhere/My.Dockerfile": "FROM busybox:test\nCOPY . /context\n",
        "elsewhere/other": "no",
        "context/a": "yes",
      },
    });
    expect(inside(image, "ls", "-A", "/context")).toBe("a");
  });

  test("modes, links and empty folders are copied; everything belongs to root", () => {
    const { image } = built({
      buildkit,
      files: {
        Dockerfile: "FROM busybox:test\nCOPY tree /tree\n",
        "tree/run.sh": "#!/bin/sh\necho ran\n",
        "tree/large": "x".repeat(200_000),
      },
      prepare: (folder) => {
        const tree = join(folder, "tree");
        chmodSync(join(tree, "run.sh"), 0o4751);
        chmodSync(join(tree, "large"), 0o440);
        if (process.getuid?.() === 0) chownSync(join(tree, "large"), 1234, 1234);
        mkdirSync(join(tree, "empty"));
        chmodSync(join(tree, "empty"), 0o1770);
        symlinkSync("run.sh", join(tree, "link"));
        symlinkSync("/no/such", join(tree, "dangling"));
      },
    });
    const list =
      "cd /tree; stat -c '%n %F %a %u:%g' *; readlink dangling; readlink link; wc -c < large; ls -A empty; ./link";
    expect(inside(image, "sh", "-c", list).split("\n")).toEqual([
      "dangling symbolic link 777 0:0",
      "empty directory 1770 0:0",
      "large regular file 440 0:0",
      "link symbolic link 777 0:0",
      // An engine's classic builder loses the first digit, whichever program asks it.
      `run.sh regular file ${buildkit ? "4751" : "751"} 0:0`,
      "/no/such",
      "run.sh",
      "200000",
      "ran",
    ]);
  });

  test("a Dockerfile that is a link to one outside of the context", () => {
    const { image } = built({
      buildkit,
      options: 'path = "context/Dockerfile"',
      files: { "elsewhere/My.Dockerfile": "FROM busybox:test\nCOPY file /copied\n", "context/file": "yes" },
      prepare: (folder) => symlinkSync("../elsewhere/My.Dockerfile", join(folder, "context/Dockerfile")),
    });
    expect(inside(image, "cat", "/copied")).toBe("yes");
  });

  test("what cannot be read of the context is named", () => {
    const files = { Dockerfile: "FROM busybox:test\nCOPY . /context\n", ".dockerignore": "# first\n[z-a]\n" };
    const fail = (request: Pick<BuildCase, "options" | "prepare">): string => {
      const { code, output } = buildFrom({ buildkit, files, ...request });
      expect(code).toBe(1);
      return output.replaceAll(/\s+/g, " ");
    };
    const absent = fail({ options: 'path = "Dockerfile"\n build_dir = "absent"' });
    expect(absent).toContain("[docker/build-input-unreadable]");
    expect(absent).toMatch(/\/absent cannot be read for the build of the base image\. .*ENOENT/);
    const noDockerfile = fail({ options: 'path = "absent"' });
    expect(noDockerfile).toContain("[docker/build-input-unreadable]");
    expect(noDockerfile).toContain("absent cannot be read for the build of the base image.");
    expect(noDockerfile).not.toContain("Building base image");
    const pattern = fail({});
    expect(pattern).toContain("[docker/ignore-pattern-invalid]");
    expect(pattern).toMatch(/Line 2 of \S+\/\.dockerignore is no pattern: \[z-a\]/);
  });

  test("an instruction that fails is named, after what it printed", () => {
    const { code, output } = buildFrom({
      buildkit,
      files: { Dockerfile: "FROM busybox:test\nRUN true\nRUN printf 'about to ' && echo fail && exit 7\n" },
    });
    expect(code).toBe(1);
    expect(output).toMatch(/==> docker\.it: about to fail\n/);
    expect(output).toContain("docker/build-failed");
    expect(output).toMatch(
      /The instruction that\s+failed is:\s+.*\d\/\d.* RUN printf 'about to ' && echo fail && exit 7/,
    );
  });

  test("a file that the context does not have, and a Dockerfile that is none", () => {
    for (const Dockerfile of ["FROM busybox:test\nCOPY absent /\n", "FROM busybox:test\nNONSENSE x\n"]) {
      const { code, output } = buildFrom({ buildkit, files: { Dockerfile } });
      expect(code).toBe(1);
      expect(output).toContain("docker/build-failed");
      expect(output).toMatch(/absent|unknown\s+instruction:\s+NONSENSE/i);
    }
  });

  test.each([[[]], [["-cache"]]])("discard removes the image that was built (%s)", (args) => {
    const { code, output } = buildFrom({
      buildkit,
      args,
      kept: "discard = true",
      files: { Dockerfile: `FROM busybox:test\nRUN echo ${String(buildkit)} ${args.length} > /made\n` },
    });
    expect(code, output).toBe(0);
    expect(markedImages()).toEqual([]);
  });

  test("discard leaves an image that was there before, and one that got a name meanwhile", () => {
    const name = `${mark}:${buildkit ? "new" : "old"}`;
    const files = { Dockerfile: `FROM busybox:test\nRUN echo ${String(buildkit)} kept > /made\n` };
    const id = docker("image", "inspect", "--format", "{{.Parent}}", built({ buildkit, files }).image);
    docker("tag", id, name);
    removeImages();
    const discarded = (build = ""): void => {
      const { code, output } = buildFrom({ buildkit, files, build, kept: "discard = true" });
      expect(code, output).toBe(0);
    };
    discarded();
    expect(docker("image", "inspect", "--format", "{{.Id}}", name)).toBe(id);
    docker("tag", "busybox:test", name);
    discarded();
    expect(markedImages()).toContain(id);
    docker("image", "rm", id);
    const tag = `docker tag "$(docker inspect --format '{{"{{"}}.Image}}' \${build.ID})" ${name}`;
    discarded(`provisioner "shell-local" {\n inline = [${JSON.stringify(tag)}]\n }`);
    expect(markedImages()).toContain(docker("image", "inspect", "--format", "{{.Id}}", name));
  });
});

/** Whether any process of this machine, those in containers included, has this in its command line. */
function isRunning(command: string): boolean {
  const lines = readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      return [readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
  return lines.some((line) => line.includes(command));
}

describe.each([
  ["the classic builder", "0"],
  ["BuildKit", "1"],
] as const)("a build that is interrupted, with %s", (_name, buildkit) => {
  test("ends at once, and the engine ends the instruction", async () => {
    const [, fraction = ""] = /(\d{6})/.exec(BigInt(`0x${randomUUID().slice(0, 8)}0000`).toString()) ?? [];
    const sleep = `sleep 61.${fraction}`;
    const folder = makeFolder({
      "it.pkr.hcl": templateText({ source: 'discard = true\n build {\n path = "Dockerfile"\n pull = false\n }' }),
      Dockerfile: `FROM busybox:test\nLABEL ${mark}=1\nRUN echo under way; ${sleep}\n`,
    });
    const env = { DOCKER_BUILDKIT: buildkit };
    const child = startHclbuild(["build", "-color=false", "it.pkr.hcl"], { cwd: folder, env });
    let output = "";
    let isInterrupted = false;
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      // Once: a second interrupt would mean that nobody waits for the clean-up.
      if (isInterrupted || !output.includes("it: under way")) return;
      isInterrupted = child.kill("SIGINT");
    });
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(1);
    expect(output).toContain("Cleanly cancelled builds after being interrupted.");
    while (isRunning(sleep)) await new Promise((resolve) => setTimeout(resolve, 100));
  });
});

describe("what only BuildKit can do is done by it without being asked for", () => {
  test("RUN --mount and COPY --chmod", () => {
    const { image, output } = built({
      files: {
        Dockerfile:
          "FROM busybox:test\nRUN --mount=type=cache,target=/cache echo kept > /cache/file && cp /cache/file /copied\nCOPY --chmod=705 Dockerfile /mine\n",
      },
    });
    expect(inside(image, "sh", "-c", "cat /copied; stat -c %a /mine; ls -A /cache 2>/dev/null; true")).toBe(
      "kept\n705",
    );
    expect(output).toContain("RUN --mount=type=cache,target=/cache");
  });

  test("DOCKER_BUILDKIT=0 rules it out: the error says so", () => {
    const { code, output } = buildFrom({
      buildkit: false,
      files: { Dockerfile: "FROM busybox:test\nRUN --mount=type=cache,target=/cache true\n" },
    });
    expect(code).toBe(1);
    expect(output).toContain("docker/dockerfile-needs-buildkit");
    expect(output).toContain("uses --mount");
    expect(output).toContain("DOCKER_BUILDKIT turns BuildKit off.");
  });

  test("a here-document: made, or named where the engine's BuildKit is too old for it", () => {
    const build = buildFrom({ files: { Dockerfile: "FROM busybox:test\nRUN <<EOF\necho here > /made\nEOF\n" } });
    if (build.code === 0) {
      expect(inside(build.image, "cat", "/made")).toBe("here");
      return;
    }
    expect(build.output).toContain("docker/dockerfile-needs-newer-buildkit");
    expect(build.output).toContain("# syntax=docker/dockerfile:1");
  });
});

describe("a base image from a registry with a password", () => {
  let registry: Registry;
  let config = "";
  beforeAll(async () => {
    registry = await startRegistry({ password: true });
    config = mkdtempSync(join(tmpdir(), "hclbuild-docker-config-"));
    const auth = Buffer.from(`${registryUser}:${registryPassword}`).toString("base64");
    writeFileSync(join(config, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const name = `${registry.host}/private:1`;
    docker("tag", "busybox:test", name);
    docker("--config", config, "push", name);
    docker("image", "rm", name);
  });
  afterAll(async () => {
    await registry.stop();
    rmSync(config, { recursive: true });
  });

  test.each([
    ["the classic builder", false],
    ["BuildKit", true],
  ] as const)("%s: stored credentials, the builder's own, and none", (_name, buildkit) => {
    const files = { Dockerfile: `FROM ${registry.host}/private:1\nRUN echo ${buildkit} > /made\n` };
    const none = makeFolder({});
    const login = `login = true\n login_username = "${registryUser}"\n login_password = "${registryPassword}"\n login_server = "http://${registry.host}"`;
    const denied = buildFrom({ buildkit, files, env: { DOCKER_CONFIG: none } });
    expect(denied.code).toBe(1);
    expect(denied.output).toContain("docker/build-failed");
    expect(denied.output).toMatch(/no\s+basic\s+auth|authoriz|authentication/i);
    for (const more of [{ env: { DOCKER_CONFIG: config } }, { env: { DOCKER_CONFIG: none }, more: login }]) {
      const { image } = built({ buildkit, files, ...more });
      expect(inside(image, "cat", "/made")).toBe(String(buildkit));
      removeImages();
      for (const id of [...markedImages(), `${registry.host}/private:1`]) {
        spawnSync("docker", ["image", "rm", "--force", id]);
      }
    }
  });

  test.each([
    ["the classic builder", "0"],
    ["BuildKit", "1"],
  ])(
    "%s: pull renews the image that the Dockerfile starts from; without it the one that is there is used",
    (_n, env) => {
      const name = `${registry.host}/private:1`;
      const files = { Dockerfile: `FROM ${name}\nRUN echo ${env}\n` };
      const client = { DOCKER_CONFIG: config, DOCKER_BUILDKIT: env };
      const container = docker("container", "create", "busybox:test");
      docker("container", "commit", "--change", `LABEL ${mark}=local`, container, name);
      docker("container", "rm", container);
      // Newer BuildKits ask the registry in any case and use what is there only if that fails.
      const [, minor = 0] = docker("version", "--format", "{{.Server.APIVersion}}").split(".").map(Number);
      for (const [pull, used] of [
        ["pull = false", env === "1" && minor >= 44 ? undefined : "local"],
        ["pull = true", undefined],
        ["", undefined],
      ] as const) {
        const { image, code, output } = buildDocker({
          source: `commit = true\n build {\n path = "Dockerfile"\n ${pull}\n }`,
          files,
          env: client,
        });
        expect(code, output).toBe(0);
        expect((imageConfig(image)["Labels"] as Readonly<Record<string, string>> | null)?.[mark]).toBe(used);
      }
      spawnSync("docker", ["image", "rm", "--force", name]);
    },
  );
});

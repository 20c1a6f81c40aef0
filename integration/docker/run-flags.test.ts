import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";
import { buildDocker, containerFacts, inspectContainer, leftBehind, removeImages } from "./template.js";

afterEach(() => {
  removeImages();
  expect(leftBehind()).toEqual([]);
});

type Facts = Readonly<Record<"Config" | "HostConfig", Readonly<Record<string, unknown>>>>;

/** Every flag that is mapped, in each of its spellings. */
const spellings: readonly (readonly (readonly string[])[])[] = [
  [["-d"], ["--detach"], ["--detach=true"]],
  [["-i"], ["--interactive"], []],
  [["-t"], ["--tty"], ["--tty=true"]],
  [["-u", "1:2"], ["--user=1:2"], ["-u1:2"]],
  [["-e", "A=1", "-e", "B=two words"], ["--env=A=1", "--env", "B="], ["-eA=1=2"]],
  [["-w", "/tmp"], ["--workdir=/tmp"], []],
  [["-h", "inside"], ["--hostname=inside"], ["--hostname", "inside.example"]],
  [["-l", "a=b", "--label", "c"], ["--label=a=b=c"], []],
  [["-v", "/tmp:/data:ro"], ["--volume=/tmp:/data"], []],
  [["-p", "127.0.0.1:0:80"], ["--publish=127.0.0.1::80/udp"], ["-p", "80", "-p", "127.0.0.1:0:443"]],
  [["-m", "64m"], ["--memory=64m"], ["--memory", "65536k"]],
  [["--cpus=0.5"], ["--cpus", ".25"], []],
  [["--shm-size=8m"], ["--shm-size", "9437184"], []],
  [["--network=none"], ["--net", "bridge"], ["--network", "bridge"]],
  [["--cgroupns=host"], ["--cgroupns", "private"], []],
  [["--security-opt", "no-new-privileges"], ["--security-opt=seccomp=unconfined"], []],
  [["--cap-add=SYS_TIME", "--cap-add", "NET_ADMIN"], ["--cap-add=ALL"], ["--cap-add", "sys_time"]],
  [["--cap-drop", "CHOWN"], ["--cap-drop=MKNOD"], ["--cap-drop", "cap_chown"]],
  [["--tmpfs", "/t:size=1m"], ["--tmpfs=/t"], ["--tmpfs", "/t", "--tmpfs", "/u:mode=700"]],
  [["--device", "/dev/zero:/dev/nil"], ["--device=/dev/zero"], ["--device", "/dev/zero:/dev/nil:r"]],
  [["--ulimit", "nofile=100:200"], ["--ulimit=nproc=100"], ["--ulimit", "nofile=100", "--ulimit=core=0"]],
  [["--init"], ["--init=true"], ["--init=false"]],
  [["--rm"], ["--rm=true"], ["--rm=false"]],
  [["--privileged=false"], ["--privileged=false"], []],
  [["--platform=linux/amd64"], ["--platform", "linux/amd64"], []],
];

/** The engine takes capabilities in any spelling and order. */
function capabilities(value: unknown): readonly string[] {
  const names = ((value ?? []) as readonly string[]).map((name) => name.toUpperCase().replace(/^CAP_/, ""));
  return names.toSorted();
}

/** What the flags decide, without what differs from run to run, the process, and the shared folder. */
function comparable({ Config, HostConfig }: Facts): unknown {
  const { Entrypoint: _entrypoint, Cmd: _command, AttachStdout: _out, AttachStderr: _error, ...config } = Config;
  const { Mounts: _mounts, ConsoleSize: _size, RestartPolicy: _restart, ...host } = HostConfig;
  const { Image: _image, StdinOnce: _once, AttachStdin: _in, Hostname, ...rest } = config;
  // The default is the container's id.
  const hostname = /^[0-9a-f]{12}$/.test(String(Hostname)) ? "" : Hostname;
  const empty = (value: unknown): boolean =>
    value === null ||
    value === "" ||
    value === false ||
    JSON.stringify(value) === "[]" ||
    JSON.stringify(value) === "{}";
  const entries = Object.entries({ ...rest, ...host, Hostname: hostname }).filter(([, value]) => !empty(value));
  return {
    ...Object.fromEntries(entries),
    Env: (rest["Env"] as readonly string[]).toSorted(),
    CapAdd: capabilities(host["CapAdd"]),
    CapDrop: capabilities(host["CapDrop"]),
    Ulimits: ((host["Ulimits"] ?? []) as readonly { readonly Name: string }[]).toSorted((one, other) =>
      one.Name.localeCompare(other.Name),
    ),
  };
}

/** The container that the docker program makes of a run_command's flags. */
function madeByDocker(flags: readonly string[], ...before: readonly string[]): Facts {
  const create = ["container", "create", ...flags, "--entrypoint=/bin/sh", "--", "busybox:test"];
  const container = docker(...before, ...create);
  try {
    return (JSON.parse(docker("container", "inspect", container)) as [Facts])[0];
  } finally {
    docker("container", "rm", "--volumes", container);
  }
}

const words = (flags: readonly string[]): string =>
  `run_command = ${JSON.stringify([...flags, "--entrypoint=/bin/sh", "--", "{{.Image}}"])}`;

test.each([0, 1, 2])("run_command gives the container that the docker program makes of it (spelling %i)", (index) => {
  const flags = spellings.flatMap((spelling) => spelling[index] ?? []);
  const build = buildDocker({ source: `discard = true\n ${words(flags)}`, build: inspectContainer });
  expect(build.code, build.output).toBe(0);
  const detached = flags.filter((flag) => !/^(-d|--detach(=true)?)$/.test(flag));
  expect(comparable(containerFacts(build))).toEqual(comparable(madeByDocker(detached)));
});

test("odd words mean what they mean to the docker program, with the proxies of its configuration", () => {
  const proxies = { default: { httpProxy: "http://proxy.example:1", noProxy: "a,b" } };
  const config = makeFolder({
    "config.json": JSON.stringify({ proxies }),
    "profile.json": JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW" }, undefined, 2),
  });
  const flags = [
    ["-it=true", "--init=1", "-v", "/anonymous", "-p", "127.0.0.1::80-82/UDP", "--network", "name=bridge"],
    ["--memory=.0625g", "--cpus", "1/4", "--ulimit", "nofile=10:20", "--ulimit=nofile=30", "--device=/dev/zero:r"],
    ["-e", "A=1", "-e", "A=2", "-e", "no_proxy=", "-e", "PATH"],
    [`--security-opt=seccomp=${config}/profile.json`, "--security-opt", "systempaths=unconfined"],
  ].flat();
  const build = buildDocker({
    source: `discard = true\n ${words(["-d", ...flags])}`,
    build: inspectContainer,
    env: { DOCKER_CONFIG: config },
  });
  expect(build.code, build.output).toBe(0);
  const facts = comparable(containerFacts(build));
  expect(facts).toEqual(comparable(madeByDocker(flags, "--config", config)));
  expect(facts).toMatchObject({ Env: expect.arrayContaining(["HTTP_PROXY=http://proxy.example:1", "no_proxy="]) });
});

test("DOCKER_DEFAULT_PLATFORM is the platform where the template has none", () => {
  const env = { DOCKER_DEFAULT_PLATFORM: "linux/s390x" };
  const wrong = buildDocker({ source: "discard = true", env });
  expect(wrong.code).toBe(1);
  expect(wrong.output.replaceAll(/\s+/g, " ")).toMatch(/does not match the specified platform: wanted linux\/s390x/);
  const platform = docker("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}");
  const right = buildDocker({ source: `discard = true\n platform = ${JSON.stringify(platform)}`, env });
  expect(right.code, right.output).toBe(0);
});

test("the command that is shown makes the same container", () => {
  const build = buildDocker({
    source: `discard = true
      cap_add  = ["NET_ADMIN"]
      cap_drop = ["MKNOD"]
      device   = ["/dev/zero:/dev/nil:r"]
      tmpfs    = ["/t:size=1m"]
      volumes  = { "/tmp" = "/data" }
      runtime  = "runc"`,
    build: inspectContainer,
  });
  expect(build.code, build.output).toBe(0);
  const [, command = ""] = /Run command: docker run --name \S+ (.*)$/m.exec(build.output) ?? [];
  const flags = command.replace(/ -d .*$/, " -i -t").split(" ");
  const [shared = ""] = /hclbuild-\S+:\/packer-files/.exec(command) ?? [];
  const others = flags.filter((flag, index) => flag !== shared && flags[index + 1] !== shared);
  expect(comparable(containerFacts(build))).toEqual(comparable(madeByDocker(others)));
});

test("--name names the container, and --rm with commit still gives an image", () => {
  const name = `named-${randomUUID()}`;
  const flags = ["-d", "-i", "-t", "--rm", "--name", name, "--entrypoint=/bin/sh", "--", "{{.Image}}"];
  const build = buildDocker({
    source: `commit = true\n run_command = ${JSON.stringify(flags)}`,
    build: `${inspectContainer}\n provisioner "shell" {\n inline = ["echo made > /made"]\n }`,
  });
  expect(build.code, build.output).toBe(0);
  expect(containerFacts(build)).toMatchObject({ Name: `/${name}` });
  expect(docker("run", "--rm", build.image, "cat", "/made")).toBe("made");
  expect(docker("container", "ls", "--all", "--quiet", "--filter", `name=${name}`)).toBe("");
});

test("the command after the image, and an entry point of several flags", () => {
  const script = "echo from the command > /made; exec sleep 1000";
  const words = ["-d", "--entrypoint", "/bin/sh", "{{.Image}}", "-c", script];
  const build = buildDocker({
    source: `commit = true\n run_command = ${JSON.stringify(words)}`,
    build: 'provisioner "shell" {\n inline = ["until test -s /made; do sleep 0.1; done"]\n }',
  });
  expect(build.code, build.output).toBe(0);
  expect(docker("run", "--rm", build.image, "cat", "/made")).toBe("from the command");
});

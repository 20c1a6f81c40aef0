import { describe, expect, it } from "vitest";
import { parseRunCommand, type RunOptions, type RunSurroundings } from "../../src/engine/run-command.js";

const files: Readonly<Record<string, string>> = {
  "/project/sec.json": '{ "defaultAction": "SCMP_ACT_ALLOW" }',
  "/bad": "{",
};
const surroundings: RunSurroundings = {
  env: { OUTSIDE: "from outside", EMPTY: "" },
  cwd: "/project",
  readText: (path) => files[path],
};

function options(...words: string[]): RunOptions {
  const result = parseRunCommand(words, surroundings);
  if (result.kind !== "options") throw new Error(JSON.stringify(result));
  return result.options;
}

describe("parseRunCommand", () => {
  it("reads the default command", () => {
    expect(options("-d", "-i", "-t", "--entrypoint=/bin/sh", "--", "busybox")).toMatchObject({
      image: "busybox",
      command: [],
      entrypoint: ["/bin/sh"],
      interactive: true,
      tty: true,
      privileged: false,
    });
  });

  it("takes joined short flags, separate and attached values, and the command after the image", () => {
    expect(options("-dit", "-uroot", "-e", "A=1", "-eB=2", "--env=C=3", "img", "sleep", "-x")).toMatchObject({
      image: "img",
      command: ["sleep", "-x"],
      user: "root",
      env: ["A=1", "B=2", "C=3"],
    });
  });

  it("maps sizes, CPUs and repeated flags", () => {
    expect(
      options(
        "--memory=512m",
        "--shm-size",
        "1g",
        "--cpus=1.5",
        "--cap-add",
        "A",
        "--cap-add=B",
        "-p",
        "80:8080",
        "--init",
        "img",
      ),
    ).toMatchObject({
      memory: 536870912,
      shmSize: 1073741824,
      nanoCpus: 1_500_000_000,
      capAdd: ["A", "B"],
      publish: [{ container: "8080/tcp", hostIp: "", hostPort: "80" }],
      init: true,
    });
  });

  it.each([".25", "0.25", "0.250"])("reads %s CPUs as the docker program does", (text) => {
    expect(options("--cpus", text, "img").nanoCpus).toBe(250_000_000);
  });

  it("has an empty entrypoint for --entrypoint=", () => {
    expect(options("--entrypoint=", "img").entrypoint).toEqual([]);
  });

  it("has no name for --name=", () => {
    expect(options("--name=", "img")).not.toHaveProperty("name");
  });

  // What the docker program of Debian 12 makes of the same words: integration/docker/run-flags.test.ts.
  it.each([
    [["-it=false"], { interactive: true, tty: false }],
    [["--init=1", "--privileged=F"], { init: true, privileged: false }],
    [["-u="], { user: "=" }],
    [["-e", "OUTSIDE", "-e", "EMPTY", "-e", "UNKNOWN"], { env: ["OUTSIDE=from outside", "EMPTY=", "UNKNOWN"] }],
    [["-e", "A=1", "-e", "B=1", "-e", "A=2"], { env: ["A=2", "B=1"] }],
    [["-v", "/anonymous", "-v", "./here:/a", "-v", "name:/b"], { anonymousVolumes: ["/anonymous"] }],
    [
      ["-v", "./here:/a", "-v", "../up:/b:ro", "-v", "name:/c"],
      { binds: ["/project/here:/a", "/up:/b:ro", "name:/c"] },
    ],
    [["--ulimit", "core=0", "--ulimit=core=5:7"], { ulimits: [{ name: "core", soft: 5, hard: 7 }] }],
    [["--security-opt", "seccomp=sec.json"], { securityOpt: ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] }],
    [["--security-opt=systempaths=unconfined"], { securityOpt: [], hasOpenSystemPaths: true }],
    [["--network=name=front"], { network: "front" }],
  ])("reads %j", (words, expected) => {
    expect(options(...words, "img")).toMatchObject(expected);
  });

  it.each([
    [["-e", "=x", "img"], { kind: "invalid", reason: 'the variable "=x" has no name' }],
    [["-l", "=x", "img"], { kind: "invalid", reason: 'the label "=x" has no name' }],
    [["-v", "", "img"], { kind: "invalid", reason: "a volume has no path" }],
    [["--network=a", "--net=b", "img"], { kind: "invalid", reason: "--network is given more than once" }],
    [["--network=", "img"], { kind: "invalid", reason: "--network names no network" }],
    [
      ["--network=name=a,alias=b", "img"],
      { kind: "invalid", reason: '"name=a,alias=b" holds more than the name of a network' },
    ],
    [["--cgroupns=x", "img"], { kind: "invalid", reason: '"x" is not host or private' }],
    [
      ["--security-opt=seccomp=/none", "img"],
      { kind: "invalid", reason: 'the seccomp profile "/none" cannot be read' },
    ],
    [["--security-opt=seccomp:/bad", "img"], { kind: "invalid", reason: 'the seccomp profile "/bad" is not JSON' }],
    [["--gpus", "all", "img"], { kind: "unsupported-flag", flag: "--gpus" }],
    [["--restart=always", "img"], { kind: "unsupported-flag", flag: "--restart" }],
    [["-dz", "img"], { kind: "unsupported-flag", flag: "-z" }],
    [["-d", "-i"], { kind: "invalid", reason: "it names no image" }],
    [["--name"], { kind: "invalid", reason: "--name needs a value" }],
    [["--memory=lots", "img"], { kind: "invalid", reason: '"lots" is not a size such as 512m' }],
    [["--cpus=two", "img"], { kind: "invalid", reason: '"two" is not a number of CPUs' }],
    [["--init=perhaps", "img"], { kind: "invalid", reason: "--init takes no value other than true or false" }],
  ])("refuses %j", (words, problem) => {
    expect(parseRunCommand(words, surroundings)).toEqual(problem);
  });
});

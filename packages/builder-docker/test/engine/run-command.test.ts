import { describe, expect, it } from "vitest";
import { parseByteSize, parseRunCommand, type RunOptions } from "../../src/engine/run-command.js";

function options(...words: string[]): RunOptions {
  const result = parseRunCommand(words);
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
      publish: ["80:8080"],
      init: true,
    });
  });

  it.each([".25", "0.25", "0.250"])("reads %s CPUs as the docker program does", (text) => {
    expect(options("--cpus", text, "img").nanoCpus).toBe(250_000_000);
  });

  it("has an empty entrypoint for --entrypoint=", () => {
    expect(options("--entrypoint=", "img").entrypoint).toEqual([]);
  });

  it.each([
    [["--gpus", "all", "img"], { kind: "unsupported-flag", flag: "--gpus" }],
    [["--restart=always", "img"], { kind: "unsupported-flag", flag: "--restart" }],
    [["-dz", "img"], { kind: "unsupported-flag", flag: "-z" }],
    [["-d", "-i"], { kind: "invalid", reason: "it names no image" }],
    [["--name"], { kind: "invalid", reason: "--name needs a value" }],
    [["--memory=lots", "img"], { kind: "invalid", reason: '"lots" is not a size such as 512m' }],
    [["--cpus=two", "img"], { kind: "invalid", reason: '"two" is not a number of CPUs' }],
    [["--init=perhaps", "img"], { kind: "invalid", reason: "--init takes no value other than true or false" }],
  ])("refuses %j", (words, problem) => {
    expect(parseRunCommand(words)).toEqual(problem);
  });
});

describe("parseByteSize", () => {
  it.each([
    ["512", 512],
    ["64k", 65536],
    ["1.5g", 1610612736],
    ["10MB", 10485760],
    ["2GiB", 2147483648],
    ["x", undefined],
    ["", undefined],
  ])("%j is %s", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });
});

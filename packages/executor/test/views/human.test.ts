import {
  createHumanView,
  createMachineView,
  type BuildEvent,
  type EventBody,
  type EventOrigin,
} from "@hclbuild/executor";
import { describe, expect, it } from "vitest";

/** Events as a bus would number them. */
function events(...bodies: readonly (EventBody & EventOrigin)[]): readonly BuildEvent[] {
  return bodies.map((body, index) => ({ v: 1, seq: index + 1, t: 1_795_330_298_000, ...body }) as BuildEvent);
}

const n = { node: "n", build: "null.n" } as const;
const artifact = {
  builderId: "fnoeding.null",
  id: "Null",
  description: "Did not export anything. This is the null builder",
  files: [],
} as const;
const start: EventBody = {
  type: "run.start",
  runId: "r",
  parallel: 0,
  debug: false,
  builds: [{ node: "n", name: "null.n", builderType: "null" }],
};

/** What Packer 1.6.6 did in the transcript build-color.txt; in 1.16 the output of commands has the prefix of all lines. */
const small = events(
  start,
  { ...n, type: "log", stream: "say", text: "Running local shell script: /tmp/packer-shell768153725" },
  { ...n, type: "log", stream: "stdout", text: "hello" },
  { ...n, type: "build.end", outcome: "succeeded", durationMs: 5.62, artifacts: [artifact] },
  { type: "run.end", outcome: "succeeded", durationMs: 5.667 },
);

const show = (list: readonly BuildEvent[], options: Partial<Parameters<typeof createHumanView>[0]> = {}): string => {
  const formatTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const view = createHumanView({ color: false, timestamps: false, formatTime, ...options });
  return list.map((event) => view(event)).join("");
};

describe("the human view", () => {
  it.each([
    ["that was waited for", [], ["Cleanly cancelled builds after being interrupted.", ""]],
    [
      "that was not waited for",
      [{ type: "run.cancel", stage: 2, reason: "interrupt" }],
      // How clean it is, nobody knows.
      [""],
    ],
  ] as const)("ends a run %s", (_name, more, last) => {
    const text = show(
      events(start, { type: "run.cancel", stage: 1, reason: "interrupt" }, ...more, {
        type: "run.end",
        outcome: "cancelled",
        durationMs: 1,
      }),
    );
    expect(text.slice(text.indexOf("\n==> Wait")).split("\n").slice(2)).toEqual(last);
  });

  it("prints a run as Packer does, in colour", () => {
    expect(show(small, { color: true })).toBe(
      [
        "\u001B[1;32mnull.n: output will be in this color.\u001B[0m",
        "",
        "\u001B[1;32m==> null.n: Running local shell script: /tmp/packer-shell768153725\u001B[0m",
        "\u001B[1;32m==> null.n: hello\u001B[0m",
        "\u001B[1;32mBuild 'null.n' finished after 5 milliseconds 620 microseconds.\u001B[0m",
        "",
        "==> Wait completed after 5 milliseconds 667 microseconds",
        "",
        "==> Builds finished. The artifacts of successful builds are:",
        "--> null.n: Did not export anything. This is the null builder",
        "",
      ].join("\n"),
    );
  });

  it("prints times in front of a build's lines", () => {
    expect(show(small, { timestamps: true }).split("\n").slice(0, 5)).toEqual([
      "2026-11-22T06:51:38Z: ==> null.n: Running local shell script: /tmp/packer-shell768153725",
      "2026-11-22T06:51:38Z: ==> null.n: hello",
      "2026-11-22T06:51:38Z: Build 'null.n' finished after 5 milliseconds 620 microseconds.",
      "",
      "==> Wait completed after 5 milliseconds 667 microseconds",
    ]);
  });

  it("prints a failure as in build-fail.txt", () => {
    const failed = events(
      start,
      {
        ...n,
        type: "log",
        stream: "say",
        text: "Provisioning step had errors: Running the cleanup provisioner, if present...",
      },
      {
        ...n,
        type: "build.end",
        outcome: "failed",
        durationMs: 6.307,
        error: "Script exited with non-zero exit status: 3. Allowed exit codes are: [0]",
        artifacts: [],
      },
      { type: "run.end", outcome: "failed", durationMs: 6.353 },
    );
    expect(show(failed)).toBe(
      [
        "==> null.n: Provisioning step had errors: Running the cleanup provisioner, if present...",
        "Build 'null.n' errored after 6 milliseconds 307 microseconds: Script exited with non-zero exit status: 3. Allowed exit codes are: [0]",
        "",
        "==> Wait completed after 6 milliseconds 353 microseconds",
        "",
        "==> Some builds didn't complete successfully and had errors:",
        "--> null.n: Script exited with non-zero exit status: 3. Allowed exit codes are: [0]",
        "",
        "==> Builds finished but no artifacts were created.",
        "",
      ].join("\n"),
    );
  });

  it("gives each build its colour, in Packer's order, and shows errors in red", () => {
    const builds = ["a", "b", "c", "d", "e", "f"].map((name) => ({ node: `node-${name}`, name, builderType: "null" }));
    const shown = show(
      events(
        { type: "run.start", runId: "r", parallel: 0, debug: false, builds },
        ...builds.map(({ node, name }): EventBody & EventOrigin => ({
          node,
          build: name,
          type: "log",
          stream: "say",
          text: "x",
        })),
        { node: "node-a/step", build: "a", type: "log", stream: "stderr", text: "bad" },
        {
          node: "node-b/post",
          build: "b",
          type: "log",
          stream: "say",
          text: "tagging\nboth",
          postProcessor: "docker-tag",
        },
      ),
      { color: true },
    );
    const codes = [32, 36, 35, 33, 34, 32];
    expect(shown.split("\n").slice(0, 6)).toEqual(
      builds.map(({ name }, index) => `\u001B[1;${codes[index]}m${name}: output will be in this color.\u001B[0m`),
    );
    expect(shown.split("\n").slice(7)).toEqual([
      ...builds.map(({ name }, index) => `\u001B[1;${codes[index]}m==> ${name}: x\u001B[0m`),
      "\u001B[1;31m==> a: bad\u001B[0m",
      "\u001B[1;36m==> b (docker-tag): tagging",
      "==> b (docker-tag): both\u001B[0m",
      "",
    ]);
  });

  it("shows empty lines without white space, and nothing of unfinished ones", () => {
    const shown = show(
      events(
        start,
        { ...n, type: "log", stream: "stdout", text: "" },
        { ...n, type: "log", stream: "stdout", text: "Pass", partial: true },
      ),
    );
    expect(shown).toBe("==> null.n:\n");
  });
});

describe("the machine-readable view", () => {
  const machine = (list: readonly BuildEvent[]): string => {
    const view = createMachineView();
    return list.map((event) => view(event)).join("");
  };

  it("prints a run as in build-mr.txt", () => {
    // There the output of commands had the category of messages; 1.16 says everything.
    expect(machine(small)).toBe(
      [
        "1795330298,,ui,say,==> null.n: Running local shell script: /tmp/packer-shell768153725",
        "1795330298,,ui,say,==> null.n: hello",
        "1795330298,,ui,say,Build 'null.n' finished after 5 milliseconds 620 microseconds.",
        String.raw`1795330298,,ui,say,\n==> Wait completed after 5 milliseconds 667 microseconds`,
        String.raw`1795330298,,ui,say,\n==> Builds finished. The artifacts of successful builds are:`,
        "1795330298,null.n,artifact-count,1",
        "1795330298,null.n,artifact,0,builder-id,fnoeding.null",
        "1795330298,null.n,artifact,0,id,Null",
        "1795330298,null.n,artifact,0,string,Did not export anything. This is the null builder",
        "1795330298,null.n,artifact,0,files-count,0",
        "1795330298,null.n,artifact,0,end",
        "1795330298,,ui,say,--> null.n: Did not export anything. This is the null builder",
        "",
      ].join("\n"),
    );
  });

  it("prints files, absent artifacts and errors, with commas and line ends escaped", () => {
    const m = { node: "m", build: "m" } as const;
    const shown = machine(
      events(
        {
          ...m,
          type: "build.end",
          outcome: "failed",
          durationMs: 1,
          error: "1 error(s) occurred:\n\n* no, never",
          artifacts: [],
        },
        {
          ...n,
          type: "build.end",
          outcome: "succeeded",
          durationMs: 1,
          artifacts: [null, { ...artifact, files: ["a", "b"] }],
        },
        { type: "run.end", outcome: "failed", durationMs: 1 },
      ),
    );
    expect(shown.split("\n").slice(2)).toEqual([
      String.raw`1795330298,,ui,say,\n==> Wait completed after 1 millisecond`,
      "1795330298,,error-count,1",
      String.raw`1795330298,,ui,error,\n==> Some builds didn't complete successfully and had errors:`,
      String.raw`1795330298,m,error,1 error(s) occurred:\n\n* no%!(PACKER_COMMA) never`,
      String.raw`1795330298,,ui,error,--> m: 1 error(s) occurred:\n\n* no%!(PACKER_COMMA) never`,
      String.raw`1795330298,,ui,say,\n==> Builds finished. The artifacts of successful builds are:`,
      "1795330298,null.n,artifact-count,2",
      "1795330298,null.n,artifact,0,nil",
      "1795330298,,ui,say,--> null.n: <nothing>",
      "1795330298,null.n,artifact,1,builder-id,fnoeding.null",
      "1795330298,null.n,artifact,1,id,Null",
      "1795330298,null.n,artifact,1,string,Did not export anything. This is the null builder",
      "1795330298,null.n,artifact,1,files-count,2",
      "1795330298,null.n,artifact,1,file,0,a",
      "1795330298,null.n,artifact,1,file,1,b",
      "1795330298,null.n,artifact,1,end",
      "1795330298,,ui,say,--> null.n: Did not export anything. This is the null builder",
      "",
    ]);
  });
});

import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createFakeClock, fakeComponent } from "@hclbuild/testkit";
import { describe, expect, it } from "vitest";
import { makeFolder, post, runComponents } from "./harness.js";

const fileMachine = (config: Record<string, string>) => ({
  component: fakeComponent("builder", "file", "core"),
  config,
});

describe("manifest", () => {
  it("records the artifact and adds to what is there", async () => {
    using folder = makeFolder();
    const machine = fileMachine({ target: "out/a.txt", content: "hello" });
    const posts = [post("manifest", { output: "m.json", custom_data: { who: "me" }, strip_time: true })];
    await runComponents({ folder: folder.path, machine, posts });
    await runComponents({
      folder: folder.path,
      machine,
      posts: [post("manifest", { output: "m.json", strip_path: true, strip_time: true })],
    });
    const runId = "00000000-0000-4000-8000-000000000001";
    const common = { name: "n", builder_type: "file", artifact_id: "File", packer_run_uuid: runId };
    expect(readFileSync(path.join(folder.path, "m.json"), "utf8")).toBe(
      JSON.stringify(
        {
          builds: [
            {
              ...pick(common, "name", "builder_type"),
              files: [{ name: "out/a.txt", size: 5 }],
              ...pick(common, "artifact_id", "packer_run_uuid"),
              custom_data: { who: "me" },
            },
            {
              ...pick(common, "name", "builder_type"),
              files: [{ name: "a.txt", size: 5 }],
              ...pick(common, "artifact_id", "packer_run_uuid"),
              custom_data: null,
            },
          ],
          last_run_uuid: runId,
        },
        undefined,
        2,
      ),
    );
    expect(existsSync(path.join(folder.path, "m.json.lock"))).toBe(false);
  });

  // Packer 1.6.6 has <unknown> for what the file builder does not tell; hclbuild knows some of it.
  it("records what a builder without a machine does not tell as unknown", async () => {
    using folder = makeFolder();
    const of = (key: string) => ({ $out: "n", path: [key] });
    const custom_data = { id: of("ID"), host: of("Host"), run: of("PackerRunUUID") } as unknown as Record<
      string,
      string
    >;
    const posts = [post("manifest", { output: "m.json", custom_data })];
    await runComponents({ folder: folder.path, machine: fileMachine({ target: "a.txt", content: "a" }), posts });
    const { builds } = JSON.parse(readFileSync(path.join(folder.path, "m.json"), "utf8"));
    expect(builds[0].custom_data).toEqual({
      id: "<unknown>",
      host: "<unknown>",
      run: "00000000-0000-4000-8000-000000000001",
    });
  });

  it("writes null for an artifact without files, and the time of the build", async () => {
    using folder = makeFolder();
    await runComponents({ folder: folder.path, posts: [post("manifest", { output: "m.json" })] });
    const { builds } = JSON.parse(readFileSync(path.join(folder.path, "m.json"), "utf8"));
    expect(builds[0]).toMatchObject({ files: null, artifact_id: "Null" });
    expect(Number.isInteger(builds[0].build_time)).toBe(true);
  });

  it("begins anew when forced, once for each run", async () => {
    using folder = makeFolder();
    writeFileSync(
      path.join(folder.path, "m.json"),
      JSON.stringify({ builds: [{ name: "old" }], last_run_uuid: "other" }),
    );
    const posts = [
      post("manifest", { output: "m.json" }),
      post("manifest", { output: "m.json" }, { chain: 1, id: "n/post.2" }),
    ];
    await runComponents({ folder: folder.path, posts, force: true });
    const { builds } = JSON.parse(readFileSync(path.join(folder.path, "m.json"), "utf8"));
    expect(builds.map((build: { name: string }) => build.name)).toEqual(["n", "n"]);
  });

  it("loses no entry of builds that end at the same time", async () => {
    using folder = makeFolder();
    const request = { folder: folder.path, posts: [post("manifest", { output: "m.json" })] };
    const runs = await Promise.all(Array.from({ length: 20 }, async () => runComponents(request)));
    expect(runs.flatMap(({ codes }) => codes)).toEqual([]);
    const { builds } = JSON.parse(readFileSync(path.join(folder.path, "m.json"), "utf8"));
    expect(builds).toHaveLength(20);
    expect(readdirSync(folder.path)).toEqual(["m.json"]);
  });

  it("says so when it removes a lock file that was left behind", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "m.json.lock"), "");
    const run = await runComponents({
      folder: folder.path,
      posts: [post("manifest", { output: "m.json" })],
      clock: createFakeClock({ whenIdle: true }),
    });
    expect([run.outcome, run.codes]).toEqual(["succeeded", ["manifest/abandoned-lock"]]);
    expect(readdirSync(folder.path)).toEqual(["m.json"]);
  });

  it.runIf(process.getuid?.() !== 0)("goes on when a lock file cannot be removed", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "m.json"), "");
    writeFileSync(path.join(folder.path, "m.json.lock"), "");
    chmodSync(folder.path, 0o555);
    try {
      const run = await runComponents({
        folder: folder.path,
        posts: [post("manifest", { output: "m.json" })],
        clock: createFakeClock({ whenIdle: true }),
      });
      expect([run.outcome, run.codes]).toEqual(["succeeded", ["manifest/ignored-lock"]]);
    } finally {
      chmodSync(folder.path, 0o755);
    }
    expect(readFileSync(path.join(folder.path, "m.json"), "utf8")).toContain('"builds"');
  });

  it("does not touch a file that is no manifest", async () => {
    using folder = makeFolder();
    writeFileSync(path.join(folder.path, "m.json"), "not json");
    const run = await runComponents({ folder: folder.path, posts: [post("manifest", { output: "m.json" })] });
    expect(run.error).toMatch(/^1 error\(s\) occurred:\n\n\* Post-processor failed: Unable to parse content from /);
    expect(readFileSync(path.join(folder.path, "m.json"), "utf8")).toBe("not json");
  });
});

describe("checksum", () => {
  it("adds lines to one file for each type, and those files to the artifact", async () => {
    using folder = makeFolder();
    const machine = fileMachine({ target: "a.txt", content: "hello" });
    const config = {
      checksum_types: ["md5", "sha256"],
      output: "sums/{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum",
    };
    const run = await runComponents({ folder: folder.path, machine, posts: [post("checksum", config)] });
    expect(readFileSync(path.join(folder.path, "sums/n_file_md5.checksum"), "utf8")).toBe(
      "5d41402abc4b2a76b9719d911017c592\ta.txt\n",
    );
    expect(readFileSync(path.join(folder.path, "sums/n_file_sha256.checksum"), "utf8")).toBe(
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\ta.txt\n",
    );
    expect(run.artifacts[1]).toMatchObject({
      files: ["a.txt", "sums/n_file_md5.checksum", "sums/n_file_sha256.checksum"],
    });
    await runComponents({ folder: folder.path, machine, posts: [post("checksum", config)] });
    expect(readFileSync(path.join(folder.path, "sums/n_file_md5.checksum"), "utf8").split("\n")).toHaveLength(3);
  });
});

// As Packer 1.6.6: no file, and an artifact whose list of files is empty.
it("checksum makes no file for an artifact without files", async () => {
  using folder = makeFolder();
  const run = await runComponents({ folder: folder.path, posts: [post("checksum", { output: "sub/a.md5" })] });
  expect(run.artifacts.at(-1)).toMatchObject({ builderId: "packer.post-processor.checksum", files: [] });
  expect(readdirSync(folder.path)).toEqual([]);
});

describe("artifice", () => {
  it("replaces the artifact by the files that match", async () => {
    using folder = makeFolder();
    for (const name of ["b.box", "a.box", "c.txt"]) writeFileSync(path.join(folder.path, name), name);
    const run = await runComponents({
      folder: folder.path,
      posts: [post("artifice", { files: ["*.box", "c.txt", "none*"] })],
    });
    expect(run.artifacts[1]).toMatchObject({
      files: ["a.box", "b.box", "c.txt"],
      builderId: "packer.post-processor.artifice",
    });
    expect(run.lines).toContain("==> null.n (artifice): Using these artifact files: a.box, b.box, c.txt");
  });

  // As Packer 1.6.6, which prints the line without a name; the warning is ours.
  it("goes on with an artifact without files when nothing matches", async () => {
    using folder = makeFolder();
    const run = await runComponents({ folder: folder.path, posts: [post("artifice", { files: ["*.box", "none"] })] });
    expect([run.outcome, run.codes]).toEqual(["succeeded", ["artifact/no-match"]]);
    expect(run.lines).toContain("==> null.n (artifice): Using these artifact files:");
    expect(run.artifacts.at(-1)).toMatchObject({ id: "", files: [] });
  });
});

function pick<T extends object, K extends keyof T>(object: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, object[key]])) as Pick<T, K>;
}

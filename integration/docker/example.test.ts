import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";

const example = fileURLToPath(new URL("../../examples/docker", import.meta.url));

interface ManifestBuild {
  readonly name: string;
  readonly artifact_id: string;
  readonly custom_data: Readonly<Record<string, string>>;
}

const made: string[] = [];

afterEach(() => {
  for (const id of made.splice(0)) docker("image", "rm", "--force", id);
});

function imagesOf(folder: string): ReadonlyMap<string, ManifestBuild> {
  const manifest = JSON.parse(readFileSync(join(folder, "docker-manifest.json"), "utf8")) as {
    builds: ManifestBuild[];
  };
  made.push(...manifest.builds.map((build) => build.artifact_id));
  return new Map(manifest.builds.map((build) => [build.name, build]));
}

test("the example gives two images that run and hold what the provisioners made", () => {
  const folder = makeFolder({});
  cpSync(example, folder, { recursive: true });
  const { code, stdout, stderr } = hclbuild(["build", "-color=false", "-var", "greeting=Good morning", folder]);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  const images = imagesOf(folder);
  expect([...images.keys()].toSorted()).toEqual(["web", "worker"]);
  expect(images.get("web")?.custom_data).toEqual({ greeting: "GOOD MORNING" });
  const web = images.get("web")?.artifact_id ?? "";
  const worker = images.get("worker")?.artifact_id ?? "";
  expect(docker("run", "--rm", worker)).toBe("Good morning");
  expect(docker("run", "--rm", web, "cat", "/srv/index.html")).toContain("<p>Good morning</p>");
  expect(docker("run", "--rm", web, "cat", "/etc/image-base")).toBe("built from busybox:test");
  expect(docker("run", "--rm", worker, "sh", "-c", "test ! -e /srv/index.html && echo absent")).toBe("absent");
  const config = JSON.parse(docker("image", "inspect", "--format", "{{json .Config}}", web)) as Record<string, unknown>;
  expect(config).toMatchObject({
    Cmd: ["httpd", "-f", "-p", "8080", "-h", "/srv"],
    WorkingDir: "/srv",
    ExposedPorts: { "8080/tcp": {} },
  });
  // Nothing of the build itself stays in the image.
  expect({ ...(config["Labels"] as object | null), ...(config["Volumes"] as object | null) }).toEqual({});
});

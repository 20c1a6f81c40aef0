import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hclbuild, makeFolder } from "../../packages/cli/test/run-binary.js";
import { docker } from "../setup/docker.js";

/** The parts of a template with one docker source that a test is about. */
export interface DockerTemplate {
  /** Lines of the source block, besides image and pull. */
  readonly source: string;
  /** Blocks of the build: provisioners and post-processors. */
  readonly build?: string;
  readonly image?: string;
  readonly pull?: boolean;
  /** Files to write beside the template. */
  readonly files?: Readonly<Record<string, string>>;
  /** Does to the template's folder what files alone cannot. */
  readonly prepare?: (folder: string) => void;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves out the manifest, which keeps every artifact that it lists; the id of the image is then unknown. */
  readonly hasNoManifest?: boolean;
}

/** What a build left. */
export interface DockerBuild {
  readonly folder: string;
  readonly code: number | null;
  readonly output: string;
  /** Id of the image, from the manifest; empty when there is none. */
  readonly image: string;
}

const made: string[] = [];

/** Removes the images that tests have made. */
export function removeImages(): void {
  for (const id of made.splice(0)) docker("image", "rm", "--force", id);
}

const volumes: string[] = [];

/**
 * What builds since the last call have left on the engine: their volumes, and the containers that use these. Other tests
 * and other builds may use the engine at the same time.
 */
export function leftBehind(): readonly string[] {
  const list = (...args: readonly string[]): readonly string[] => {
    const text = docker(...args, "--quiet");
    return text === "" ? [] : text.split("\n");
  };
  return volumes.splice(0).flatMap((volume) => [
    ...list("container", "ls", "--all", "--filter", `volume=${volume}`),
    // The filter knows only parts of names.
    ...list("volume", "ls", "--filter", `name=${volume}`).filter((name) => name === volume),
  ]);
}

export function templateText(template: DockerTemplate): string {
  return `
source "docker" "it" {
  ${template.source.includes("build {") ? "" : `image = "${template.image ?? "busybox:test"}"\n  pull  = ${template.pull ?? false}`}
  ${template.source}
}

build {
  sources = ["source.docker.it"]
  ${template.build ?? ""}
  ${template.hasNoManifest ? "" : 'post-processor "manifest" {\n    output = "${path.root}/manifest.json"\n  }'}
}
`;
}

/** Builds a template with the real program against the real engine. */
export function buildDocker(template: DockerTemplate): DockerBuild {
  const folder = makeFolder({ "it.pkr.hcl": templateText(template), ...template.files });
  template.prepare?.(folder);
  const { code, stdout } = hclbuild(["build", "-color=false", ...(template.args ?? []), "it.pkr.hcl"], {
    cwd: folder,
    ...(template.env === undefined ? {} : { env: template.env }),
  });
  for (const [, volume = ""] of stdout.matchAll(/Run command: docker run --name .*? -v (hclbuild-[^:\s]+):/g))
    volumes.push(volume);
  let image = "";
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
      builds: readonly { readonly artifact_id: string }[];
    };
    image = manifest.builds.at(-1)?.artifact_id ?? "";
  } catch {
    // The build failed before its manifest.
  }
  if (image.startsWith("sha256:")) made.push(image);
  return { folder, code, output: stdout, image };
}

/** An image's configuration as the engine reports it. */
export function imageConfig(image: string): Readonly<Record<string, unknown>> {
  return JSON.parse(docker("image", "inspect", "--format", "{{json .Config}}", image)) as Record<string, unknown>;
}

/** A shell-local block that writes what the engine says about the running container to container.json. */
export const inspectContainer = `
  provisioner "shell-local" {
    inline = ["docker container inspect \${build.ID} > \${path.root}/container.json"]
  }
`;

export function containerFacts(build: DockerBuild): {
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly Readonly<Record<string, unknown>>[];
} {
  const text = readFileSync(join(build.folder, "container.json"), "utf8");
  return (JSON.parse(text) as [ReturnType<typeof containerFacts>])[0];
}

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot, toolPath } from "./run-tool.js";

type Manifest = Record<string, unknown> & { readonly devDependencies?: Readonly<Record<string, string>> };

/** The only package whose devDependencies are part of it, because it is published as a bundle of them. */
const bundled = "cli";

/**
 * Checks the layers with `turbo boundaries`. Tests may use packages of higher layers, for which turbo, which follows
 * devDependencies as well, has no exception; so it looks at a copy of what is published: manifests without our own
 * devDependencies, and sources without tests.
 */
export function checkBoundaries(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "hclbuild-boundaries-"));
  try {
    for (const name of ["package.json", "package-lock.json", "turbo.json"])
      cpSync(join(repositoryRoot, name), join(folder, name));
    for (const name of readdirSync(join(repositoryRoot, "packages"))) copyPackage(name, folder);
    const { status } = spawnSync(toolPath("turbo"), ["boundaries"], {
      cwd: folder,
      stdio: "inherit",
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    });
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyPackage(name: string, folder: string): void {
  const from = join(repositoryRoot, "packages", name);
  const to = join(folder, "packages", name);
  mkdirSync(to, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as Manifest;
  writeFileSync(join(to, "package.json"), JSON.stringify(name === bundled ? manifest : withoutTestPackages(manifest)));
  cpSync(join(from, "turbo.json"), join(to, "turbo.json"));
  cpSync(join(from, "src"), join(to, "src"), { recursive: true });
}

function withoutTestPackages(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest.devDependencies ?? {}).filter(([name]) => !name.startsWith("@hclbuild/"));
  return { ...manifest, devDependencies: Object.fromEntries(kept) };
}

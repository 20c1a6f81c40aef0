import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The image that integration tests and examples/docker start from. It is made here, so that no registry is needed. */
export const baseImage = "busybox:test";

const busybox = "/bin/busybox";

/** Makes {@link baseImage} from the machine's own static busybox unless it exists. */
export function ensureBaseImage(): void {
  if (imageExists(baseImage)) return;
  const root = mkdtempSync(join(tmpdir(), "hclbuild-base-"));
  try {
    for (const folder of ["bin", "etc", "root", "tmp", "usr/bin", "var"])
      mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, "tmp"), 0o1777);
    copyFileSync(busybox, join(root, "bin/busybox"));
    const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).split("\n");
    for (const applet of applets) {
      if (applet !== "" && applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
    }
    symlinkSync("/bin/env", join(root, "usr/bin/env"));
    writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    writeFileSync(join(root, "etc/group"), "root:x:0:\n");
    const archive = execFileSync("tar", ["--mode=u+w", "--owner=0", "--group=0", "-C", root, "-c", "."], {
      maxBuffer: 64 * 1024 * 1024,
    });
    const changes = ["--change", 'CMD ["/bin/sh"]', "--change", "ENV PATH=/bin:/usr/bin"];
    execFileSync("docker", ["import", ...changes, "-", baseImage], {
      input: archive,
      stdio: ["pipe", "ignore", "inherit"],
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function imageExists(name: string): boolean {
  try {
    execFileSync("docker", ["image", "inspect", name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureBaseImage();

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** Something outside of Node that integration tests talk to. */
export type Backend = "docker" | "faults" | "packer" | "report" | "ssh";

/** Where Debian and others put the browser. */
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser that opens reports: that of `HCLBUILD_CHROMIUM`, else the first one installed. */
export function findBrowser(): string | undefined {
  return [process.env["HCLBUILD_CHROMIUM"], ...browsers].find((path) => path !== undefined && existsSync(path));
}

const execFileAsync = promisify(execFile);

async function answers(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await execFileAsync(command, args, { timeout: 10_000, env: { ...process.env, CHECKPOINT_DISABLE: "1" } });
    return true;
  } catch {
    return false;
  }
}

/** Why the tests of a backend cannot run on this machine; `undefined` when they can. */
export async function probeBackend(backend: Backend): Promise<string | undefined> {
  switch (backend) {
    case "docker":
      if (!(await answers("docker", ["info"]))) return "no Docker engine answers `docker info`";
      if (await answers("docker", ["image", "inspect", "busybox:test"])) return undefined;
      return existsSync("/bin/busybox")
        ? undefined
        : "there is no image busybox:test and no /bin/busybox to make it from";
    case "packer":
      if (!(await answers("packer", ["version"]))) return "the program packer is not installed";
      return probeBackend("docker");
    case "report":
      return findBrowser() === undefined ? "Chromium is not installed" : undefined;
    case "faults":
    case "ssh":
      return existsSync("/usr/sbin/sshd") ? undefined : "the program /usr/sbin/sshd is not installed";
  }
}

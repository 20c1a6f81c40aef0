import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The identity of a process that the system tells nothing about: it may be that of another process, too. */
export const unknownIdentity = "unknown";

/**
 * Identifies a process beyond its number, which is used again after it ended: a text that stays the same as long as the
 * process lives, and that no later process with the same number has. `undefined` when there is no such process, and
 * {@link unknownIdentity} when the system tells nothing about it. Does not depend on the system's clock where the system
 * allows it.
 */
export function processIdentity(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user exists although it must not be signalled.
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EPERM") return undefined;
  }
  return linuxIdentity(pid) ?? otherIdentity(pid) ?? unknownIdentity;
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything; the start time is the 22nd.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields[0];
    if (state === "Z" || state === "X") return "ended";
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function otherIdentity(pid: number): string | undefined {
  try {
    const ps = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
    return ps.trim() || undefined;
  } catch {
    return undefined;
  }
}

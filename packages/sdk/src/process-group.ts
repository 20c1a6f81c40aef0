import { readdirSync, readFileSync } from "node:fs";
import { systemErrorCode } from "./errors.js";
import type { Clock } from "./host.js";
import type { LeftResource, Ledger, LedgerEntry } from "./ledger.js";
import { processIdentity, unknownIdentity } from "./process-identity.js";
import { sleep } from "./wait.js";

/** Kind of resource under which a ledger names the processes that a run starts on its own machine. */
export const processGroupResource = "process-group";

/** Name of the variable that marks every process of a run; Packer sets it as well. */
export const runVariable = "PACKER_RUN_UUID";

/** Time between asking the processes of a group to stop and killing them. */
const graceMs = 5000;
const pollMs = 50;
/** Longest time that a killed process takes to be gone, unless the system holds it. */
const goneMs = 2000;

/** How a process group is written down. */
export interface ProcessRecord {
  readonly ledger: Ledger;
  readonly runId: string;
  /** What a user is told about it: the component that started it. Never secrets. */
  readonly name: string;
}

/** Announces a process group. Await it before the process is started. */
export async function announceProcessGroup({ ledger, runId, name }: ProcessRecord): Promise<LedgerEntry> {
  return await ledger.intend({ resource: processGroupResource, name, details: { run: runId }, transient: true });
}

/** What the ledger keeps of the group that a process leads: enough to never take another process for it. */
export function processGroupId(leader: number): string {
  return `${leader} ${processIdentity(leader) ?? ""}`;
}

/**
 * Ends the processes of a group that a dead run left behind: first asks them (SIGTERM), then kills them. A process that
 * got one of their numbers later is never touched. Fails when it cannot be told whether there is one, or when a process
 * may not be ended or does not end.
 */
export async function endProcessGroup(
  left: LeftResource,
  context: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<"removed" | "absent"> {
  const { clock, signal } = context;
  const look = (): readonly number[] => findTargets(left);
  const isGoneWithin = async (milliseconds: number): Promise<boolean> => {
    const until = clock.monotonic() + milliseconds;
    while (look().length > 0) {
      if (clock.monotonic() >= until) return false;
      await sleep(clock, pollMs, signal);
    }
    return true;
  };
  const targets = look();
  if (targets.length === 0) return "absent";
  send(targets, "SIGTERM");
  if (await isGoneWithin(graceMs)) return "removed";
  send(look(), "SIGKILL");
  if (await isGoneWithin(goneMs)) return "removed";
  throw new Error(`process ${numbersOf(look())} does not end`);
}

function send(targets: readonly number[], name: NodeJS.Signals): void {
  const refused: number[] = [];
  for (const target of targets) {
    try {
      process.kill(target, name);
    } catch (error) {
      // Otherwise it ended by itself meanwhile.
      if (systemErrorCode(error) !== "ESRCH") refused.push(target);
    }
  }
  if (refused.length > 0) throw new Error(`process ${numbersOf(refused)} may not be ended by this user`);
}

function numbersOf(targets: readonly number[]): string {
  return targets.map(Math.abs).join(", ");
}

/** What to send signals to: a whole group, as a negative number, or single processes. */
function findTargets({ id = "", details }: LeftResource): readonly number[] {
  const leader = Number.parseInt(id, 10);
  const identity = id.slice(id.indexOf(" ") + 1);
  const run = String(details?.["run"] ?? "");
  const processes = listProcesses();
  if (Number.isNaN(leader)) {
    // The run was killed while it started the process, whose number nobody wrote down.
    return processes
      .filter(({ pid, group, session }) => pid === group && pid === session && isMarked(pid, run))
      .map(groupOf);
  }
  // The numbers 0 and 1 would mean this very process's group and all processes.
  if (leader <= 1) return [];
  const found = processIdentity(leader);
  if (found === unknownIdentity && identity === unknownIdentity) {
    throw new Error(`process ${leader} runs, but may have got its number later`);
  }
  if (found !== "ended" && found === identity) return hasMembers(leader) ? [-leader] : [];
  // A number is not given away as long as a group has it: another process under it means that the group is over.
  if (found !== undefined && found !== "ended") return [];
  return processes.filter(({ pid, group }) => group === leader && isMarked(pid, run)).map(({ pid }) => pid);
}

function groupOf({ group }: RunningProcess): number {
  return -group;
}

function hasMembers(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch (error) {
    // Those of another user exist although they must not be signalled.
    return systemErrorCode(error) === "EPERM";
  }
}

interface RunningProcess {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
}

/** The processes of this machine that have not ended; none on systems without `/proc`. */
function listProcesses(): readonly RunningProcess[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)) ?? []);
  } catch {
    return [];
  }
}

function readProcess(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything.
    const [state, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : { pid, group: Number(group), session: Number(session) };
  } catch {
    return undefined;
  }
}

function isMarked(pid: number, run: string): boolean {
  try {
    return run !== "" && readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${runVariable}=${run}`);
  } catch {
    return false;
  }
}

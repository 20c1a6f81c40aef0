import { readdirSync, readFileSync } from "node:fs";

/** What is being watched. */
export interface TreeWatch {
  /** Ends the watching. Returns the largest sum of the resident sets, in bytes; shared pages count for each process. */
  stop(): number;
  /** Seconds of processor time that the processes were last seen with. Other load on the machine hardly changes it. */
  cpuSeconds(): number;
}

const pageSize = 4096;
const ticksPerSecond = 100;

/** Watches the memory of a process with all its descendants, also those that left its session. */
export function watchTree(root: number): TreeWatch {
  let peak = 0;
  const ticks = new Map<number, number>();
  const known = new Set([root]);
  const look = (): void => {
    const parents = new Map<number, number>();
    const memory = new Map<number, number>();
    const times = new Map<number, number>();
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        parents.set(Number(name), Number(fields[1]));
        memory.set(Number(name), Number(fields[21]) * pageSize);
        times.set(Number(name), Number(fields[11]) + Number(fields[12]));
      } catch {
        // It has ended.
      }
    }
    for (let before = -1; before !== known.size;) {
      before = known.size;
      for (const [pid, parent] of parents) if (known.has(parent)) known.add(pid);
    }
    for (const pid of known) ticks.set(pid, times.get(pid) ?? ticks.get(pid) ?? 0);
    peak = Math.max(
      peak,
      [...known].reduce((sum, pid) => sum + (memory.get(pid) ?? 0), 0),
    );
  };
  const timer = setInterval(look, 50);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
    cpuSeconds: () => [...ticks.values()].reduce((sum, time) => sum + time, 0) / ticksPerSecond,
  };
}

import { spawnSync } from "node:child_process";

/** A command line to be timed. */
export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are no failure; 0 unless given. */
  readonly statuses?: readonly number[];
  /** Called after each run with what it printed; its time does not count. */
  readonly after?: (stdout: string) => void;
}

export interface Timing {
  readonly name: string;
  /** Milliseconds of wall time, one for each round, in the order of the rounds. */
  readonly times: readonly number[];
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the ratios taken round by round, which other load on the machine hardly changes. */
export function pairedRatio(timing: Timing, reference: Timing): number {
  return median(timing.times.map((time, round) => time / (reference.times[round] ?? Number.NaN)));
}

/**
 * Times the contenders in rounds, each once a round and in an order that rotates, after one round to warm the file
 * cache. Throws when a contender fails, since a failing program may be a fast one.
 */
export function timeInterleaved(contenders: readonly Contender[], rounds: number): readonly Timing[] {
  const times = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let step = 0; step < contenders.length; step++) {
      const index = (step + round + contenders.length) % contenders.length;
      const time = timeOnce(contenders[index] as Contender);
      if (round >= 0) times[index]?.push(time);
    }
  }
  return contenders.map(({ name }, index) => ({ name, times: times[index] ?? [] }));
}

function timeOnce({ name, command, args, cwd, env, statuses = [0], after }: Contender): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  const time = performance.now() - started;
  if (!statuses.includes(status ?? -1)) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  after?.(stdout);
  return time;
}

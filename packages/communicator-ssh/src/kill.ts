import { setTimeout as wait } from "node:timers/promises";
import type { Session } from "./client.js";
import { openCommand } from "./execute.js";

/** Longest time that ending a command may hold up the one who cancelled it, in milliseconds. */
const patience = 5000;

/** How often the machine is asked again while commands that have just ended are still among its processes. */
const attempts = 3;
const pause = 300;

/** A process on the machine that a channel of a session has started. */
export interface RemoteProcess {
  readonly session: Session;
  /** Forgets it: it has ended, or nothing more can be done about it. */
  release(): void;
}

/** The processes that the channels of a communicator have started and that may still run, in the order of their start. */
export interface RemoteProcesses {
  /** Call it in the same turn in which the channel's request is sent. */
  add(session: Session): RemoteProcess;
  /**
   * Ends a process on the machine, together with all that it started and that has not made a session of its own: first
   * TERM, and KILL for what is left after five seconds. Resolves when it has been told, or when that is not possible.
   */
  end(process: RemoteProcess): Promise<void>;
}

/** Keeps account of the processes behind channels. */
export function createRemoteProcesses(): RemoteProcesses {
  let running: readonly RemoteProcess[] = [];
  return {
    add(session) {
      const process: RemoteProcess = {
        session,
        release() {
          running = running.filter((other) => other !== process);
        },
      };
      running = [...running, process];
      return process;
    },
    async end(process) {
      const { session } = process;
      for (let attempt = 0; attempt < attempts && session.isOpen(); attempt += 1) {
        if (attempt > 0) await wait(pause);
        const siblings = running.filter((other) => other.session === session);
        const index = siblings.indexOf(process);
        if (index < 0) return;
        const answer = await ask(session, killScript(index, siblings.length)).catch(() => "");
        if (answer !== "other") return;
      }
    },
  };
}

/** Runs the script and gives its answer; nothing when there is none in time, as from a machine that hangs. */
async function ask(session: Session, script: string): Promise<string> {
  const opening = openCommand(session, `exec /bin/sh -c '${script}'`, false);
  return await new Promise<string>((resolve) => {
    let answer = "";
    const timer = setTimeout(() => finish(), patience);
    const finish = (): void => {
      clearTimeout(timer);
      resolve(answer.trim());
      void opening.then(
        ({ channel }) => channel.close(),
        () => undefined,
      );
    };
    opening.then(({ channel, closed }) => {
      channel.stderr.resume();
      channel.on("data", (chunk: Buffer) => {
        answer += chunk.toString("utf8");
        if (answer.includes("\n")) finish();
      });
      void closed.then(finish);
    }, finish);
  });
}

/**
 * Ends the process number `index` of the `count` that this connection has running. OpenSSH's process for the connection
 * is the parent of all of them and of this script, and starts them in the order of the requests. Only those that are
 * older than the script count: had one that is not among the `count` taken the place of one that has just ended, it
 * would be younger. When the numbers differ, nothing is touched.
 */
function killScript(index: number, count: number): string {
  return `
look() {
  read -r line < /proc/$1/stat || return 1
  set -- \${line##*) }
  state=$1 parent=$2 session=$4 began=\${20}
}
look $$ || exit 0
mine=$began
set -- $(
  for folder in /proc/[0-9]*; do
    process=\${folder#/proc/}
    look $process || continue
    [ $parent = $PPID ] && [ $state != Z ] && [ $process != $$ ] || continue
    [ $began -lt $mine ] || { [ $began -eq $mine ] && [ $process -lt $$ ]; } || continue
    echo $began $process
  done 2>/dev/null | sort -n -k1,1 -k2,2
)
[ $# -eq ${2 * count} ] || { echo other; exit 0; }
shift ${2 * index + 1}
leader=$1
left() {
  for folder in /proc/[0-9]*; do
    look \${folder#/proc/} || continue
    [ $session = $leader ] && [ $state != Z ] && echo \${folder#/proc/}
  done 2>/dev/null
}
kill -TERM $(left) 2>/dev/null
(
  n=0
  while [ $n -lt 5 ] && [ -n "$(left)" ] && sleep 1; do n=$((n + 1)); done
  kill -KILL $(left)
) < /dev/null > /dev/null 2>&1 &
echo told
`;
}

import { spawn } from "node:child_process";
import { binary, environmentOf } from "../faults/kill-at-event.js";

/** What a person at a terminal sees and types. */
export interface TerminalRun {
  readonly code: number | null;
  /** Everything that was shown, control sequences included. */
  readonly shown: string;
}

/**
 * Runs the program on a terminal of its own (the `script` program makes it) and types each text once what it waits for
 * has been shown.
 */
export async function runOnTerminal(
  folder: string,
  args: readonly string[],
  typing: readonly { readonly after: string; readonly text: string }[],
): Promise<TerminalRun> {
  const quoted = [process.execPath, binary, ...args].map((word) => `'${word}'`).join(" ");
  const env = { ...environmentOf(folder, {}), TERM: "xterm", SHELL: "/bin/sh" };
  const child = spawn("script", ["-qec", `stty cols 100 rows 30; ${quoted}`, "/dev/null"], { cwd: folder, env });
  const pending = [...typing];
  let shown = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const next = pending[0];
    if (next === undefined) return;
    const at = shown.indexOf(next.after, seen);
    if (at === -1) return;
    seen = at + next.after.length;
    pending.shift();
    child.stdin.write(next.text);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, shown };
}

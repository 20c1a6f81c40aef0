import { spawn } from "node:child_process";
import { onTestFinished } from "vitest";
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
  const child = spawn("script", ["-qec", `stty cols 100 rows 30; exec ${quoted}`, "/dev/null"], { cwd: folder, env });
  // One that waits for more must not outlive the test.
  onTestFinished(() => void child.kill("SIGKILL"));
  const pending = [...typing];
  let shown = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    for (let next = pending[0]; next !== undefined; next = pending[0]) {
      const at = shown.indexOf(next.after, seen);
      if (at === -1) return;
      seen = at + next.after.length;
      pending.shift();
      child.stdin.write(next.text);
    }
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, shown };
}

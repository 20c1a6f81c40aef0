import type Docker from "dockerode";

/** How long the engine may take to start the kill, in milliseconds. */
const patience = 5000;

/**
 * A command for the container's shell that can be found again: the mark is a comment behind it, which changes nothing
 * for the command and is part of the shell's command line. Its own line keeps the shell from replacing itself by the
 * command.
 */
export function markCommand(command: string, mark: string): string {
  return `(${command})\n# ${mark}`;
}

/**
 * Ends a command that {@link markCommand} has marked, together with all processes that it started and that have not
 * made a session of their own, as services do: first TERM, and KILL for what is left after five seconds. Resolves when
 * the engine has begun with it. A container that is gone, or that has no `/proc`, is left as it is.
 */
export async function killMarked(docker: Docker, containerId: string, mark: string): Promise<void> {
  const abortSignal = AbortSignal.timeout(patience);
  try {
    const exec = await docker.getContainer(containerId).exec({
      Cmd: ["/bin/sh", "-c", killScript(mark)],
      User: "0",
      AttachStdout: false,
      AttachStderr: false,
      abortSignal,
    });
    const answer = await exec.start({ Detach: true, abortSignal });
    // Unread, it would keep the program from ending.
    answer.resume();
  } catch {
    // The command ends with its container, which is what comes next when the engine does not answer.
  }
}

/** The mark is put together in the shell, so that the script does not find itself. */
function killScript(mark: string): string {
  const middle = Math.floor(mark.length / 2);
  return `
mark=${mark.slice(0, middle)}
mark="$mark"${mark.slice(middle)}
leaders=
for process in /proc/[0-9]*; do
  while read -r line || [ -n "$line" ]; do
    case $line in *"$mark"*) leaders="$leaders \${process#/proc/}" ;; esac
  done < $process/cmdline
done 2>/dev/null
[ -n "$leaders" ] || exit 0
left() {
  for file in /proc/[0-9]*/stat; do
    read -r line < $file || continue
    set -- \${line##*) }
    [ "$1" = Z ] && continue
    case "$leaders " in *" $4 "*) echo "\${line%% *}" ;; esac
  done 2>/dev/null
}
kill -TERM $(left) 2>/dev/null
count=0
while [ $count -lt 5 ] && [ -n "$(left)" ] && sleep 1; do count=$((count + 1)); done
kill -KILL $(left) 2>/dev/null
exit 0
`;
}

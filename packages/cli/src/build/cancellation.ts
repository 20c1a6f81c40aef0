import type { CliHost, InterruptSignal } from "../command.js";

/** What interrupts ask a run to do. */
export interface Cancellation {
  /** Aborted by the first interrupt; its reason is the signal's name as Go prints it. */
  readonly cancel: AbortSignal;
  /** Aborted by the second one: do not wait for clean-ups any longer. */
  readonly stopWaiting: AbortSignal;
  /** The command is over: one more interrupt does nothing, another ends the process. */
  release(): void;
}

const signalTexts: Readonly<Record<InterruptSignal, string>> = { SIGINT: "interrupt", SIGTERM: "terminated" };

/** The exit code of a process that ended at its third interrupt. */
const abandoned = 1;

/** Listens for SIGINT and SIGTERM: the first cancels, the second stops waiting, the third ends the process. */
export function listenForInterrupts(host: CliHost): Cancellation {
  const cancel = new AbortController();
  const stopWaiting = new AbortController();
  let released = false;
  let late = 0;
  host.onInterrupt((signal) => {
    const reason = signalTexts[signal];
    if (released) {
      // The exit code is decided, and a signal's default action would replace it.
      late += 1;
      if (late > 1) host.abandon(abandoned);
    } else if (!cancel.signal.aborted) cancel.abort(reason);
    else if (!stopWaiting.signal.aborted) stopWaiting.abort(reason);
    else host.abandon(abandoned);
  });
  const release = (): void => void (released = true);
  return { cancel: cancel.signal, stopWaiting: stopWaiting.signal, release };
}

import type { Invocation } from "../command.js";
import { answer, openSession, printAnswer, type Session } from "../console/session.js";

/** Evaluates expressions: from a pipe line by line, on a terminal at a prompt. */
export async function run(invocation: Invocation): Promise<number> {
  const session = await openSession(invocation);
  if (session === undefined) return 1;
  if (!invocation.host.stdin.isTerminal) return runPiped(session);
  const { runPrompt } = await import("../console/prompt.js");
  return runPrompt(session);
}

/**
 * Prints the last line's result, which is empty when it has none, as JSON that of each line; the exit code is that of
 * the last line that had anything wrong with it.
 */
async function runPiped(session: Session): Promise<number> {
  let code = 0;
  let last = "";
  for await (const line of session.host.stdin.lines()) {
    const input = decodeLine(line);
    last = "";
    // There is nobody to leave; the word alone is no mistake.
    if (input === "" || input === "exit") continue;
    const result = answer(session, input);
    if (result.findings !== "none") code = result.findings === "errors" ? 1 : 0;
    if (session.isJson) printAnswer(session, result);
    else last = result.text ?? "";
  }
  if (!session.isJson) session.host.stdout.write(`${last}\n`);
  return code;
}

/** A line without blanks around it; one that is not UTF-8 stays as it is. */
function decodeLine(line: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(line).trim();
  } catch {
    return line;
  }
}

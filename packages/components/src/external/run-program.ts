import { Readable, Writable } from "node:stream";
import { buildError, exitCodeOf, startProcess, resolveLocal, type RunContext } from "@hclbuild/sdk";
import { externalCatalog } from "../catalog.js";

/** A program to ask. */
export interface ProgramCall {
  readonly program: readonly string[];
  readonly workingDirectory: string | undefined;
  readonly input: string;
}

/** Runs the program with the input on its standard input and returns what it writes to its standard output. */
export async function runProgram(context: RunContext, call: ProgramCall): Promise<string> {
  const [program = "", ...args] = call.program;
  const stdout = collect();
  const stderr = collect();
  const running = await startProcess(
    {
      program,
      args,
      env: context.host.env,
      cwd: resolveLocal(call.workingDirectory ?? ".", context),
      stdin: Readable.from([Buffer.from(call.input, "utf8")]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      clock: context.clock,
      record: { ledger: context.ledger, runId: context.build.runId, name: "external" },
    },
    context.signal,
  );
  const code = exitCodeOf(await running.done);
  if (code === 0) return stdout.text();
  const output = stderr.text().trim();
  throw buildError(externalCatalog["program-failed"], { program, code, ...(output === "" ? {} : { output }) });
}

function collect(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

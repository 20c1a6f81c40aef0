import { open, type FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  BuildError,
  buildError,
  disconnectedExitCode,
  parseDuration,
  retry,
  resolveLocal,
  type StepContext,
} from "@hclbuild/sdk";
import { scriptCatalog } from "../catalog.js";
import { crlfToLf } from "./line-ends.js";
import { describeFileError } from "./prepare.js";

/** A script to upload. */
export interface ScriptUpload {
  /** Path on this machine. */
  readonly script: string;
  /** Path on the other one. */
  readonly remote: string;
  /** Turn CRLF line ends into LF. */
  readonly unixLineEnds: boolean;
}

/** Uploads a script. */
export async function uploadScript(context: StepContext, upload: ScriptUpload): Promise<void> {
  const local = resolveLocal(upload.script, context);
  const file = await open(local).catch((error: unknown) => {
    const reason = describeFileError(error);
    throw buildError(scriptCatalog.unreadable, { path: upload.script, reason }, { cause: error });
  });
  try {
    await uploadOpened(context, upload, file);
  } finally {
    await file.close();
  }
}

async function uploadOpened(context: StepContext, upload: ScriptUpload, file: FileHandle): Promise<void> {
  const { communicator } = context;
  const info = await file.stat();
  const options = { signal: context.signal, mode: 0o755 };
  if (!upload.unixLineEnds) {
    await communicator.uploadFile(file.createReadStream(), upload.remote, { ...options, size: info.size });
    return;
  }
  // Without a callback a pipeline's errors would go nowhere; they reach the reader of its last stream all the same.
  const content = pipeline(file.createReadStream(), crlfToLf(), () => undefined);
  if (info.size > longestHeldScript) {
    await communicator.uploadFile(content, upload.remote, options);
    return;
  }
  // Protocols that announce the size first would have to store the script somewhere otherwise.
  const bytes = await buffer(content);
  await communicator.uploadFile(Readable.from([bytes]), upload.remote, { ...options, size: bytes.length });
}

/** Scripts up to this size, in bytes, are converted in memory. */
const longestHeldScript = 8 * 1024 * 1024;

/** The machine may be restarting: what is worth another try is tried until `start_retry_timeout` is over. */
export async function retryStart<T>(context: StepContext, timeout: string, attempt: () => Promise<T>): Promise<T> {
  return await retry(
    {
      clock: context.clock,
      signal: context.signal,
      withinMs: parseDuration(timeout) ?? 300_000,
      delayMs: 2000,
      shouldRetry: (error) => error instanceof BuildError && error.retryable,
    },
    attempt,
  );
}

/** A connection that was lost while getting ready is worth another try. */
export function throwIfDisconnected(code: number): void {
  if (code === disconnectedExitCode) throw buildError(scriptCatalog.disconnected, {}, { retryable: true });
}

import type { Readable } from "node:stream";
import { buildError, type BuildError, type StepUi } from "@hclbuild/sdk";
import { catalog } from "../catalog.js";
import { oneLine, translateFailure, type Engine, type EngineFailure } from "./client.js";
import { withDefaultTag } from "./image-name.js";
import { progressMessages, TransferTotals } from "./progress-stream.js";
import type { RegistryAuth } from "./registry-auth.js";

/** What to pull, and for whom. */
export interface PullRequest {
  readonly image: string;
  readonly platform?: string | undefined;
  readonly auth?: RegistryAuth | undefined;
  readonly ui: StepUi;
}

interface SharedPull {
  readonly promise: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

const running = new Map<string, SharedPull>();

/**
 * Pulls an image. Builds that ask for the same image from the same engine at the same time share one transfer, which
 * is cancelled only when nobody waits for it any more.
 */
export async function pullImage(engine: Engine, request: PullRequest, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const key = JSON.stringify([engine.address.display, request.image, request.platform ?? "", request.auth ?? null]);
  let shared = running.get(key);
  if (shared === undefined) {
    const controller = new AbortController();
    const promise = transfer(engine, request, controller.signal).finally(() => running.delete(key));
    promise.catch(() => undefined);
    shared = { promise, controller, waiting: 0 };
    running.set(key, shared);
  }
  const mine = shared;
  mine.waiting++;
  try {
    await raceAbort(mine.promise, signal);
  } finally {
    mine.waiting--;
    if (mine.waiting === 0) mine.controller.abort(signal.reason);
  }
}

async function raceAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let listener = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    listener = () => reject(signal.reason);
    signal.addEventListener("abort", listener, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", listener);
  }
}

async function transfer(engine: Engine, request: PullRequest, signal: AbortSignal): Promise<void> {
  const explain = (failure: EngineFailure): unknown => explainPull(request.image, failure);
  let stream: Readable;
  try {
    stream = (await engine.docker.pull(withDefaultTag(request.image), {
      abortSignal: signal,
      ...(request.platform ? { platform: request.platform } : {}),
      ...(request.auth ? { authconfig: { ...request.auth } } : {}),
    })) as unknown as Readable;
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) => explainPull(request.image, failure));
  }
  const destroy = (): void => void stream.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  const totals = new TransferTotals();
  const progress = request.ui.progress(`Pulling ${request.image}`);
  try {
    for await (const message of progressMessages(stream)) {
      if (message.error !== undefined) throw explain({ status: 500, reason: oneLine(message.error) });
      totals.note(message, ["Downloading", "Download complete"]);
      progress.update(totals.done);
    }
  } catch (error) {
    throw translateFailure(engine, error, signal, (failure) => explainPull(request.image, failure));
  } finally {
    progress.end();
    signal.removeEventListener("abort", destroy);
  }
  signal.throwIfAborted();
}

const wrongPlatform = /no matching manifest|not match the specified platform/i;

/** The error for an image that the engine does not have or take; `undefined` for any other answer. */
export function explainImage(image: string, { status, reason }: EngineFailure): BuildError | undefined {
  if (/invalid reference|invalid tag format|invalid checksum/i.test(reason)) {
    return buildError(catalog["image-name-invalid"], { image, reason });
  }
  if (wrongPlatform.test(reason)) return buildError(catalog["platform-mismatch"], { image, reason });
  return status === 404 ? buildError(catalog["image-not-found"], { image, reason }) : undefined;
}

function explainPull(image: string, failure: EngineFailure): BuildError {
  const { reason } = failure;
  if (/denied|unauthorized|no basic auth|authentication required/i.test(reason)) {
    return buildError(catalog["pull-denied"], { image, reason });
  }
  const known = explainImage(image, failure);
  if (known !== undefined) return known;
  if (/not found|manifest unknown/i.test(reason)) return buildError(catalog["image-not-found"], { image, reason });
  return buildError(catalog["pull-failed"], { image, reason }, { retryable: true });
}

import type { Readable } from "node:stream";

/** One line of the engine's progress stream (Docker Engine API, "Create an image", "Push an image", "Build an image"). */
export interface ProgressMessage {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string; readonly code?: number };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  /** An object, or text for what BuildKit tells (base64 of a binary message). */
  readonly aux?: Readonly<Record<string, unknown>> | string;
}

/** Reads a stream of JSON lines. A line that is not JSON is skipped. */
export async function* progressMessages(source: Readable): AsyncGenerator<ProgressMessage> {
  let pending = "";
  source.setEncoding("utf8");
  for await (const piece of source) {
    pending += piece as string;
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const message = parseMessage(line);
      if (message) yield message;
    }
  }
  const last = parseMessage(pending);
  if (last) yield last;
}

function parseMessage(line: string): ProgressMessage | undefined {
  if (line.trim() === "") return undefined;
  try {
    return JSON.parse(line) as ProgressMessage;
  } catch {
    return undefined;
  }
}

/** Adds up the layers of a transfer. */
export class TransferTotals {
  readonly #layers = new Map<string, { current: number; total: number }>();

  note(message: ProgressMessage, statuses: readonly string[]): void {
    const detail = message.progressDetail;
    if (!message.id || !message.status || !statuses.includes(message.status)) return;
    const layer = this.#layers.get(message.id) ?? { current: 0, total: 0 };
    if (detail?.total) layer.total = detail.total;
    layer.current = detail?.current ?? layer.total;
    this.#layers.set(message.id, layer);
  }

  get done(): number {
    let sum = 0;
    for (const layer of this.#layers.values()) sum += layer.current;
    return sum;
  }

  get total(): number {
    let sum = 0;
    for (const layer of this.#layers.values()) sum += layer.total;
    return sum;
  }
}

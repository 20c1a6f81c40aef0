import type { Readable, Writable } from "node:stream";
import { ScpError } from "./scp-error.js";
import { writeTo } from "./write.js";

/** Bytes that may wait to be read; the channel is paused above that. */
const limit = 2 * 1024 * 1024;

/**
 * Reads the protocol's side of a channel: single answer bytes, lines, and file contents of a known length. Takes the
 * pieces as they arrive: a stream's iterator would join all that wait into one, which copies every byte once more.
 */
export class ProtocolReader {
  readonly #source: Readable;
  #pieces: Buffer[] = [];
  #waiting = 0;
  #ended = false;
  #failure: unknown;
  #wake: (() => void) | undefined;

  constructor(source: Readable) {
    this.#source = source;
    source.on("data", this.#take).on("end", this.#end).on("close", this.#end).on("error", this.#fail);
  }

  /** Lets go of the stream, so that somebody else can read its end. */
  release(): void {
    const source = this.#source;
    source.off("data", this.#take).off("end", this.#end).off("close", this.#end).off("error", this.#fail);
  }

  readonly #take = (piece: Buffer): void => {
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    if (this.#waiting > limit) this.#source.pause();
    this.#wake?.();
  };

  readonly #end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
    this.#end();
  };

  /** The next piece as it came, or `undefined` at the end. */
  async #next(): Promise<Buffer | undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#waiting -= piece.length;
        return piece;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return undefined;
      this.#source.resume();
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }

  #putBack(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#pieces.unshift(piece);
    this.#waiting += piece.length;
  }

  /** One byte, or `undefined` at the end. */
  async byte(): Promise<number | undefined> {
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) {
      if (piece.length === 0) continue;
      this.#putBack(piece.subarray(1));
      return piece[0];
    }
    return undefined;
  }

  /** The rest of a line without its end. */
  async line(): Promise<string> {
    const parts: Buffer[] = [];
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) {
      const at = piece.indexOf(10);
      parts.push(at === -1 ? piece : piece.subarray(0, at));
      if (at === -1) continue;
      this.#putBack(piece.subarray(at + 1));
      break;
    }
    return Buffer.concat(parts).toString("utf8");
  }

  /** Passes on exactly `size` bytes. */
  async copy(size: number, target: Writable): Promise<void> {
    for (let left = size; left > 0;) {
      const piece = await this.#next();
      if (piece === undefined) throw new ScpError("the transfer ended too early");
      const part = piece.subarray(0, left);
      this.#putBack(piece.subarray(part.length));
      left -= part.length;
      await writeTo(target, part);
    }
  }

  /** Waits for the answer to a message. */
  async acknowledgement(): Promise<void> {
    const code = await this.byte();
    if (code === 0) return;
    if (code === undefined) throw new ScpError("the other side ended the transfer");
    throw new ScpError((await this.line()).replace(/^scp: /, "").trim());
  }
}

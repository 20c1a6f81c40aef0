import { bytesFields, numberField, readFields, textField } from "./protobuf.js";

/** What a BuildKit build tells while it runs, as lines for a person. */
export class TraceReader {
  readonly #names = new Map<string, string>();
  readonly #announced = new Set<string>();
  readonly #pending = new Map<string, string>();
  #last = "";
  #failed: string | undefined;

  /** The step that failed, with its text; `undefined` while none has. */
  get failedStep(): string | undefined {
    return this.#failed;
  }

  /** Reads one message of the trace (BuildKit's `moby.buildkit.v1.StatusResponse`) and returns the lines it gives. */
  read(message: Buffer): readonly string[] {
    const fields = readFields(message);
    const lines: string[] = [];
    for (const vertex of bytesFields(fields, 1)) lines.push(...this.#readVertex(vertex));
    for (const log of bytesFields(fields, 3)) lines.push(...this.#readLog(log));
    for (const warning of bytesFields(fields, 4)) {
      lines.push(`Warning: ${bytesFields(readFields(warning), 3)[0]?.toString("utf8") ?? ""}`);
    }
    return lines;
  }

  /** What steps have written since their last line ended. */
  end(): readonly string[] {
    const lines = [...this.#pending].flatMap(([digest, text]) => (text === "" ? [] : this.#linesOf(digest, [text])));
    this.#pending.clear();
    return lines;
  }

  #readVertex(message: Buffer): readonly string[] {
    const fields = readFields(message);
    const digest = textField(fields, 1);
    const name = textField(fields, 3);
    const isCached = numberField(fields, 4) === 1;
    const hasStarted = bytesFields(fields, 5).length > 0;
    const error = textField(fields, 7);
    this.#names.set(digest, name);
    // Steps that were under way when another failed end with an error too.
    if (error !== "" && !/context canceled/i.test(error)) this.#failed ??= name;
    if ((!hasStarted && !isCached) || this.#announced.has(digest)) return [];
    this.#announced.add(digest);
    this.#last = digest;
    return [isCached ? `${name} (cached)` : name];
  }

  #readLog(message: Buffer): readonly string[] {
    const fields = readFields(message);
    const digest = textField(fields, 1);
    const text = (this.#pending.get(digest) ?? "") + textField(fields, 4);
    const lines = text.split("\n");
    this.#pending.set(digest, lines.pop() ?? "");
    return this.#linesOf(digest, lines);
  }

  /** Steps may run side by side: lines of another step than the last one are preceded by its name. */
  #linesOf(digest: string, lines: readonly string[]): readonly string[] {
    if (lines.length === 0) return [];
    const heading = this.#last === digest ? [] : [this.#names.get(digest) ?? digest];
    this.#last = digest;
    return [...heading, ...lines.map((line) => line.replace(/\r$/, ""))];
  }
}

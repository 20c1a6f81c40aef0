import { describe, expect, it } from "vitest";
import { writeMessage } from "../../../src/engine/buildkit/protobuf.js";
import { TraceReader } from "../../../src/engine/buildkit/trace.js";

// Recorded from Docker 20.10: a step that starts, prints "out line" and ends, and the naming of an image.
const recorded = {
  started:
    "CoACCkdzaGEyNTY6ZGY5NmVkNGQxYzRkYmE4MTJkNmE3OWFlYjBjNGU4YWQzYmY2OWViNDhlMTBjYTU1ODU2N2ZjZWM5YmEzZTZkYRJHc2hhMjU2OjNhYzYzMzEwMGMxZGZkODkxYjNiYTA4YzRjMjYyY2EyZmJmMGYzMjdkZmI0MTI4OTVkYjg5MmI3MGZlZjBlYjkaXltzdGFnZS0wIDIvMl0gUlVOIC0tbW91bnQ9dHlwZT1jYWNoZSx0YXJnZXQ9L2MgZWNobyBoaSB4ID4gL2MvZiAmJiBjcCAvYy9mIC9mICYmIGVjaG8gb3V0IGxpbmUqDAii2pzYBhDD0dSXAQ==",
  printed:
    "GmQKR3NoYTI1NjpkZjk2ZWQ0ZDFjNGRiYTgxMmQ2YTc5YWViMGM0ZThhZDNiZjY5ZWI0OGUxMGNhNTU4NTY3ZmNlYzliYTNlNmRhEgwIo9qc2AYQ/ZjhrwEYASIJb3V0IGxpbmUK",
};
const step = "[stage-0 2/2] RUN --mount=type=cache,target=/c echo hi x > /c/f && cp /c/f /f && echo out line";

const started = writeMessage({ 1: 1 });
const vertex = (digest: string, name: string, more: Record<number, string | number | Buffer> = {}): Buffer =>
  writeMessage({ 1: writeMessage({ 1: digest, 3: name, ...more }) });
const log = (digest: string, text: string): Buffer => writeMessage({ 3: writeMessage({ 1: digest, 3: 1, 4: text }) });

describe("the trace of a BuildKit build", () => {
  it("names a step once, when it starts, and shows what it prints", () => {
    const trace = new TraceReader();
    expect(trace.read(Buffer.from(recorded.started, "base64"))).toEqual([step]);
    expect(trace.read(Buffer.from(recorded.started, "base64"))).toEqual([]);
    expect(trace.read(Buffer.from(recorded.printed, "base64"))).toEqual(["out line"]);
    expect(trace.end()).toEqual([]);
  });

  it("says that a step was not run again", () => {
    expect(new TraceReader().read(vertex("a", "[1/2] RUN x", { 4: 1 }))).toEqual(["[1/2] RUN x (cached)"]);
  });

  it("puts lines together, and names the step again when another one spoke in between", () => {
    const trace = new TraceReader();
    trace.read(vertex("a", "A", { 5: started }));
    trace.read(vertex("b", "B", { 5: started }));
    expect(trace.read(log("a", "one\ntw"))).toEqual(["A", "one"]);
    expect(trace.read(log("b", "other\r\n"))).toEqual(["B", "other"]);
    expect(trace.read(log("a", "o\nthree"))).toEqual(["A", "two"]);
    expect(trace.end()).toEqual(["three"]);
  });

  it("knows the step that failed from those that were only stopped", () => {
    const trace = new TraceReader();
    trace.read(vertex("a", "A", { 5: started, 7: "context canceled" }));
    expect(trace.failedStep).toBeUndefined();
    trace.read(vertex("b", "B", { 5: started, 7: "exit code: 7" }));
    expect(trace.failedStep).toBe("B");
  });
});

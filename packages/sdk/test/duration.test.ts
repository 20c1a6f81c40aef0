import { formatDuration, humanDuration, parseDuration, parseDurationNanoseconds } from "@hclbuild/sdk";
import { describe, expect, it } from "vitest";

describe("parseDurationNanoseconds", () => {
  // Results of Go's time.ParseDuration.
  it.each([
    ["0", 0n],
    ["-0", 0n],
    ["5s", 5_000_000_000n],
    ["1h5m2s", 3_902_000_000_000n],
    ["1.5h", 5_400_000_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["-1.5h", -5_400_000_000_000n],
    ["+5s", 5_000_000_000n],
    ["1us", 1_000n],
    ["1µs", 1_000n],
    ["1μs", 1_000n],
    ["3ns", 3n],
    ["1m1m", 120_000_000_000n],
    ["0.0000000001s", 0n],
    ["9223372036854775807ns", 9_223_372_036_854_775_807n],
    ["-9223372036854775808ns", -9_223_372_036_854_775_808n],
  ])("%s", (text, nanoseconds) => expect(parseDurationNanoseconds(text)).toBe(nanoseconds));

  it.each(["", "5", "s", ".", ".s", "1x", "1s ", "--1s", "9223372036854775808ns", "3000000h", "1e3s"])(
    "refuses %j",
    (text) => expect(parseDurationNanoseconds(text)).toBeUndefined(),
  );

  it("gives milliseconds too", () => expect(parseDuration("1m500us")).toBe(60_000.5));
});

describe("formatDuration", () => {
  // Results of Go's Duration.String.
  it.each([
    [0, "0s"],
    [300_000, "5m0s"],
    [10_000, "10s"],
    [1500, "1.5s"],
    [100, "100ms"],
    [1.5, "1.5ms"],
    [0.25, "250µs"],
    [3_600_000, "1h0m0s"],
    [90_061_001, "25h1m1.001s"],
    [-1500, "-1.5s"],
  ])("%s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});

describe("humanDuration", () => {
  // Shapes seen in the output of Packer 1.6.6.
  it.each([
    [16.13, "16 milliseconds 130 microseconds"],
    [1372, "1 second 372 milliseconds"],
    [0.01, "10 microseconds"],
    [62_000, "1 minute 2 seconds"],
    [3_605_250, "1 hour 5 seconds"],
    [1000, "1 second"],
    [0.001, "1 microsecond"],
    [8 * 86_400_000, "1 week 1 day"],
    [0, "0 microseconds"],
  ])("%s", (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));
});

import { describe, expect, it } from "vitest";
import { createDemand } from "../../src/evaluate/demand.js";

/** Definitions as `name: uses`; evaluation gives the names in the order of evaluation. */
function evaluateAll(
  uses: Readonly<Record<string, readonly string[]>>,
  wanted = Object.keys(uses),
): { order: string[]; cycles: string[][] } {
  const order: string[] = [];
  const cycles: string[][] = [];
  const demand = createDemand<string>({
    dependencies: (address) => (uses[address] ?? []).map((each) => ({ address: each, span: undefined })),
    evaluate: (address) => {
      order.push(address);
      return address;
    },
    onCycle: (members) => {
      cycles.push([...members]);
      return "cycle";
    },
  });
  for (const address of wanted) demand(address);
  return { order, cycles };
}

describe("evaluation on demand", () => {
  it("evaluates each definition once, dependencies first", () => {
    const { order, cycles } = evaluateAll({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] });
    expect(order).toEqual(["d", "b", "c", "a"]);
    expect(cycles).toEqual([]);
  });

  it("evaluates only what is asked for", () => {
    expect(evaluateAll({ a: [], b: ["a"], c: [] }, ["b"]).order).toEqual(["a", "b"]);
  });

  it("reports each cycle once, with its exact members", () => {
    const { order, cycles } = evaluateAll({ start: ["a"], a: ["b"], b: ["c"], c: ["a"], other: ["c"], self: ["self"] });
    expect(cycles).toEqual([["a", "b", "c"], ["self"]]);
    expect(order).toEqual(["start", "other"]);
  });

  it("needs no stack for long chains", () => {
    const length = 100_000;
    const uses = Object.fromEntries(
      Array.from({ length }, (_, index) => [`n${index}`, index + 1 < length ? [`n${index + 1}`] : []]),
    );
    expect(evaluateAll(uses, ["n0"]).order).toHaveLength(length);
  });

  it("notices a definition that asks for itself while it is evaluated", () => {
    const cycles: string[][] = [];
    const demand: (address: string) => number = createDemand<number>({
      dependencies: () => [],
      evaluate: (address) => (address === "a" ? demand("b") : demand("a")) + 1,
      onCycle: (members) => {
        cycles.push([...members]);
        return 0;
      },
    });
    expect(demand("a")).toBe(0);
    expect(cycles).toEqual([["a"]]);
  });

  it("notices a circle that runs through a use which was not announced", () => {
    const cycles: string[][] = [];
    const demand: (address: string) => string = createDemand<string>({
      dependencies: (address) => (address === "b" ? [{ address: "a", span: undefined }] : []),
      evaluate: (address) => (address === "a" ? `a(${demand("b")})` : address),
      onCycle: (members) => {
        cycles.push([...members]);
        return "cycle";
      },
    });
    expect(demand("a")).toBe("cycle");
    expect(cycles).toEqual([["a", "b"]]);
  });
});

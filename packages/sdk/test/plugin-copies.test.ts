import { describe, expect, it, vi } from "vitest";
import { BuildError } from "../src/index.js";

describe("two copies of the SDK in one process, as with a plugin", () => {
  it("know each other's build errors, and nothing else", async () => {
    vi.resetModules();
    const other = await import("../src/errors.js");
    expect(other.BuildError).not.toBe(BuildError);
    const error = new other.BuildError("It is broken", { code: "test/broken" });
    expect(error instanceof BuildError).toBe(true);
    expect(new BuildError("It is broken", { code: "test/broken" }) instanceof other.BuildError).toBe(true);
    for (const value of [new Error("x"), {}, "BuildError", undefined]) expect(value instanceof BuildError).toBe(false);
  });

  it("leave derived classes alone", () => {
    class Special extends BuildError {}
    const plain = new BuildError("x", { code: "test/x" });
    expect(plain instanceof Special).toBe(false);
    expect(new Special("x", { code: "test/x" }) instanceof BuildError).toBe(true);
    expect(new Special("x", { code: "test/x" }) instanceof Special).toBe(true);
  });
});

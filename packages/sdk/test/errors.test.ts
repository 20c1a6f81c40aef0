import { defineCatalog, msg } from "@hclbuild/diagnostics";
import { BuildError, buildError, diagnosticOf } from "@hclbuild/sdk";
import { describe, expect, it } from "vitest";

const catalog = defineCatalog("test", {
  broken: { severity: "error", message: msg`The ${"thing"} is broken.`, detail: msg`Mend it.` },
});

describe("buildError", () => {
  it("takes its texts from the catalogue, without the final period", () => {
    const cause = new Error("deep");
    const error = buildError(catalog.broken, { thing: "wheel" }, { cause, retryable: true });
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name: "BuildError",
      code: "test/broken",
      message: "The wheel is broken",
      hint: "Mend it.",
      retryable: true,
      cause,
    });
  });
});

describe("diagnosticOf", () => {
  it("puts the period back and adds the place", () => {
    const span = { file: "a.pkr.hcl", start: 1, end: 2 };
    expect(diagnosticOf(new BuildError("no", { code: "x/y" }), { span, address: "build.a" })).toEqual({
      code: "x/y",
      severity: "error",
      message: "no.",
      primary: span,
      address: "build.a",
    });
    expect(diagnosticOf(new BuildError("really?", { code: "x/y" }), {}).message).toBe("really?");
  });
});

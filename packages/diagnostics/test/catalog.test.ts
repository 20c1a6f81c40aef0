import { describe, expect, it } from "vitest";
import { defineCatalog, diagnose, msg } from "../src/index.js";

const catalog = defineCatalog("test", {
  "no-such-thing": {
    severity: "error",
    message: msg`There is no thing named ${"name"}.`,
    detail: [msg`Did you mean ${"near?"}?`, msg`Things are declared by ${"where"}.`],
  },
  plain: { severity: "warning", message: msg`Something is odd.` },
});

describe("defineCatalog and diagnose", () => {
  it("derives the code from family and slug and fills the texts", () => {
    const span = { file: "a.pkr.hcl", start: 3, end: 7 };
    expect(diagnose(catalog["no-such-thing"], { name: "imgae", near: "image", where: "blocks", span })).toEqual({
      code: "test/no-such-thing",
      severity: "error",
      message: "There is no thing named imgae.",
      detail: "Did you mean image? Things are declared by blocks.",
      primary: span,
    });
  });

  it("leaves out a detail part whose optional argument is absent", () => {
    expect(diagnose(catalog["no-such-thing"], { name: "x", where: "blocks" }).detail).toBe(
      "Things are declared by blocks.",
    );
  });

  it("has no detail key when an entry has none", () => {
    expect(diagnose(catalog.plain, {})).toEqual({
      code: "test/plain",
      severity: "warning",
      message: "Something is odd.",
    });
  });

  it("checks arguments at compile time", () => {
    // @ts-expect-error: `where` is missing
    diagnose(catalog["no-such-thing"], { name: "x" });
    // @ts-expect-error: no such argument
    diagnose(catalog.plain, { name: "x" });
    expect(Object.keys(catalog)).toEqual(["no-such-thing", "plain"]);
  });
});

import { describe, expect, it } from "vitest";
import { functionNames } from "../../src/functions/index.js";
import { describeValue, isExpected, readVectors, runVector, vectorNames } from "./vector-files.js";

describe("function vectors", () => {
  it("exist for every function, eight at least", () => {
    const names = vectorNames();
    expect(names).toEqual([...functionNames].toSorted());
    expect(names.filter((name) => readVectors(name).length < 8)).toEqual([]);
  });

  it("all have an expectation, and say what it was checked against", () => {
    const peers = /^(?:go-cty|packer-1\.(?:6\.6|16\.0)|terraform-[0-9.]+|spec|computed|opentofu-1\.9\.1)$/;
    for (const name of vectorNames()) {
      for (const { expr, result, diags, checked } of readVectors(name)) {
        expect({
          expr,
          hasOne: (result === undefined) !== (diags === undefined),
          checked: peers.test(checked ?? ""),
        }).toEqual({
          expr,
          hasOne: true,
          checked: true,
        });
      }
    }
  });

  it("include an unknown and a sensitive argument wherever there is an argument", () => {
    for (const name of vectorNames()) {
      const vectors = readVectors(name);
      if (vectors.every(({ vars }) => vars === undefined)) expect(["timestamp", "uuidv4"]).toContain(name);
      else expect(vectors.map(({ name: label }) => label)).toEqual(expect.arrayContaining(["unknown", "sensitive"]));
    }
  });
});

describe.each(vectorNames())("%s", (name) => {
  it.each(readVectors(name).map((vector) => [`${vector.name}: ${vector.expr}`, vector] as const))(
    "%s",
    (_title, vector) => {
      const { value, diagnostics } = runVector(name, vector);
      expect(diagnostics.map(({ code }) => ({ code }))).toEqual(vector.diags ?? []);
      if (vector.result === undefined) return;
      if (!isExpected(value, vector.result)) expect(describeValue(value)).toEqual(vector.result);
    },
  );
});

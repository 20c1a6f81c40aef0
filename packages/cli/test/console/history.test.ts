import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHistory, keptLines } from "../../src/console/history.js";
import { makeFolder } from "../run-binary.js";

const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

describe("the console's history", () => {
  test("goes from session to session, for the user alone", () => {
    const path = join(makeFolder({}), "history");
    const first = createHistory(fs, path);
    for (const line of ["1 + 1", "1 + 1", "var.a", "[1,"]) first.add(line);
    expect(modeOf(path)).toBe(0o600);
    expect(createHistory(fs, path).lines).toEqual(["1 + 1", "var.a", "[1,"]);
  });
  test("takes away what others may do with the file", () => {
    const path = join(makeFolder({ history: "a\n" }), "history");
    fs.chmodSync(path, 0o644);
    expect(createHistory(fs, path).lines).toEqual(["a"]);
    expect(modeOf(path)).toBe(0o600);
  });
  test("does not grow without end", () => {
    const lines = Array.from({ length: 2 * keptLines + 1 }, (_, index) => `line ${index}`);
    const path = join(makeFolder({ history: `${lines.join("\n")}\n${"x".repeat(20_000)}\n` }), "history");
    expect(createHistory(fs, path).lines).toEqual(lines.slice(-keptLines));
    expect(fs.readFileSync(path, "utf8")).toBe(`${lines.slice(-keptLines).join("\n")}\n`);
    expect(modeOf(path)).toBe(0o600);
    createHistory(fs, path).add("x".repeat(20_000));
    expect(fs.readFileSync(path, "utf8")).toBe(`${lines.slice(-keptLines).join("\n")}\n`);
  });
  test("is kept in memory where there is no file", () => {
    const folder = makeFolder({});
    for (const path of [undefined, folder, join(folder, "none", "history")]) {
      const history = createHistory(fs, path);
      history.add("1");
      expect(history.lines).toEqual([]);
    }
  });
});

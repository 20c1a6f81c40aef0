import * as fs from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHistory, keptLines } from "../../src/console/history.js";
import { makeFolder } from "../run-binary.js";

const host = { fs, userId: process.getuid?.() };
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

describe("the console's history", () => {
  test("goes from session to session, for the user alone", () => {
    const path = join(makeFolder({}), "history");
    const first = createHistory(host, path);
    for (const line of ["1 + 1", "1 + 1", "var.a", "[1,"]) first.add(line);
    expect(modeOf(path)).toBe(0o600);
    expect(createHistory(host, path).lines).toEqual(["1 + 1", "var.a", "[1,"]);
  });
  test("takes away what others may do with the file", () => {
    const path = join(makeFolder({ history: "a\n" }), "history");
    fs.chmodSync(path, 0o644);
    expect(createHistory(host, path).lines).toEqual(["a"]);
    expect(modeOf(path)).toBe(0o600);
  });
  test("leaves alone what a link leads to, and what belongs to somebody else", () => {
    const folder = makeFolder({ profile: "mine\n", theirs: "theirs\n" });
    for (const name of ["profile", "theirs"]) fs.chmodSync(join(folder, name), 0o644);
    fs.symlinkSync("profile", join(folder, "history"));
    fs.symlinkSync("new", join(folder, "dangling"));
    const others = { fs, userId: (host.userId ?? 0) + 1 };
    for (const history of [
      createHistory(host, join(folder, "history")),
      createHistory(host, join(folder, "dangling")),
      createHistory(others, join(folder, "theirs")),
    ]) {
      history.add("1 + 1");
      expect(history.lines).toEqual([]);
    }
    expect(fs.readdirSync(folder).toSorted()).toEqual(["dangling", "history", "profile", "theirs"]);
    expect(fs.readFileSync(join(folder, "profile"), "utf8")).toBe("mine\n");
    expect(fs.readFileSync(join(folder, "theirs"), "utf8")).toBe("theirs\n");
    expect([modeOf(join(folder, "profile")), modeOf(join(folder, "theirs"))]).toEqual([0o644, 0o644]);
  });
  test("does not grow without end", () => {
    const lines = Array.from({ length: 2 * keptLines + 1 }, (_, index) => `line ${index}`);
    const path = join(makeFolder({ history: `${lines.join("\n")}\n${"x".repeat(20_000)}\n` }), "history");
    expect(createHistory(host, path).lines).toEqual(lines.slice(-keptLines));
    expect(fs.readFileSync(path, "utf8")).toBe(`${lines.slice(-keptLines).join("\n")}\n`);
    expect(modeOf(path)).toBe(0o600);
    createHistory(host, path).add("x".repeat(20_000));
    expect(fs.readFileSync(path, "utf8")).toBe(`${lines.slice(-keptLines).join("\n")}\n`);
  });
  test("is kept in memory where there is no file", () => {
    const folder = makeFolder({});
    for (const path of [undefined, folder, join(folder, "none", "history")]) {
      const history = createHistory(host, path);
      history.add("1");
      expect(history.lines).toEqual([]);
    }
  });
});

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { resolveLocal, stateInside } from "../src/paths.js";

it.each([
  ["a/key", "/project/a/key"],
  ["../key", "/key"],
  ["/etc/key", "/etc/key"],
  ["~/key", "/home/me/key"],
  ["~", "/home/me"],
  ["~other/key", "/project/~other/key"],
])("the path %s is relative to the working directory or the home directory", (file, expected) => {
  expect(resolveLocal(file, { host: { cwd: "/project", homeDirectory: "/home/me" } })).toBe(resolve(expected));
});

it("finds the program's own folder below another one, whatever it is called", () => {
  const folder = mkdtempSync(join(tmpdir(), "paths-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const inside = (...names: readonly string[]): readonly string[] =>
    stateInside(join(folder, "a"), { stateDirectory: join(folder, ...names) });
  mkdirSync(join(folder, "a/..x/y"), { recursive: true });
  mkdirSync(join(folder, "..a"));
  expect(inside("a", ".hclbuild")).toEqual([".hclbuild"]);
  expect(inside("a", "..x")).toEqual(["..x"]);
  expect(inside("a", "..x", "y")).toEqual(["..x/y"]);
  expect(inside("..a")).toEqual([]);
  expect(inside("b")).toEqual([]);
  expect(inside()).toEqual([]);
  expect(stateInside(folder, {})).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { formatLocalTime } from "../src/output/log.js";
import { readSetting, wantsColor } from "../src/settings.js";

describe("settings", () => {
  test.each([
    [{ PACKER_LOG: "1" }, "1"],
    [{ PACKER_LOG: "1", HCLBUILD_LOG: "2" }, "2"],
    [{ PACKER_LOG: "1", HCLBUILD_LOG: "" }, "1"],
    [{ PACKER_LOG: "" }, undefined],
    [{}, undefined],
  ])("%j", (env, expected) => expect(readSetting(env, "LOG")).toBe(expected));
});

describe("colour", () => {
  const terminal = { write: () => {}, isTerminal: true, columns: 80 };
  const pipe = { write: () => {}, isTerminal: false, columns: undefined };
  test.each([
    [terminal, {}, undefined, true],
    [pipe, {}, undefined, false],
    [pipe, {}, true, true],
    [terminal, {}, false, false],
    [terminal, { NO_COLOR: "1" }, undefined, false],
    [terminal, { NO_COLOR: "" }, undefined, true],
    [terminal, { PACKER_NO_COLOR: "1" }, undefined, false],
    [terminal, { HCLBUILD_NO_COLOR: "yes" }, undefined, false],
    [terminal, { NO_COLOR: "1" }, true, true],
    [pipe, { FORCE_COLOR: "1" }, undefined, true],
    [pipe, { FORCE_COLOR: "" }, undefined, true],
    [terminal, { FORCE_COLOR: "0" }, undefined, false],
    [pipe, { FORCE_COLOR: "1", NO_COLOR: "1" }, undefined, false],
    [pipe, { GITHUB_ACTIONS: "true" }, undefined, true],
    [terminal, { TERM: "dumb" }, undefined, false],
  ])("%#", (stdout, env, flag, expected) => expect(wantsColor({ stdout, env }, flag)).toBe(expected));
});

describe("local time", () => {
  test("is RFC 3339 with the offset of its zone", () => {
    const text = formatLocalTime(Date.UTC(2026, 10, 22, 6, 51, 38, 999));
    expect(text).toMatch(/^2026-11-2[123]T\d\d:\d\d:38(Z|[+-]\d\d:\d\d)$/);
    expect(Date.parse(text)).toBe(Date.UTC(2026, 10, 22, 6, 51, 38));
  });
});

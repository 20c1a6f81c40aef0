import { describe, expect, it } from "vitest";
import { editDistance, suggestName } from "@hclbuild/diagnostics";

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["flaw", "lawn", 2],
    ["héllo", "hello", 1],
    ["😀", "😁", 1],
  ])("of %j and %j is %d", (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
    expect(editDistance(b, a)).toBe(expected);
  });

  it("stops at the limit", () => {
    expect(editDistance("abcdef", "uvwxyz", 3)).toBe(3);
    expect(editDistance("a", "abcdef", 3)).toBe(3);
    expect(editDistance("kitten", "sitting", 4)).toBe(3);
  });
});

describe("suggestName", () => {
  it("takes the nearest name and the first of equals", () => {
    expect(suggestName("imgae", ["images", "image"])).toBe("image");
    expect(suggestName("bat", ["cat", "hat"])).toBe("cat");
  });

  it("takes a short name for another if one letter differs, their order, or what follows the first", () => {
    expect(suggestName("nope", ["one"])).toBeUndefined();
    expect(suggestName("zon", ["can"])).toBeUndefined();
    expect(suggestName("ones", ["one"])).toBe("one");
    expect(suggestName("flue", ["false"])).toBe("false");
    expect(suggestName("nmae", ["name"])).toBe("name");
    expect(suggestName("ulr", ["url"])).toBe("url");
  });

  it("suggests nothing far away, and nothing that shares no letter", () => {
    expect(suggestName("network", ["image", "volume"])).toBeUndefined();
    expect(suggestName("a", ["b"])).toBeUndefined();
    expect(suggestName("", ["a"])).toBeUndefined();
    expect(suggestName("x", [])).toBeUndefined();
  });
});

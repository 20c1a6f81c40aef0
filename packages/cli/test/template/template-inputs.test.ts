import { expect, test } from "vitest";
import { parseFlags } from "../../src/flags/flags.js";
import { templateFlags } from "../../src/flags/shared-flags.js";
import { readTemplateInputs } from "../../src/template/template-inputs.js";

function selection(...argv: readonly string[]): unknown {
  const parsed = parseFlags(templateFlags, argv);
  if (parsed.kind !== "parsed") throw new Error(JSON.stringify(parsed));
  const { only, except } = readTemplateInputs({ flags: parsed.flags });
  return { only, except };
}

test("comma lists are split, except inside of braces and brackets", () => {
  expect(selection("-only=a,b*", "-only", "{c,d}.e,[f,g]")).toEqual({
    only: ["a", "b*", "{c,d}.e", "[f,g]"],
    except: [],
  });
});

// Packer 1.6.6 runs nothing for the first two, `null.a` alone for the next two and everything for the last ones.
test.each([
  ["-only=", [""], []],
  ["-only=,", [""], []],
  ["-only=null.a,", ["null.a"], []],
  ["-only=,null.a", ["null.a"], []],
  ["-except=", [], []],
  ["-except=,", [], []],
])("an empty pattern in %s", (flag, only, except) => {
  expect(selection(flag)).toEqual({ only, except });
});

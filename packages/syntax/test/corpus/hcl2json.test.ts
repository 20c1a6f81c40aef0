import { isDeepStrictEqual } from "node:util";
import { parse as hcl2json } from "@cdktf/hcl2json";
import { describe, expect, it } from "vitest";
import type { BodyNode, Expression } from "../../src/ast.js";
import { acceptedFiles } from "../support/corpus-files.js";
import { parsedFile } from "../support/parsing.js";
import { corpusRoot, skipReason } from "./vectors.js";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A body in the form of hcl2json: blocks by type and labels, every innermost one in a list. hcl2json cannot express and
 * so both sides leave out: the order of items, quoted or bare labels, the text of expressions that are not literals
 * (it prints them in its own way), numbers (doubles there), and which of several attributes of one name counts.
 */
function structureOf(body: BodyNode): Json {
  const result: Record<string, Json> = {};
  for (const item of body.items) {
    if (item.kind === "attribute") {
      result[item.name.text] = shapeOf(item.expression);
      continue;
    }
    let level = result;
    for (const key of [item.type.text, ...item.labels.map((label) => label.text)].slice(0, -1))
      level = (level[key] ??= {}) as Record<string, Json>;
    const last = item.labels.at(-1)?.text ?? item.type.text;
    level[last] = [...((level[last] as Json[] | undefined) ?? []), structureOf(item.body)];
  }
  return result;
}

/** What of a value both sides can say: plain strings, booleans, null and the shape of lists. */
function shapeOf(expression: Expression): Json {
  switch (expression.kind) {
    case "keyword":
      return expression.keyword === "null" ? null : expression.keyword === "true";
    case "tuple":
      return expression.items.map(shapeOf);
    case "template": {
      const [first, ...others] = expression.parts;
      if (expression.form !== "quoted" || others.length > 0) return "?";
      if (first === undefined) return "";
      return first.kind === "text" && isPlain(first.value) ? first.value : "?";
    }
    default:
      return "?";
  }
}

// hcl2json prints what has to be escaped in its own way.
const isPlain = (text: string): boolean => /^[\w ./:-]+$/.test(text);

function normalise(json: Json, ours: Json): Json {
  if (ours === "?") return "?";
  if (Array.isArray(json) && Array.isArray(ours))
    return json.map((item: Json, index) => normalise(item, ours[index] ?? null));
  if (json !== null && ours !== null && typeof json === "object" && typeof ours === "object" && !Array.isArray(json)) {
    const counterpart = ours as { readonly [key: string]: Json };
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [key, normalise(value, counterpart[key] ?? null)]),
    );
  }
  return json;
}

describe.skipIf(corpusRoot === undefined)(`differential test against hcl2json (${corpusRoot ?? skipReason})`, () => {
  it("has the same structure for every file that both accept", async () => {
    let compared = 0;
    const different: string[] = [];
    for (const source of acceptedFiles(corpusRoot ?? "")) {
      let theirs: Json;
      try {
        theirs = (await hcl2json(source.name, source.text)) as Json;
      } catch {
        continue;
      }
      const ours = structureOf(parsedFile(source.text).node.body);
      compared++;
      // expect() costs more than the comparison does, on files of thousands of attributes.
      if (isDeepStrictEqual(normalise(theirs, ours), ours)) continue;
      different.push(source.name);
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(4000);
  }, 600_000);
});

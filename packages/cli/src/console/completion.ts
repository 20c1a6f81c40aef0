import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { evaluate, lowerExpression, type Scope } from "@hclbuild/eval";
import { parseExpression, tokenize } from "@hclbuild/syntax";
import { attributeNames, entriesOf, isKnown, isNull, type Value } from "@hclbuild/value";
import { consoleCommands } from "./session.js";

/** What could stand at the end of a line instead of `fragment`. */
export interface Completion {
  readonly candidates: readonly string[];
  readonly fragment: string;
}

const none: Completion = { candidates: [], fragment: "" };

/**
 * Completes the name at the end of `line`: functions with their opening parenthesis, roots with their dot, the names in
 * `var`, `local`, `path` and `packer`, attributes of known objects and keys of known maps, and, where nothing else is
 * typed, commands. Names inside of sensitive values are not offered, and nothing is inside of quoted text. `before` is
 * what the expression's earlier lines hold.
 */
export function complete(line: string, scope: Scope, before = ""): Completion {
  if (endsInText(before + line)) return none;
  const fragment = /(?:[\p{ID_Start}_][\p{ID_Continue}-]*\.)*(?:[\p{ID_Start}_][\p{ID_Continue}-]*)?$/u.exec(line)?.[0];
  if (fragment === undefined || fragment === "") return none;
  const dot = fragment.lastIndexOf(".");
  const parent = fragment.slice(0, Math.max(dot, 0));
  const names = dot >= 0 ? membersOf(parent, scope).map((name) => `${parent}.${name}`) : topNames(scope);
  const commands = before === "" && line.trimStart() === fragment ? Object.keys(consoleCommands) : [];
  const candidates = [...names, ...commands].filter((name) => name.startsWith(fragment));
  return { candidates: [...new Set(candidates)].toSorted(), fragment };
}

function endsInText(text: string): boolean {
  const last = tokenize(new SourceText("<console>", text)).tokens.at(-1);
  if (last === undefined || last.end < text.trimEnd().length) return false;
  return ["OpenQuote", "QuotedText", "TemplateText", "OpenHeredoc", "LineComment", "BlockComment"].includes(last.kind);
}

function topNames(scope: Scope): readonly string[] {
  const functions = scope.functions.names().map((name) => `${name}(`);
  return [...functions, ...scope.rootNames().map((root) => `${root}.`), "true", "false", "null"];
}

function membersOf(parent: string, scope: Scope): readonly string[] {
  const [root = "", ...steps] = parent.split(".");
  if (!scope.rootNames().includes(root)) return [];
  // The names in a root are the template's own and no secret, whatever marks their values have.
  if (steps.length === 0) return namesIn(scope.resolve(root, [], undefined, new DiagnosticBag().report)?.value);
  const source = new SourceText("<console>", parent);
  const bag = new DiagnosticBag();
  const expression = parseExpression(source, bag.report);
  if (bag.hasErrors) return [];
  const value = evaluate(lowerExpression({ expression, source }), scope, bag.report);
  return bag.hasErrors || value.marks.sensitive ? [] : namesIn(value);
}

function namesIn(value: Value | undefined): readonly string[] {
  if (value === undefined || value.marks.sensitive) return [];
  const names =
    value.type.kind === "object"
      ? attributeNames(value.type)
      : value.type.kind === "map" && isKnown(value) && !isNull(value)
        ? entriesOf(value).map(([key]) => key)
        : [];
  return names.filter((name) => /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name));
}

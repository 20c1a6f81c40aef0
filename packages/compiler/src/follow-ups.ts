import type { Diagnostic, DiagnosticCode, Span } from "@hclbuild/diagnostics";
import type { Body, BodyBlock } from "@hclbuild/syntax";
import type { Project } from "./load/project.js";

/** What is said when something is nowhere in the template: not worth saying while parts of it could not be read. */
const aboutWholeTemplate: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "config/missing-build",
  "config/plugin-unavailable",
  "config/unknown-build-name",
  "config/unknown-override-name",
  "config/unknown-source",
  "config/unmatched-pattern",
  "ref/undeclared-data",
  "ref/undeclared-local",
  "ref/undeclared-variable",
  "variable/undeclared-flag",
  "variable/undeclared-in-file",
  "variable/undeclared-in-file-strict",
  "variable/unset",
]);

/** What is said when something is not in a block: not worth saying while parts of that block could not be read. */
const aboutWholeBlock: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "config/missing-source",
  "eval/missing-block",
  "eval/too-few-blocks",
  "schema/missing-attribute",
  "schema/missing-block",
  "schema/missing-companion",
  "schema/missing-option",
  "schema/nothing-chosen",
  "schema/required-by-choice",
  "schema/rule-advice",
  "schema/rule-violated",
]);

/** Mistakes in the form of a block for which it is not taken for what it was meant to be. */
const aboutForm: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "config/invalid-name",
  "schema/extra-label",
  "schema/missing-label",
  "schema/missing-label-property",
  "schema/not-an-object",
  "schema/unexpected-block",
  "schema/unexpected-property",
  "schema/unsupported-attribute",
  "schema/unsupported-block",
]);

/**
 * Leaves out what most likely only follows from a mistake that is reported, too: something cannot be found because the
 * text that holds it could not be read. Whoever removes the first mistake sees what remains.
 */
export function withoutFollowUps(items: readonly Diagnostic[], project: Project): readonly Diagnostic[] {
  const names = new Set(project.files.map(({ source }) => source.name));
  const unread = items.filter(
    ({ code, severity, primary }) =>
      severity === "error" && code.startsWith("syntax/") && names.has(primary?.file ?? ""),
  );
  const isTemplateWhole =
    unread.length === 0 && !items.some((item) => aboutForm.has(item.code) && isAtTopLevel(item, project));
  if (isTemplateWhole) return items;
  const holdsUnread = placeFinder(
    unread.flatMap(({ primary, related = [] }) => [
      ...(primary === undefined ? [] : [primary]),
      ...related.map(({ span }) => span),
    ]),
  );
  return items.filter(({ code, primary }) => {
    if (aboutWholeTemplate.has(code)) return false;
    if (primary === undefined || code.startsWith("syntax/")) return true;
    if (holdsUnread(toLineEnd(primary, project))) return false;
    if (!aboutWholeBlock.has(code)) return true;
    const range = blockAround(primary, project) ?? { file: primary.file };
    return !unread.some((each) => each.primary !== undefined && touches(each.primary, range));
  });
}

/** A range up to the end of its last line: what follows there may belong to it as well. */
function toLineEnd({ file, start, end }: Span, { sources }: Project): Span {
  const source = sources.get(file);
  const next = source?.lineStarts[source.lineIndexAt(end) + 1];
  return { file, start, end: next === undefined ? (source?.text.length ?? end) : next - 1 };
}

/** Tells whether one of the places begins in a range, its end included. Texts may have very many mistakes. */
function placeFinder(places: readonly Span[]): (range: Span) => boolean {
  const startsByFile = new Map<string, number[]>();
  for (const { file, start } of places.toSorted((a, b) => a.start - b.start)) {
    const starts = startsByFile.get(file);
    if (starts === undefined) startsByFile.set(file, [start]);
    else starts.push(start);
  }
  return ({ file, start, end }) => {
    const starts = startsByFile.get(file) ?? [];
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    const next = starts[low];
    return next !== undefined && next <= end;
  };
}

/** Whether a mistake is outside of the bodies of blocks. In JSON, blocks cannot be told from arguments. */
function isAtTopLevel({ primary }: Diagnostic, { files }: Project): boolean {
  const file = files.find(({ source }) => source.name === primary?.file);
  if (file === undefined || primary === undefined) return false;
  return !file.body
    .nestedBlocks()
    .some(({ headerSpan, span }) => headerSpan.end < primary.start && primary.start < span.end);
}

/** The innermost block around a place, if it is in one. */
function blockAround(place: Span, { files }: Project): Span | undefined {
  let body: Body | undefined = files.find(({ source }) => source.name === place.file)?.body;
  let found: Span | undefined;
  while (body !== undefined) {
    const block: BodyBlock | undefined = body
      .nestedBlocks()
      .find(({ span }) => span.start <= place.start && place.start < span.end);
    found = block?.span ?? found;
    body = block?.body;
  }
  return found;
}

/** Whether a place lies in a range, or in a file of which no range is known. */
function touches(place: Span, range: Span | { readonly file: string }): boolean {
  if (place.file !== range.file) return false;
  return !("start" in range) || (place.start <= range.end && place.end >= range.start);
}

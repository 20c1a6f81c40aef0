import { compareText } from "./text.js";

/**
 * What may be said about a value beside what it is. `sensitive` keeps its text out of everything that is shown;
 * `deprecated` names what the value came from, so that its use can be warned about.
 */
export type Mark = "sensitive" | { readonly deprecated: string };

/** A set of marks. Immutable; the empty set and the set of `sensitive` alone are shared objects. */
export interface Marks {
  readonly sensitive: boolean;
  /** Causes in the order of their text, without repetition. */
  readonly deprecated: readonly string[];
}

const noCauses: readonly string[] = Object.freeze([]);

/** The empty set of marks. */
export const noMarks: Marks = Object.freeze({ sensitive: false, deprecated: noCauses });
/** The set of `sensitive` alone. */
export const sensitiveMarks: Marks = Object.freeze({ sensitive: true, deprecated: noCauses });

/** The set of the given marks. */
export function marksOf(...marks: readonly Mark[]): Marks {
  let result = noMarks;
  for (const mark of marks) {
    result = unionMarks(
      result,
      mark === "sensitive" ? sensitiveMarks : { sensitive: false, deprecated: [mark.deprecated] },
    );
  }
  return result;
}

/** Whether the set holds no mark. */
export function isEmptyMarks(marks: Marks): boolean {
  return marks === noMarks || (!marks.sensitive && marks.deprecated.length === 0);
}

/** The marks of either; returns one of the arguments where it holds the other. */
export function unionMarks(a: Marks, b: Marks): Marks {
  if (a === b || isEmptyMarks(b)) return a;
  if (isEmptyMarks(a)) return b;
  const sensitive = a.sensitive || b.sensitive;
  if (b.deprecated.every((cause) => a.deprecated.includes(cause))) {
    if (sensitive === a.sensitive) return a;
    return { sensitive, deprecated: a.deprecated };
  }
  const deprecated = [...new Set([...a.deprecated, ...b.deprecated])].sort(compareText);
  return { sensitive, deprecated };
}

/** The marks without the given kind. */
export function withoutMark(marks: Marks, kind: "sensitive" | "deprecated"): Marks {
  if (kind === "sensitive") {
    return marks.sensitive ? (marks.deprecated.length === 0 ? noMarks : { ...marks, sensitive: false }) : marks;
  }
  return marks.sensitive ? sensitiveMarks : noMarks;
}

/** Whether both sets hold the same marks. */
export function marksEqual(a: Marks, b: Marks): boolean {
  if (a === b) return true;
  return (
    a.sensitive === b.sensitive &&
    a.deprecated.length === b.deprecated.length &&
    a.deprecated.every((cause, index) => cause === b.deprecated[index])
  );
}

/** The marks one by one. */
export function listMarks(marks: Marks): readonly Mark[] {
  const causes: Mark[] = marks.deprecated.map((cause) => ({ deprecated: cause }));
  return marks.sensitive ? ["sensitive", ...causes] : causes;
}

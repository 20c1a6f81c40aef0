import { numCompare, type HclNumber } from "./number.js";
import { lastGrapheme } from "./text.js";

/** One end of a range of numbers. */
export interface NumberBound {
  readonly value: HclNumber;
  readonly inclusive: boolean;
}

/**
 * What is known about an unknown value beside its type. Every field only narrows: leaving one out is always sound.
 * Which fields apply depends on the type: `stringPrefix` strings, `numberRange` numbers, `lengthRange` collections.
 */
export interface Refinement {
  readonly notNull?: boolean;
  /** The text begins with this, whatever follows. In NFC, and never cut inside a grapheme cluster. */
  readonly stringPrefix?: string;
  readonly numberRange?: { readonly minimum?: NumberBound; readonly maximum?: NumberBound };
  /** Number of elements of a list, set or map; `maximum` is left out when there is none. */
  readonly lengthRange?: { readonly minimum: number; readonly maximum?: number };
}

/** Nothing is known. */
export const noRefinement: Refinement = Object.freeze({});
/** Only that the value is not null. */
export const notNullRefinement: Refinement = Object.freeze({ notNull: true });

/** Whether the refinements say the same. */
export function refinementsEqual(a: Refinement, b: Refinement): boolean {
  if (a === b) return true;
  return (
    (a.notNull ?? false) === (b.notNull ?? false) &&
    (a.stringPrefix ?? "") === (b.stringPrefix ?? "") &&
    boundsEqual(a.numberRange?.minimum, b.numberRange?.minimum) &&
    boundsEqual(a.numberRange?.maximum, b.numberRange?.maximum) &&
    (a.lengthRange?.minimum ?? 0) === (b.lengthRange?.minimum ?? 0) &&
    a.lengthRange?.maximum === b.lengthRange?.maximum
  );
}

function boundsEqual(a: NumberBound | undefined, b: NumberBound | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.inclusive === b.inclusive && numCompare(a.value, b.value) === 0;
}

const closingPunctuation = /^[-_:;/\\,.(){}[\]|?!~ \t@#$%^&*+"']$/;

/**
 * What a string is known to begin with when it begins with `text` and anything may follow: the last grapheme cluster
 * is dropped, because a following character could combine with it, unless it is common punctuation.
 */
export function safePrefix(text: string): string {
  const normalized = text.normalize("NFC");
  const last = lastGrapheme(normalized);
  return closingPunctuation.test(last) ? normalized : normalized.slice(0, normalized.length - last.length);
}

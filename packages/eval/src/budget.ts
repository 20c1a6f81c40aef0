/**
 * Bounds the work of one evaluation. A function whose result can be much larger than its arguments (`setproduct`,
 * `format("%999999999s")`, `range`) asks before it allocates.
 */
export interface WorkBudget {
  /** Takes `units` (elements or characters about to be produced); false when they are not available. */
  charge(units: number): boolean;
}

/** How much one evaluation may do. Every limit exists so that hostile input ends with a diagnostic. */
export interface EvaluationLimits {
  /** Expression nodes visited, elements produced and function work together. */
  readonly steps: number;
  /** UTF-16 code units of one string, and of all strings together built by templates. */
  readonly stringLength: number;
  /** Size of one value, as `sizeOf` counts it. */
  readonly valueSize: number;
  /** Nesting of expressions, calls that evaluate other texts included. */
  readonly depth: number;
}

/**
 * Five million steps take a few seconds at most and are some ten times what a loop over 100 000 elements needs; a string
 * of 64 Mi code units is far below what Node can hold; a value may hold such a string and two million parts in all, however
 * often they are shared, so that it can be written out; the depth is above what the parser lets through and below what the
 * stack holds.
 */
export const defaultLimits: EvaluationLimits = {
  steps: 5_000_000,
  stringLength: 64 * 1024 * 1024,
  valueSize: 80 * 1024 * 1024,
  depth: 900,
};

/** What is left of the limits. One budget may be shared by many evaluations; it is the only thing that changes. */
export interface EvaluationBudget extends WorkBudget {
  readonly limits: EvaluationLimits;
  /** Takes `length` code units of string; false when the string or the sum is over the limit. */
  chargeText(length: number): boolean;
  /** Whether a value of this size may be made. */
  admit(size: number): boolean;
  /** Enters one level of nesting, to be left with `leave`; false, without entering, when that is too deep. */
  enter(): boolean;
  leave(): void;
  /** Levels entered and not left. */
  readonly depth: number;
  /** Leaves all levels above the given depth, and forgets that it was too deep there. */
  unwind(depth: number): void;
  /** The first limit that was hit. */
  readonly exceeded: "steps" | "text" | "size" | "depth" | undefined;
}

/** Makes a fresh budget for one evaluation. */
export function createBudget(limits: EvaluationLimits = defaultLimits): EvaluationBudget {
  let steps = limits.steps;
  let text = limits.stringLength * 8;
  let depth = 0;
  let exceeded: EvaluationBudget["exceeded"];
  return {
    limits,
    charge(units) {
      steps -= units;
      if (steps >= 0) return true;
      exceeded ??= "steps";
      return false;
    },
    chargeText(length) {
      text -= length;
      if (length <= limits.stringLength && text >= 0) return true;
      exceeded ??= "text";
      return false;
    },
    admit(size) {
      if (size <= limits.valueSize) return true;
      exceeded ??= "size";
      return false;
    },
    enter() {
      if (depth < limits.depth) {
        depth++;
        return true;
      }
      exceeded ??= "depth";
      return false;
    },
    leave() {
      depth--;
    },
    get depth() {
      return depth;
    },
    unwind(to) {
      depth = to;
      if (exceeded === "depth") exceeded = undefined;
    },
    get exceeded() {
      return exceeded;
    },
  };
}

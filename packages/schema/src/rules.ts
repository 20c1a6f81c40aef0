import type { CustomCheck, Rule, RuleCondition } from "./model.js";

/** One of the options must be given, and no more than one. */
export function exactlyOneOf(...names: readonly string[]): Rule {
  return { kind: "exactly-one-of", names };
}

/** No more than one of the options may be given. */
export function atMostOneOf(...names: readonly string[]): Rule {
  return { kind: "at-most-one-of", names };
}

/** `name` makes sense only together with `needs`. */
export function requiredWith(name: string, needs: string): Rule {
  return { kind: "required-with", name, needs };
}

/** The two options exclude each other, always or when the condition holds. */
export function conflictsWith(name: string, other: string, when?: RuleCondition): Rule {
  return { kind: "conflicts-with", name, other, ...(when ? { when } : {}) };
}

/** `name` must be given when the condition holds. */
export function requiredWhen(name: string, when: RuleCondition): Rule {
  return { kind: "required-when", name, when };
}

/** A rule that only code can say. `doc` is one sentence for the reference page and for `x-hclbuild-rules`. */
export function customRule(name: string, doc: string, check: CustomCheck): Rule {
  return { kind: "custom", name, doc, check };
}

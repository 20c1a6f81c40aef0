import { diagnose, type Diagnostic, type Report, type Span } from "@hclbuild/diagnostics";
import {
  asBoolean,
  asJsNumber,
  asNumber,
  asText,
  elementsOf,
  entriesOf,
  isKnown,
  isNull,
  isWhollyKnown,
  numToText,
  unmarkDeep,
  type Path,
  type Value,
} from "@hclbuild/value";
import { checkAttribute, findNullElement } from "./check-attribute.js";
import { schemaCatalog } from "./catalog.js";
import { takesDefault } from "./defaults.js";
import type {
  AttributeSchema,
  BlockSchema,
  ComponentSchema,
  JsonValue,
  Rule,
  RuleCondition,
  RuleSubject,
} from "./model.js";

/** An option's value and where it stands. */
export interface GivenOption {
  readonly value: Value;
  readonly span?: Span | undefined;
  /** Where a part of the value stands, if it is written out. */
  readonly partSpan?: ((path: Path) => Span | undefined) | undefined;
}

/** A decoded body as the checks see it. Values may be unknown or sensitive; options that were not written are absent. */
export interface ConfigView {
  readonly attributes: ReadonlyMap<string, GivenOption>;
  readonly blocks: ReadonlyMap<string, readonly ConfigView[]>;
  /** Where something that is missing is reported. */
  readonly span?: Span | undefined;
}

/**
 * Checks a configuration for what its types do not say: required options, choices, ranges, durations, numbers of blocks
 * and the component's rules. What depends on unknown values is not reported. No message shows a value, so sensitive ones
 * stay out.
 */
export function checkConfig(component: ComponentSchema, config: ConfigView, report: Report, address?: string): void {
  const add = (diagnostic: Diagnostic): void =>
    report.add(address === undefined ? diagnostic : { ...diagnostic, address });
  checkBody(component.body, config, add);
  const subject = subjectOf(component.body, config);
  for (const rule of component.rules) {
    for (const diagnostic of checkRule(rule, subject, { body: component.body, config })) add(diagnostic);
  }
}

type Add = (diagnostic: Diagnostic) => void;

function checkBody(body: BlockSchema, config: ConfigView, add: Add): void {
  for (const [name, attribute] of Object.entries(body.attributes)) {
    const given = config.attributes.get(name);
    if (given !== undefined && attribute.deprecated !== undefined && !(isKnown(given.value) && isNull(given.value))) {
      add(diagnose(schemaCatalog["deprecated-option"], { name, instead: attribute.deprecated, span: given.span }));
    }
    if (attribute.required && presenceOf(attribute, given?.value) === "unset") {
      if (attribute.requiredBy === "prepare" || given !== undefined) {
        const empty = given === undefined ? undefined : "";
        const doc = attribute.doc === "" ? undefined : attribute.doc;
        add(diagnose(schemaCatalog["missing-option"], { name, doc, empty, span: given?.span ?? config.span }));
      }
    } else if (given !== undefined) {
      for (const diagnostic of checkAttribute({ name, ...given }, attribute)) add(diagnostic);
    }
  }
  for (const [name, nested] of Object.entries(body.blocks)) {
    const blocks = config.blocks.get(name) ?? [];
    const count = (number: number): string => (number === 1 ? "one block" : `${number} blocks`);
    if (nested.min !== undefined && blocks.length < nested.min) {
      const doc = nested.doc === "" ? undefined : nested.doc;
      add(diagnose(schemaCatalog["missing-block"], { name, count: count(nested.min), doc, span: config.span }));
    }
    if (nested.max !== undefined && blocks.length > nested.max) {
      add(
        diagnose(schemaCatalog["too-many-blocks"], { name, count: count(nested.max), span: blocks[nested.max]?.span }),
      );
    }
    for (const block of blocks) checkBody(nested.body, block, add);
  }
}

type PresenceState = "set" | "unset" | "unknown";

/** Packer's components see Go's zero values, so an empty option is an absent one; only a trilean tells them apart. */
function presenceOf(attribute: AttributeSchema | undefined, value: Value | undefined): PresenceState {
  if (value === undefined) return "unset";
  if (!isKnown(value)) return "unknown";
  if (isNull(value)) return "unset";
  switch (value.type.kind) {
    case "string":
      return asText(value) === "" ? "unset" : "set";
    case "bool":
      return asBoolean(value) || attribute?.format === "trilean" ? "set" : "unset";
    case "number":
      return numToText(asNumber(value)) === "0" ? "unset" : "set";
    case "map":
    case "object":
      return entriesOf(value).length === 0 ? "unset" : "set";
    default:
      return elementsOf(value).length === 0 ? "unset" : "set";
  }
}

function subjectOf(body: BlockSchema, config: ConfigView): RuleSubject {
  const presence = (name: string): PresenceState => {
    const blocks = config.blocks.get(name);
    if (blocks !== undefined) return blocks.length > 0 ? "set" : "unset";
    return presenceOf(body.attributes[name], config.attributes.get(name)?.value);
  };
  return {
    presence,
    value: (name) => {
      const value = config.attributes.get(name)?.value;
      const attribute = body.attributes[name];
      if (value === undefined) return attribute?.default;
      // A null element is reported by itself.
      if (!isWhollyKnown(value) || findNullElement(value) !== undefined) return undefined;
      const plain = jsonOf(unmarkDeep(value).value);
      if (attribute?.default !== undefined && takesDefault(attribute, plain)) return attribute.default;
      return plain === null || (attribute?.interpolate === true && holdsTemplate(plain)) ? undefined : plain;
    },
  };
}

/** Whether a part is a Go template, so that the value is known only once that is rendered. */
function holdsTemplate(value: JsonValue): boolean {
  if (typeof value === "string") return value.includes("{{");
  return typeof value === "object" && value !== null && Object.values(value).some(holdsTemplate);
}

function jsonOf(value: Value): JsonValue {
  if (isNull(value)) return null;
  switch (value.type.kind) {
    case "string":
      return asText(value);
    case "bool":
      return asBoolean(value);
    case "number":
      return asJsNumber(value) ?? Number(numToText(asNumber(value)));
    case "map":
    case "object":
      return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, jsonOf(item)]));
    default:
      return elementsOf(value).map(jsonOf);
  }
}

interface RulePlace {
  readonly body: BlockSchema;
  readonly config: ConfigView;
}

function spanOf(place: RulePlace, name: string | undefined): Span | undefined {
  if (name === undefined) return place.config.span;
  return place.config.attributes.get(name)?.span ?? place.config.blocks.get(name)?.[0]?.span ?? place.config.span;
}

function checkRule(rule: Rule, subject: RuleSubject, place: RulePlace): readonly Diagnostic[] {
  switch (rule.kind) {
    case "exactly-one-of":
    case "at-most-one-of":
      return checkChoice(rule, subject, place);
    case "conflicts-with":
      if (rule.when && !holds(rule.when, subject)) return [];
      return checkChoice({ kind: "at-most-one-of", names: [rule.name, rule.other] }, subject, place);
    case "required-with": {
      const { name, needs } = rule;
      if (subject.presence(name) !== "set" || subject.presence(needs) !== "unset") return [];
      return [diagnose(schemaCatalog["missing-companion"], { name, needs, span: spanOf(place, name) })];
    }
    case "required-when": {
      const { name, when } = rule;
      if (!holds(when, subject) || subject.presence(name) !== "unset") return [];
      const doc = place.body.attributes[name]?.doc;
      const value = JSON.stringify(subject.value(when.name));
      return [
        diagnose(schemaCatalog["required-by-choice"], { name, cause: when.name, value, doc, span: place.config.span }),
      ];
    }
    case "custom":
      return (rule.check?.(subject) ?? []).map((finding) =>
        diagnose(schemaCatalog[finding.severity === "warning" ? "rule-advice" : "rule-violated"], {
          problem: finding.message,
          span: spanOf(place, finding.name),
        }),
      );
  }
}

function holds(condition: RuleCondition, subject: RuleSubject): boolean {
  const value = subject.value(condition.name);
  return condition.in.some((candidate) => candidate === value);
}

function checkChoice(
  rule: { readonly kind: "exactly-one-of" | "at-most-one-of"; readonly names: readonly string[] },
  subject: RuleSubject,
  place: RulePlace,
): readonly Diagnostic[] {
  const given = rule.names.filter((name) => subject.presence(name) === "set");
  const names = enumerate(rule.names);
  if (given.length > 1) {
    const [first, second] = given as [string, string];
    return [
      diagnose(schemaCatalog["conflicting-options"], {
        names,
        given: enumerate(given),
        span: spanOf(place, second),
        related: relatedTo(place, first),
      }),
    ];
  }
  if (rule.kind === "at-most-one-of" || given.length === 1) return [];
  if (rule.names.some((name) => subject.presence(name) === "unknown")) return [];
  return [diagnose(schemaCatalog["nothing-chosen"], { names, span: place.config.span })];
}

function relatedTo(place: RulePlace, name: string): readonly { span: Span; message: string }[] {
  const span = spanOf(place, name);
  return span === undefined ? [] : [{ span, message: `"${name}" is set here.` }];
}

function enumerate(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1) ?? ""}`;
}

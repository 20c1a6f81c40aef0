import { suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import { staticList } from "@hclbuild/eval";
import { literalText, type BodyAttribute } from "@hclbuild/syntax";
import { entriesOf, unmarkShallow, type Value } from "@hclbuild/value";
import { configCatalog } from "../catalog.js";
import type { SourceFilter, SourceUse } from "./build-plan.js";
import { spanOfExpression } from "./spans.js";

/** The sources of a build, as its steps may name them. */
export interface NamedSources {
  readonly uses: readonly SourceUse[];
  /** These are all of them; else data sources have to be read first, or a mistake has been reported. */
  readonly areKnown: boolean;
  readonly report: Report;
}

/** Checks `only` and `except` of a step: that there is one of them, and that it names sources of the build. */
export function checkFilter(
  sources: NamedSources,
  filter: SourceFilter,
  attributes: ReadonlyMap<string, BodyAttribute>,
): void {
  const { report } = sources;
  const { only, except } = filter;
  if (only !== undefined && only.length > 0 && except !== undefined && except.length > 0) {
    report(configCatalog["only-and-except"], { span: attributes.get("except")?.nameSpan });
    return;
  }
  for (const [key, names] of [
    ["only", only],
    ["except", except],
  ] as const) {
    const attribute = attributes.get(key);
    if (attribute !== undefined && names !== undefined) checkNames(sources, names, attribute);
  }
}

function checkNames(
  { uses, areKnown, report }: NamedSources,
  names: readonly string[],
  attribute: BodyAttribute,
): void {
  if (!areKnown) return;
  const known = uses.map((use) => `${use.type}.${use.localName}`);
  const items = staticList(attribute);
  for (const [index, name] of names.entries()) {
    if (known.includes(name)) continue;
    const longer = known.find((each) => name.endsWith(`.${each}`));
    report(configCatalog["unknown-build-name"], {
      name: name.slice(0, 60),
      near: longer ?? suggestName(name, known),
      exact: longer === undefined ? undefined : "",
      known: known.length === 0 ? undefined : known.join(", "),
      span: spanOfExpression((items?.length === names.length ? items[index] : undefined) ?? attribute),
    });
  }
}

/** Checks that the keys of `override` are names of sources of the build; others have no effect. */
export function checkOverride(sources: NamedSources, override: Value, attribute: BodyAttribute): void {
  const { uses, areKnown, report } = sources;
  // The names of secrets are secret, too.
  const { value, marks } = unmarkShallow(override);
  if (!areKnown || marks.sensitive) return;
  const known = uses.map((use) => use.localName);
  for (const [name] of entriesOf(value)) {
    if (known.includes(name)) continue;
    const typed = uses.find((use) => name.endsWith(`${use.type}.${use.localName}`));
    report(configCatalog["unknown-override-name"], {
      name: name.slice(0, 60),
      near: typed?.localName ?? suggestName(name, known),
      bare: typed === undefined ? undefined : "",
      known: known.length === 0 ? undefined : known.join(", "),
      span: keySpan(attribute, name) ?? spanOfExpression(attribute),
    });
  }
}

function keySpan(attribute: BodyAttribute, name: string): Span | undefined {
  const { expression, source } = attribute;
  if (expression.kind !== "object") return undefined;
  const key = expression.items.find(
    (item) => (item.key.kind === "variable" ? item.key.name : literalText(item.key)) === name,
  )?.key;
  return key === undefined ? undefined : { file: source.name, start: key.start, end: key.end };
}

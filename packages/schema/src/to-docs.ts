import { describeBody, type DescribedItem } from "./describe.js";
import type { BlockSchema, ComponentSchema, Rule } from "./model.js";

/** The reference page of a component, in Markdown, without a header that says where it comes from. */
export function toReferencePage(component: ComponentSchema): string {
  const rules = component.rules.map((rule) => `- ${ruleText(rule)}`);
  const outputs = Object.entries(component.output);
  return [
    `# ${component.kind} \`${component.name}\``,
    "",
    `${component.summary} Since ${component.since}.`,
    "",
    "## Options",
    "",
    ...bodySection(component.body, "##"),
    ...(rules.length > 0 ? ["## Rules", "", ...rules, ""] : []),
    ...(outputs.length > 0 ? ["## Outputs", "", ...outputs.map(([name, { doc }]) => `- \`${name}\`: ${doc}`), ""] : []),
  ].join("\n");
}

function bodySection(body: BlockSchema, heading: string): readonly string[] {
  const items = describeBody(body);
  if (items.length === 0) return ["It has none.", ""];
  const lines = ["| Name | Type | Default | Meaning |", "|---|---|---|---|", ...items.map(itemRow), ""];
  for (const [name, block] of Object.entries(body.blocks)) {
    lines.push(`${heading}# \`${name}\``, "", ...bodySection(block.body, `${heading}#`));
  }
  return lines;
}

function itemRow(item: DescribedItem): string {
  const notes = [
    item.documentation,
    item.choices === undefined
      ? ""
      : `${item.choicesOf === "elements" ? "Each is one" : "One"} of ${item.choices.map((choice) => `\`${choice}\``).join(", ")}.`,
    item.deprecated === undefined ? "" : `Deprecated: use \`${item.deprecated}\`.`,
    item.sensitive ? "Sensitive." : "",
  ];
  const standard = item.required ? "required" : item.default === undefined ? "" : `\`${JSON.stringify(item.default)}\``;
  const meaning = notes.filter((note) => note !== "").join(" ");
  return `| \`${item.name}\` | ${escapeCell(item.detail)} | ${escapeCell(standard)} | ${escapeCell(meaning)} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** A rule as one sentence. */
export function ruleText(rule: Rule): string {
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
  const condition = (when: { readonly name: string; readonly in: readonly unknown[] }): string =>
    `\`${when.name}\` is ${when.in.map((value) => `\`${JSON.stringify(value)}\``).join(" or ")}`;
  switch (rule.kind) {
    case "exactly-one-of":
      return `Exactly one of ${list(rule.names)} must be set.`;
    case "at-most-one-of":
      return `At most one of ${list(rule.names)} may be set.`;
    case "required-with":
      return `\`${rule.name}\` needs \`${rule.needs}\`.`;
    case "conflicts-with":
      return rule.when === undefined
        ? `\`${rule.name}\` and \`${rule.other}\` exclude each other.`
        : `When ${condition(rule.when)}, \`${rule.name}\` and \`${rule.other}\` exclude each other.`;
    case "required-when":
      return `\`${rule.name}\` must be set when ${condition(rule.when)}.`;
    case "custom":
      return rule.doc;
  }
}

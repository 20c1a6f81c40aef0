import { DiagnosticBag, SourceText } from "@hclbuild/diagnostics";
import { parseTemplate } from "@hclbuild/syntax";
import {
  allMarks,
  asText,
  dynamicType,
  entriesOf,
  unionMarks,
  unmarkDeep,
  unmarkShallow,
  withMarks,
  type Value,
} from "@hclbuild/value";
import type { EvaluationBudget } from "../budget.js";
import { evaluate, type EvaluationOptions } from "../evaluate.js";
import { lowerExpression } from "../lower.js";
import { createScope } from "../scope.js";
import {
  argumentError,
  functionError,
  type CallContext,
  type FunctionError,
  type FunctionTable,
  type ValueFunction,
} from "./definition.js";
import { problem, told } from "./problem.js";
import { readTextArgument } from "./filesystem.js";
import { anyParameter, defineFunction, stringParameter } from "./support.js";

/** The functions of a template file: all but `templatefile` itself, so that files cannot include one another without end. */
function withoutTemplatefile(functions: FunctionTable): FunctionTable {
  return {
    host: functions.host,
    get: (name) => (name === "templatefile" ? undefined : functions.get(name)),
    names: () => functions.names().filter((name) => name !== "templatefile"),
    advice: (name) =>
      name === "templatefile" ? "A template file cannot include another one." : functions.advice?.(name),
  };
}

const identifier = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

function renderTemplate(text: string, path: string, variables: Value, context: CallContext): Value | FunctionError {
  const { value: entries, marks } = unmarkShallow(variables);
  const names = entriesOf(entries).map(([name, value]) => [name, withMarks(value, marks)] as const);
  const wrong = names.find(([name]) => !identifier.test(name));
  if (wrong !== undefined) {
    return argumentError(
      1,
      problem`${marks.sensitive ? "a sensitive text" : JSON.stringify(wrong[0])} cannot be the name of a variable: names begin with a letter and hold letters, digits, _ and -`,
    );
  }
  const bag = new DiagnosticBag();
  const source = new SourceText(path, text);
  const expression = parseTemplate(source, bag.report);
  if (bag.hasErrors) return describe(bag, source, path);
  const named = createScope(new Map(names), withoutTemplatefile(context.functions));
  const scope = marks.sensitive ? { ...named, rootNames: () => [] } : named;
  const value = evaluate(lowerExpression({ expression, source }), scope, bag.report, sharedBudget(context));
  if (bag.hasErrors) return describe(bag, source, path);
  // What the file itself says is sensitive is so as well.
  return withMarks(unmarkDeep(value).value, unionMarks(allMarks(value), allMarks(variables)));
}

/** The file's work counts as that of the expression that calls for it. */
function sharedBudget({ budget }: CallContext): EvaluationOptions {
  return "limits" in budget ? { budget: budget as EvaluationBudget } : {};
}

/** The first error, with its place in the file. */
function describe(bag: DiagnosticBag, source: SourceText, path: string): FunctionError {
  const first = bag.items.find(({ severity }) => severity === "error");
  const position = first?.primary === undefined ? undefined : source.positionAt(first.primary.start);
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  // What it says of sensitive variables is masked already.
  const reason = `${first?.message ?? ""}${first?.detail === undefined ? "" : ` ${first.detail}`}`;
  return functionError(problem`in ${path}${told(place)}: ${told(reason)}`);
}

export const templatefile: ValueFunction = defineFunction({
  name: "templatefile",
  description: "Renders a file as a template in which only the given variables can be used.",
  params: [stringParameter("path"), anyParameter("vars", { allowUnknownParts: true, allowMarked: true })],
  nullable: true,
  type([, variables]) {
    const { kind } = (variables as Value).type;
    return kind === "map" || kind === "object" ? dynamicType : argumentError(1, "a map or an object is required");
  },
  call([path, variables], context) {
    const content = readTextArgument(asText(path as Value), context.host);
    if (content.kind !== "text") return content;
    return renderTemplate(content.text, asText(path as Value), variables as Value, context);
  },
});

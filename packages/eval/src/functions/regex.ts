import {
  asText,
  dynamicType,
  isKnown,
  listOf,
  listValue,
  nullValue,
  objectOf,
  objectValue,
  stringType,
  stringValue,
  tupleOf,
  tupleValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, functionError, isFunctionError, type FunctionError, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { compilePattern, findAll, findFirst, replaceAll, type Match, type Pattern } from "./regex-pattern.js";
import { defineFunction, stringParameter } from "./support.js";

function readPattern(value: Value, argument = 0): Pattern | FunctionError {
  const pattern = compilePattern(asText(value));
  return pattern.kind === "pattern"
    ? pattern
    : argumentError(argument, problem`it is not a valid pattern: ${pattern.message}`);
}

function matchType(patternValue: Value): Type | FunctionError {
  if (!isKnown(patternValue)) return dynamicType;
  const pattern = readPattern(patternValue);
  if (pattern.kind !== "pattern") return pattern;
  const { groupNames } = pattern;
  const named = groupNames.filter((name) => name !== "");
  if (groupNames.length === 0) return stringType;
  if (named.length === 0) return tupleOf(groupNames.map(() => stringType));
  if (named.length < groupNames.length) return argumentError(0, "named and unnamed groups cannot be mixed");
  return objectOf(Object.fromEntries(named.map((name) => [name, stringType])));
}

function matchValue(match: Match, { groupNames }: Pattern, type: Type): Value {
  if (type.kind === "string") return stringValue(match.text);
  const groups = match.groups.map((group) => (group === undefined ? nullValue(stringType) : stringValue(group)));
  if (type.kind === "tuple") return tupleValue(groups);
  return objectValue(new Map(groupNames.map((name, index) => [name, groups[index] as Value])));
}

const params = [stringParameter("pattern"), stringParameter("string")];

const regex = defineFunction({
  name: "regex",
  description: "Gives the first match of a pattern (RE2 syntax): its text, or its groups when it has any.",
  params,
  type: ([pattern]) => matchType(pattern as Value),
  call([patternValue, text], { returnType, budget }) {
    const pattern = readPattern(patternValue as Value);
    if (pattern.kind !== "pattern") return pattern;
    const match = findFirst(pattern, asText(text as Value), budget);
    return match === undefined
      ? functionError("the pattern does not match any part of the text")
      : matchValue(match, pattern, returnType);
  },
});

const regexall = defineFunction({
  name: "regexall",
  description: "Gives a list of all matches of a pattern (RE2 syntax).",
  params,
  type([pattern]) {
    const type = matchType(pattern as Value);
    return isFunctionError(type) ? type : listOf(type);
  },
  call([patternValue, text], { returnType, budget }) {
    const pattern = readPattern(patternValue as Value);
    if (pattern.kind !== "pattern") return pattern;
    const { element } = returnType as { readonly element: Type };
    const matches: Value[] = [];
    for (const match of findAll(pattern, asText(text as Value), budget)) {
      if (!budget.charge(1 + match.groups.length)) return functionError("there are too many matches");
      matches.push(matchValue(match, pattern, element));
    }
    if (budget.exceeded !== undefined) return functionError("the searches take too long");
    return listValue(element, matches);
  },
});

const regexReplace = defineFunction({
  name: "regex_replace",
  description: "Replaces all matches of a pattern (RE2 syntax); $1 and ${name} in the replacement stand for groups.",
  params: [stringParameter("str"), stringParameter("pattern"), stringParameter("replace")],
  type: stringType,
  call([text, patternValue, replacement], { budget }) {
    const pattern = readPattern(patternValue as Value, 1);
    if (pattern.kind !== "pattern") return pattern;
    const replaced = replaceAll(pattern, asText(text as Value), asText(replacement as Value), budget);
    return replaced === undefined ? functionError("the result is too long") : stringValue(replaced);
  },
});

export const regexFunctions: readonly ValueFunction[] = [regex, regexall, regexReplace];

import {
  boolType,
  boolValue,
  convert,
  dynamicType,
  hasMark,
  isKnown,
  isValueError,
  listOf,
  mapOf,
  markValue,
  numberType,
  replaceMarks,
  setOf,
  stringType,
  unknownValue,
  withoutMark,
  type Type,
  type Value,
} from "@hclbuild/value";
import { argumentError, type ValueFunction } from "./definition.js";
import { valueProblem } from "./problem.js";
import { anyParameter, defineFunction } from "./support.js";

const anything = { allowNull: true, allowUnknown: true, allowDynamic: true, allowMarked: true } as const;

function conversionFunction(name: string, description: string, type: Type): ValueFunction {
  return defineFunction({
    name,
    description,
    partsPerStep: 1,
    params: [anyParameter("v", anything)],
    nullable: true,
    type([value]) {
      const converted = convert(value as Value, type);
      return isValueError(converted) ? argumentError(0, valueProblem(converted), converted.path) : converted.type;
    },
    call([value]) {
      const converted = convert(value as Value, type);
      return isValueError(converted) ? argumentError(0, valueProblem(converted), converted.path) : converted;
    },
  });
}

const sensitive = defineFunction({
  name: "sensitive",
  description: "Marks a value as sensitive, so that it is shown nowhere.",
  params: [anyParameter("value", anything)],
  nullable: true,
  type: ([value]) => (value as Value).type,
  call: ([value]) => markValue(value as Value, "sensitive"),
});

const nonsensitive = defineFunction({
  name: "nonsensitive",
  description: "Takes the sensitive mark off a value, so that it is shown again.",
  params: [anyParameter("value", anything)],
  nullable: true,
  type: ([value]) => (value as Value).type,
  call: ([value]) => replaceMarks(value as Value, withoutMark((value as Value).marks, "sensitive")),
});

const issensitive = defineFunction({
  name: "issensitive",
  description: "Tells whether a value is marked as sensitive.",
  params: [anyParameter("value", anything)],
  type: boolType,
  call([value]) {
    if (hasMark(value as Value, "sensitive")) return boolValue(true);
    // An unknown value may still turn out to be sensitive.
    return isKnown(value as Value) ? boolValue(false) : unknownValue(boolType, { notNull: true });
  },
});

export const conversionFunctions: readonly ValueFunction[] = [
  issensitive,
  nonsensitive,
  sensitive,
  conversionFunction("tobool", "Converts a value to a bool.", boolType),
  conversionFunction("tolist", "Converts a value to a list.", listOf(dynamicType)),
  conversionFunction("tomap", "Converts a value to a map.", mapOf(dynamicType)),
  conversionFunction("tonumber", "Converts a value to a number.", numberType),
  conversionFunction("toset", "Converts a value to a set.", setOf(dynamicType)),
  conversionFunction("tostring", "Converts a value to a string.", stringType),
];

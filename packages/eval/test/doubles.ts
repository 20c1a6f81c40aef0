import {
  asNumber,
  asText,
  dynamicType,
  elementsOf,
  fromJson,
  graphemeCount,
  isKnown,
  isValueError,
  negate,
  numberType,
  numberValue,
  numCompare,
  stringType,
  stringValue,
  tupleOf,
  tupleValue,
  type Type,
  type Value,
} from "@hclbuild/value";
import {
  argumentError,
  createFunctionTable,
  functionError,
  lazyFunctions,
  noFunctions,
  type FunctionDefinition,
  type FunctionTable,
} from "../src/index.js";
import { valueProblem } from "../src/functions/problem.js";

/** The functions that the expression tables call: small doubles with the behaviour the tables were made with. */
const doubles: readonly FunctionDefinition[] = [
  {
    name: "upper",
    description: "",
    params: [{ name: "str", type: stringType, allowDynamic: true }],
    refinement: { notNull: true },
    returnType: () => stringType,
    call: ([text]) => stringValue(asText(text as Value).toUpperCase()),
  },
  {
    name: "length",
    description: "",
    params: [{ name: "str", type: stringType }],
    refinement: { notNull: true },
    returnType: () => numberType,
    call: ([text]) => numberValue(graphemeCount(asText(text as Value))),
  },
  {
    name: "min",
    description: "",
    params: [],
    varParam: { name: "numbers", type: numberType, allowDynamic: true },
    refinement: { notNull: true },
    returnType: (args) => (args.length === 0 ? functionError("must pass at least one number") : numberType),
    call: (args) => args.reduce((a, b) => (numCompare(asNumber(a), asNumber(b)) <= 0 ? a : b)),
  },
  {
    name: "negate",
    description: "",
    params: [{ name: "num", type: numberType, allowDynamic: true }],
    refinement: { notNull: true },
    returnType: () => numberType,
    call: ([n]) => {
      const result = negate(n as Value);
      return isValueError(result) ? functionError(valueProblem(result)) : result;
    },
  },
  {
    name: "concat",
    description: "",
    params: [],
    varParam: { name: "seqs", type: dynamicType },
    refinement: { notNull: true },
    returnType: (args) => {
      const types: Type[] = [];
      for (const arg of args) {
        if (!isKnown(arg)) return dynamicType;
        types.push(...elementsOf(arg).map((element) => element.type));
      }
      return tupleOf(types);
    },
    call: (args) => tupleValue(args.flatMap((arg) => elementsOf(arg))),
  },
  {
    name: "jsondecode",
    description: "",
    params: [{ name: "str", type: stringType }],
    returnType: () => dynamicType,
    call: ([text]) => {
      const result = fromJson(asText(text as Value));
      return isValueError(result) ? argumentError(0, valueProblem(result)) : result;
    },
  },
];

/** `upper`, `length` and the like, also under the namespace `foo`, and `try`, `can`, `convert`. */
export const doubleFunctions: FunctionTable = createFunctionTable(
  [
    ...doubles,
    ...doubles.map((double): FunctionDefinition => ({ ...double, name: `foo::${double.name}` })),
    ...lazyFunctions,
  ],
  noFunctions.host,
);

export { evalCatalog } from "./catalog.js";
export { createBudget, defaultLimits, type EvaluationBudget, type EvaluationLimits } from "./budget.js";
export { lowerExpression } from "./lower.js";
export { evaluate, evaluateSecret, startEvaluation, type EvaluationOptions } from "./evaluate.js";
export { evaluatePartially, type PartialValue } from "./residual.js";
export type { Environment, EvaluationMode, Evaluator } from "./evaluator.js";
export { constantScope, createScope, noFunctions, type EffectCall, type Resolution, type Scope } from "./scope.js";
export { calledFunctions, outputsOf, referencesOf, type Reference } from "./references.js";
export {
  expressionOfText,
  spanOfExpression,
  staticCall,
  staticExpression,
  staticKeyword,
  staticList,
  staticMap,
  staticString,
  staticTraversal,
  type StaticCall,
  type StaticTraversal,
} from "./static.js";
export { parseTypeExpression, parseTypeOf, type ParsedType, type TypeExpressionMode } from "./type-expression.js";
export { applyTypeDefaults, type TypeDefaults } from "./type-defaults.js";
export { traversalText } from "./shown-values.js";
export { canFunction, convertFunction, lazyFunctions, tryFunction } from "./lazy-functions.js";
export {
  argumentError,
  createFunctionTable,
  functionError,
  isFunctionError,
  type CallContext,
  type FileStatus,
  type FunctionDefinition,
  type FunctionError,
  type FunctionHost,
  type FunctionParameter,
  type FunctionTable,
  type HostError,
  type LazyAttempt,
  type LazyCall,
  type LazyFunction,
  type ValueFunction,
  type WorkBudget,
} from "./functions/definition.js";
export { bodySchemaOf, decodeBody, type DecodedAttribute, type DecodedBlock, type DecodedBody } from "./decode.js";
export { residualsOfBody, spansOfBody, typeOfSchema, valueOfBody } from "./decoded-views.js";
export { escapePointer, pathText, spanAtPath, spansOfParts } from "./expression-spans.js";
export { expandDynamicBlocks, unknownLabel, type DynamicBlockOptions, type ExpandedBlock } from "./dynamic-blocks.js";
export { iteratorsOf, scopeOfBody, scopeWithIterators, type ExpandedBody, type IteratorBinding } from "./iterators.js";
export { readUserFunctions, scopeWithNames } from "./user-functions.js";

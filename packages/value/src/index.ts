export {
  attributeNames,
  attributeType,
  boolType,
  dynamicType,
  friendlyConstraintName,
  friendlyTypeName,
  hasDynamic,
  isCollectionType,
  isPrimitiveType,
  listOf,
  mapOf,
  numberType,
  objectOf,
  setOf,
  stringType,
  tupleOf,
  typeConstraintText,
  typesEqual,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type PrimitiveType,
  type TupleType,
  type Type,
} from "./type.js";
export { typeFromJson, typeToJson, typeToJsonText, type TypeJson } from "./type-json.js";
export {
  bitLength,
  doublePrecision,
  integerPrecision,
  isInfinite,
  isNegativeZero,
  makeFloat,
  numAbsolute,
  numAdd,
  numCeiling,
  numCompare,
  numDiv,
  numFloor,
  numFromBigInt,
  numFromDouble,
  numIsInteger,
  numMod,
  numMul,
  numNegate,
  numSign,
  numSub,
  numToDouble,
  numToInt,
  numTruncate,
  precisionOf,
  textPrecision,
  withPrecision,
  type FloatNumber,
  type HclNumber,
  type IntegerNumber,
} from "./number.js";
export { numEqual, numFromText, numToExactDouble, numToShortText, numToText } from "./number-text.js";
export {
  isEmptyMarks,
  listMarks,
  marksEqual,
  marksOf,
  noMarks,
  sensitiveMarks,
  unionMarks,
  withoutMark,
  type Mark,
  type Marks,
} from "./marks.js";
export {
  allMarks,
  containsAnyMark,
  containsMark,
  hasMark,
  markValue,
  revealForPlugin,
  unmarkDeep,
  unmarkShallow,
  type MarkedPath,
  type Unmarked,
} from "./mark-values.js";
export { safePrefix, type NumberBound, type Refinement } from "./refinement.js";
export {
  isDefinitelyNotNull,
  mayBecome,
  mergeRefinements,
  numberBoundsOf,
  refineNotNull,
  refineValue,
  unknownValue,
} from "./unknown.js";
export {
  boolValue,
  dynamicUnknown,
  emptyObject,
  emptyTuple,
  falseValue,
  isKnown,
  isNull,
  isWhollyKnown,
  listValue,
  literalInteger,
  mapValue,
  nestingOf,
  normalizedString,
  nullValue,
  numberFromText,
  numberValue,
  objectValue,
  refinementOf,
  partSize,
  replaceMarks,
  sizeOf,
  stringValue,
  trueValue,
  tupleValue,
  withMarks,
  type Representation,
  type Unknown,
  type Value,
} from "./value.js";
export { setValue } from "./set.js";
export { attributeStep, indexStep, type Path, type PathStep } from "./path.js";
export { atStep, isValueError, maximumNesting, NestingError, valueError, type ValueError } from "./value-error.js";
export {
  asBoolean,
  asJsNumber,
  asNumber,
  asText,
  elementsOf,
  entriesOf,
  entryMapOf,
  getAttribute,
  hasIndex,
  indexValue,
  lengthOf,
} from "./access.js";
export { equalValues, rawEquals } from "./equality.js";
export {
  absolute,
  add,
  and,
  divide,
  greaterThan,
  greaterThanOrEqual,
  lessThan,
  lessThanOrEqual,
  mapResult,
  modulo,
  multiply,
  negate,
  not,
  or,
  subtract,
} from "./operations.js";
export {
  conversionExists,
  convert,
  mismatchMessage,
  safeConversionExists,
  unifyTypes,
  unifyWithConversions,
} from "./convert/convert.js";
export type { Conversion, Unification } from "./convert/conversion.js";
export { compareText, graphemeCount, graphemesOf, normalizeText } from "./text.js";
export { sizeAfterConversion } from "./convert/filled-size.js";
export { quoteGo } from "./go-quote.js";
export {
  isJsonArray,
  parseLosslessJson,
  quoteJson,
  type JsonNumber,
  type JsonObject,
  type LosslessJson,
} from "./json.js";
export { fromJson, fromParsedJson, impliedType, plainJson, toJson } from "./json-codec.js";
export { consoleNumber, consoleText } from "./console-text.js";
export { displayValue, type DisplayOptions } from "./display.js";
export { quoteHcl, valueToHcl } from "./hcl-text.js";
export { applyPath, formatPath, markAtPaths, partsOf, transformValue, walkValue } from "./walk.js";
export { decodeMessagePack, encodeMessagePack } from "./message-pack.js";

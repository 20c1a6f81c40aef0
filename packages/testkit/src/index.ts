export { corpusAbsent, findCorpus } from "./corpus.js";
export { decodeGoValue } from "./go-values.js";
export {
  decodeVectorType,
  decodeVectorValue,
  isVectorObject,
  listOfJson,
  markForVector,
  parseVectorJson,
  readVectors,
  rowOf,
  textOf,
  type VectorRow,
} from "./vectors.js";

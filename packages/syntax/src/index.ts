export type * from "./ast.js";
export type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema, SourcedExpression } from "./body.js";
export { bodyCatalog } from "./body-catalog.js";
export { mergeBodies } from "./body-merge.js";
export { blockHeaderSpan, nativeBody } from "./body-native.js";

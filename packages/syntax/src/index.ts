export type * from "./ast.js";
export type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema, SourcedExpression } from "./body.js";

export type * from "./ast.js";
export type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema, SourcedExpression } from "./body.js";
export { bodyCatalog } from "./body-catalog.js";
export { mergeBodies } from "./body-merge.js";
export { blockHeaderSpan, nativeBody } from "./body-native.js";
export { isIdentifier } from "./lexer/identifier.js";
export { tokenize, triviaBefore, type Token, type TokenStream } from "./lexer/lexer.js";
export type { TokenKind } from "./lexer/token-types.js";

export type * from "./ast.js";
export type { Body, BodyAttribute, BodyBlock, BodyContent, BodySchema, SourcedExpression } from "./body.js";
export { bodyCatalog } from "./body-catalog.js";
export { mergeBodies } from "./body-merge.js";
export { blockHeaderSpan, nativeBody } from "./body-native.js";
export { isIdentifier } from "./lexer/identifier.js";
export { tokenize, triviaBefore, type Token, type TokenStream } from "./lexer/lexer.js";
export type { TokenKind } from "./lexer/token-types.js";
export { format, formatAndCheck, type FormatResult } from "./format/format.js";
export { syntaxCatalog } from "./catalog.js";
export { parse, parseExpression, parseTemplate } from "./parse.js";
export { parseTraversal } from "./parse-traversal.js";
export { splitStringLiteral, unescapeQuoted, unescapeSequences, type EscapeFault } from "./parser/string-literal.js";
export { attributeAt, blocksAt, nodesAt, outermostExpressionAt } from "./position.js";
export {
  literalText,
  referencesIn,
  traversalOf,
  type Reference,
  type Traversal,
  type TraversalKey,
  type TraversalStep,
} from "./traversal.js";
export { childrenOf, walk, type SyntaxNode, type Visitor } from "./walk.js";
export { jsonBody } from "./json/body.js";
export { jsonCatalog } from "./json/catalog.js";
export { jsonExpression } from "./json/expression.js";
export type {
  JsonArray,
  JsonFile,
  JsonInvalid,
  JsonKeyword,
  JsonNode,
  JsonNumber,
  JsonObject,
  JsonProperty,
  JsonString,
} from "./json/nodes.js";
export { parseJson, parseJsonExpression } from "./json/parse.js";
export { unifiedDiff, type DiffLabels } from "./format/diff.js";
export { decodeNativeSource, decodeSource } from "./decode-source.js";
export { applyEdits, quoteString, tokenIndexAt, tokensWithin, type TextEdit } from "./edit.js";

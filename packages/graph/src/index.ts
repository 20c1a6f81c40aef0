export {
  splatItemRoot,
  type AttrExpr,
  type BinaryExpr,
  type BinaryOperatorText,
  type CallExpr,
  type CondExpr,
  type Expr,
  type ForExpr,
  type IndexExpr,
  type InputExpr,
  type LitExpr,
  type NodeId,
  type ObjectExpr,
  type ObjectExprItem,
  type OutExpr,
  type SplatExpr,
  type Step,
  type TemplateExpr,
  type TupleExpr,
  type UnaryExpr,
  type UnaryOperatorText,
} from "./expr.js";
export type {
  BuildGraph,
  Capability,
  ComponentRef,
  ConfigTemplate,
  ConnectSpec,
  DeferredNode,
  Digest,
  EffectNode,
  GraphNode,
  MachineNode,
  PostNode,
  SpanEntry,
  SpanTable,
  StepNode,
  Template,
  ValueNode,
} from "./node.js";
export { componentRef, createGraphBuilder, type GraphBuilder, type Ref } from "./builder.js";
export { graphCatalog } from "./catalog.js";
export { decodeGraph, encodeGraph } from "./codec.js";
export { diffGraphs, type GraphDiff, type NodeChange } from "./diff.js";
export { digestOf, digestOfJson, digestOfSchema, type DigestInputs } from "./digest.js";
export { canonicalJson } from "./json.js";
export { topologicalOrder, type OrderResult } from "./order.js";
export { dependenciesOf, templatesOf, visitCalls, visitInputs, visitOutputs } from "./references.js";
export { renderGraph, type GraphFormat } from "./render.js";
export { templateText } from "./render-template.js";
export { encodeTemplate, encodeValue } from "./template.js";
export { decodeTemplate, TemplateError } from "./template-decode.js";

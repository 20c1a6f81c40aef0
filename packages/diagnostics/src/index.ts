export { joinSpans, type Span } from "./span.js";
export { countGraphemes, SourceText, utf8Length, type Position } from "./source-text.js";
export { SourceSet } from "./source-set.js";
export type {
  Diagnostic,
  DiagnosticCode,
  Fix,
  RelatedInformation,
  Severity,
  ShownValue,
} from "./diagnostic.js";
export {
  defineCatalog,
  diagnose,
  fillMessage,
  msg,
  type Catalog,
  type CatalogEntry,
  type DiagnosticPlacement,
  type EntryArguments,
  type MessageArgument,
  type MessageTemplate,
} from "./catalog.js";
export { createReport, DiagnosticBag, sortDiagnostics, type Report } from "./report.js";
export { assertNever, InternalError } from "./errors.js";
export { editDistance, suggestName } from "./suggest.js";

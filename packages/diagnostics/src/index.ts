export { joinSpans, type Span } from "./span.js";
export { countGraphemes, SourceText, utf8Length, type Position } from "./source-text.js";
export { SourceSet } from "./source-set.js";
export type { Diagnostic, DiagnosticCode, Fix, RelatedInformation, Severity, ShownValue } from "./diagnostic.js";
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
export { describeSystemError } from "./system-error.js";
export { editDistance, suggestName } from "./suggest.js";
export { cutToWidth, displayWidth, showControls } from "./display.js";
export { limitDiagnostics, type DiagnosticLimits, type LimitedDiagnostics } from "./limit.js";
export {
  ansiStyle,
  plainStyle,
  renderOneText,
  renderText,
  type TextRenderOptions,
  type TextStyle,
} from "./render-text.js";
export {
  diagnosticsFormat,
  renderJson,
  toDiagnosticJson,
  toDiagnosticsDocument,
  type DiagnosticJson,
  type DiagnosticsDocument,
  type PositionJson,
  type RangeJson,
} from "./render-json.js";
export { renderSarif, type SarifTool } from "./render-sarif.js";
export { renderGithub } from "./render-github.js";

export type {
  GoAction,
  GoCommand,
  GoControl,
  GoLoopControl,
  GoNode,
  GoOperand,
  GoPipeline,
  GoRange,
  GoTemplate,
  GoTemplateCall,
  GoTemplateOrigin,
  GoText,
} from "./ast.js";
export { goTemplateCatalog } from "./catalog.js";
export { cleanAmazonResourceName, createEngineFunctions, type EngineContext } from "./engine.js";
export { goTemplateFields, type GoFunctionCall, type GoTemplateFields } from "./fields.js";
export { parseGoTemplate } from "./parse/parse.js";
export { printGoTemplate } from "./print.js";
export { escapeQuery } from "./render/builtins.js";
export { checkGoFields, checkGoTemplate } from "./render/check.js";
export {
  goFailure,
  isGoFailure,
  type GoFailure,
  type GoFunction,
  type GoFunctionTable,
  type GoParameter,
} from "./render/functions.js";
export { renderGoTemplate, type RenderOptions } from "./render/render.js";
export { compareBytes, type GoData, type GoMap, type GoValue } from "./render/values.js";
export { toGoLower, toGoTitle, toGoUpper, trimGoSpace } from "./text/case-mapping.js";
export { formatGoFloat } from "./text/float.js";
export { isPrintable, quoteGoRune, quoteGoString, unescapeGoLiteral } from "./text/quote.js";
export {
  civilTimeOf,
  daysFromCivil,
  daysInMonth,
  instantFromMilliseconds,
  isLeapYear,
  isoWeekOf,
  monthNames,
  weekdayNames,
  type CivilTime,
  type Instant,
} from "./time/civil.js";
export { formatGoTime, rfc3339Layout } from "./time/go-layout.js";
export { formatStrftime } from "./time/strftime.js";

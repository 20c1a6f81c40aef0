import type { Report, SourceSet } from "@hclbuild/diagnostics";
import type { FunctionTable } from "@hclbuild/eval";
import { markValue, unknownValue, withoutOptional, type Value } from "@hclbuild/value";
import { variableCatalog } from "../catalog.js";
import type { VariableFile } from "../load/project.js";
import type { Symbols } from "../blocks/symbols.js";
import { declareVariables, type GivenValue, type VariableDeclaration } from "./declare.js";
import { collectValues, type InputOptions, type VariableInputs } from "./inputs.js";
import { validateValue } from "./validate.js";

/** A variable and its value. */
export interface Variable {
  readonly declaration: VariableDeclaration;
  /** What the template sees: marked when the variable is sensitive, unknown when it was not set or does not fit. */
  readonly value: Value;
  /** All values it was given, lowest precedence first. */
  readonly given: readonly GivenValue[];
}

export interface VariableContext {
  readonly symbols: Symbols;
  readonly functions: FunctionTable;
  readonly inputs: VariableInputs;
  readonly files: readonly VariableFile[];
  readonly sources: SourceSet;
  readonly options: InputOptions;
  /** Whether to report variables without a value and failing validations. */
  readonly checkValues: boolean;
  /** Whether a mistake has been reported so far. */
  hasErrors(): boolean;
}

/** Declares the variables, gives them their values, and checks those. */
export function resolveVariables(context: VariableContext, report: Report): ReadonlyMap<string, Variable> {
  const declarations = declareVariables(context.symbols, context.functions, report);
  // The value that a variable lacks may well have been meant to be in what is declared wrongly.
  const reportsUnset = context.checkValues && !context.hasErrors();
  const values = collectValues(declarations, context, context.options, report);
  const variables = new Map<string, Variable>();
  for (const [name, declaration] of declarations) {
    const given = values.get(name) ?? [];
    const chosen = given.at(-1);
    if (reportsUnset && chosen === undefined) {
      report(variableCatalog.unset, { name, span: declaration.symbol.span });
    }
    validateValue(declaration, context.checkValues ? chosen : undefined, context.functions, report);
    const value = chosen?.value ?? unknownValue(withoutOptional(declaration.type));
    variables.set(name, { declaration, value: declaration.sensitive ? markValue(value, "sensitive") : value, given });
  }
  return variables;
}

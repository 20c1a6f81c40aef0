import type { Report } from "@hclbuild/diagnostics";
import { evaluate, lowerExpression, type Scope } from "@hclbuild/eval";
import { parseDuration } from "@hclbuild/schema";
import type { BodyAttribute } from "@hclbuild/syntax";
import {
  asBoolean,
  asJsNumber,
  asText,
  boolType,
  containsMark,
  convert,
  elementsOf,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  listOf,
  listValue,
  numberType,
  stringType,
  unmarkDeep,
  type Type,
  type Value,
} from "@hclbuild/value";
import { configCatalog } from "../catalog.js";
import { sentence } from "./sentence.js";
import { spanOfExpression } from "./spans.js";

/** Reads arguments that shape a build and so must be known when it is compiled. */
export interface ArgumentReader {
  text(attribute: BodyAttribute | undefined): string | undefined;
  bool(attribute: BodyAttribute | undefined): boolean | undefined;
  count(attribute: BodyAttribute | undefined): number | undefined;
  /** With `nullIsEmpty`, null is the list without elements, else it is nothing at all. */
  texts(attribute: BodyAttribute | undefined, nullIsEmpty?: boolean): readonly string[] | undefined;
  /** A duration, in milliseconds. */
  duration(attribute: BodyAttribute | undefined): number | undefined;
  /** A value of any type that is wholly known; it may be sensitive, in whole or in part. */
  any(attribute: BodyAttribute | undefined): Value | undefined;
}

/**
 * Makes a reader. What does not fit is reported. An argument that depends on a data source which has not been read yet
 * is left out, and `onUnknown` is called so that the data source is read before the build.
 */
export function createArgumentReader(
  scope: Scope,
  report: Report,
  onUnknown: (attribute: BodyAttribute) => void,
): ArgumentReader {
  const read = (attribute: BodyAttribute | undefined, type: Type | undefined, whenNull?: Value): Value | undefined => {
    if (attribute === undefined) return undefined;
    const value = evaluate(lowerExpression(attribute), scope, report);
    if (type !== undefined && containsMark(value, "sensitive")) {
      report(configCatalog["sensitive-argument"], { name: attribute.name, span: spanOfExpression(attribute) });
      return undefined;
    }
    if (!isWhollyKnown(value)) {
      onUnknown(attribute);
      return undefined;
    }
    if (isNull(value)) return whenNull;
    const converted = type === undefined ? value : convert(unmarkDeep(value).value, type);
    if (!isValueError(converted)) return isKnown(converted) ? converted : undefined;
    report(configCatalog["invalid-argument"], {
      name: attribute.name,
      problem: sentence(converted.message),
      brackets: type?.kind === "list" && value.type.kind === "string" ? `${attribute.name} = [ … ]` : undefined,
      span: spanOfExpression(attribute),
    });
    return undefined;
  };
  const complain = (attribute: BodyAttribute, problem: string): undefined => {
    report(configCatalog["invalid-argument"], { name: attribute.name, problem, span: spanOfExpression(attribute) });
    return undefined;
  };
  const text = (attribute: BodyAttribute | undefined): string | undefined => {
    const value = read(attribute, stringType);
    return value === undefined ? undefined : asText(value);
  };
  return {
    text,
    any: (attribute) => read(attribute, undefined),
    bool: (attribute) => {
      const value = read(attribute, boolType);
      return value === undefined ? undefined : asBoolean(value);
    },
    count: (attribute) => {
      const value = read(attribute, numberType);
      if (value === undefined || attribute === undefined) return undefined;
      const count = asJsNumber(value);
      // Packer takes a negative count like none.
      return count !== undefined && Number.isSafeInteger(count)
        ? Math.max(count, 0)
        : complain(attribute, "A whole number is needed");
    },
    texts: (attribute, nullIsEmpty = false) => {
      const value = read(attribute, listOf(stringType), nullIsEmpty ? listValue(stringType, []) : undefined);
      if (value === undefined || attribute === undefined) return undefined;
      const elements = elementsOf(value);
      if (elements.some(isNull)) return complain(attribute, "An element is null");
      return elements.map(asText);
    },
    duration: (attribute) => {
      const value = text(attribute);
      if (value === undefined || value === "" || attribute === undefined) return undefined;
      return parseDuration(value) ?? complain(attribute, 'A duration such as "30s" or "5m" is needed');
    },
  };
}

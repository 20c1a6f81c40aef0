import { lazyFunctions } from "../lazy-functions.js";
import { collectionFunctions } from "./collection.js";
import { conversionFunctions } from "./conversion.js";
import { cryptoFunctions } from "./crypto.js";
import { createFunctionTable, type FunctionDefinition, type FunctionHost, type FunctionTable } from "./definition.js";
import { encodingFunctions } from "./encoding.js";
import { effectFunctions, envFunction, refusedEnvFunction } from "./external.js";
import { filesystemFunctions } from "./filesystem.js";
import { formatFunctions } from "./format.js";
import { mappingFunctions } from "./mapping.js";
import { networkFunctions } from "./network.js";
import { numericFunctions } from "./numeric.js";
import { regexFunctions } from "./regex.js";
import { sequenceFunctions } from "./sequence.js";
import { setFunctions } from "./set.js";
import { stringFunctions } from "./string.js";
import { templatefile } from "./templatefile.js";
import { timeFunctions } from "./time.js";
import { yamlFunctions } from "./yaml.js";

/** Every function, in groups by what it works on. */
export const functionGroups: Readonly<Record<string, readonly FunctionDefinition[]>> = {
  numeric: numericFunctions,
  string: [...stringFunctions, ...formatFunctions, ...regexFunctions],
  collection: [...collectionFunctions, ...mappingFunctions, ...sequenceFunctions, ...setFunctions],
  encoding: [...encodingFunctions, ...yamlFunctions],
  crypto: cryptoFunctions,
  time: timeFunctions,
  network: networkFunctions,
  filesystem: [...filesystemFunctions, templatefile],
  conversion: conversionFunctions,
  "error control": lazyFunctions,
  external: [...effectFunctions, refusedEnvFunction],
};

/** Names of all functions, those with unevaluated arguments included. */
export const functionNames: readonly string[] = Object.values(functionGroups)
  .flat()
  .map(({ name }) => name);

/** Functions that Packer lacks: a template that calls them does not run there. */
export const functionsBeyondPacker: ReadonlySet<string> = new Set([
  "base64gunzip",
  "base64sha256",
  "base64sha512",
  "cidrcontains",
  "filemd5",
  "filesha1",
  "filesha256",
  "filesha512",
  "issensitive",
  "matchkeys",
  "nonsensitive",
  "one",
  "sensitive",
  "setsubtract",
  "timecmp",
  "tobool",
  "tolist",
  "tomap",
  "tonumber",
  "toset",
  "tostring",
  "transpose",
  "urldecode",
]);

/** Terraform's names of functions that exist here under another one, or in another form. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["uuid", 'The function is called "uuidv4" here.'],
  ["type", "Use convert(value, type) to convert, or can(convert(value, type)) to test."],
  ["plantimestamp", 'Use "timestamp", in a local when the same value is needed twice.'],
  ["timestamp_parse", 'The function is called "rfc3339_parse" here.'],
  ["isotime", 'The function is called "legacy_isotime" here.'],
  ["strftime", 'The function is called "legacy_strftime" here.'],
  ["clean_resource_name", "It exists only in the {{ }} templates of plugin options."],
]);

/** The functions of templates. `env` is there only to say where it may be used. */
export function functionTable(host: FunctionHost): FunctionTable {
  return {
    ...createFunctionTable(Object.values(functionGroups).flat(), host),
    advice: (name) => otherNames.get(name),
  };
}

/** The functions of the defaults of variables: `env` alone. */
export function variableDefaultTable(host: FunctionHost): FunctionTable {
  return {
    ...createFunctionTable([envFunction], host),
    advice: () => 'In the default of a variable only "env" can be called; use a local for other functions.',
  };
}

export { effectCatalog } from "./effect-catalog.js";
export { runEffectCall, type EffectEnvironment, type EffectRequest } from "./effects.js";

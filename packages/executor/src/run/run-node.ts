import { DiagnosticBag, type Diagnostic, type Span } from "@hclbuild/diagnostics";
import { evaluate, type Scope as EvaluationScope } from "@hclbuild/eval";
import { decodeTemplate, type ConfigTemplate, type NodeId, type SpanTable, type Template } from "@hclbuild/graph";
import {
  applyDefaults,
  checkConfig,
  type AttributeSchema,
  type BlockSchema,
  type ComponentSchema,
  type ConfigView,
  type JsonValue,
} from "@hclbuild/schema";
import {
  asBoolean,
  asNumber,
  asText,
  containsMark,
  convert,
  elementsOf,
  entriesOf,
  fromParsedJson,
  isKnown,
  isNull,
  isValueError,
  isWhollyKnown,
  markValue,
  numToDouble,
  revealForPlugin,
  unmarkShallow,
  type LosslessJson,
  type Value,
} from "@hclbuild/value";
import { BuildError, diagnosticOf } from "@hclbuild/sdk";
import { executeCatalog } from "../catalog.js";
import { visitSensitiveCalls } from "../secrets/secret-parts.js";

/** A configuration that cannot be used; its findings are diagnostics with places. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.find((item) => item.severity === "error")?.message.replace(/\.$/, "") ?? "invalid configuration");
    this.diagnostics = diagnostics;
  }
}

/** What a configuration is resolved with. */
export interface ConfigSources {
  readonly scope: EvaluationScope;
  readonly spans: SpanTable;
  /** Renders an option as a Go template; throws `BuildError`. */
  readonly render: (text: string) => string;
  /** Told every sensitive text before the component gets it. */
  readonly addSecrets: (secrets: readonly string[]) => void;
}

/** A component's configuration as the graph holds it. */
export interface NodeConfig {
  readonly id: NodeId;
  readonly schema: ComponentSchema;
  readonly config: ConfigTemplate;
}

/** The configuration as the component receives it, and what was noted on the way. */
export interface ResolvedConfig {
  readonly config: Readonly<Record<string, JsonValue>>;
  /** Names of the options that hold something sensitive. */
  readonly sensitive: ReadonlySet<string>;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Evaluates what the graph left open, converts to the schema's types, renders Go templates, checks the result and takes
 * the marks off. This is the only place where sensitive values become plain.
 * @throws ConfigurationError
 */
export function resolveConfig(node: NodeConfig, sources: ConfigSources): ResolvedConfig {
  const bag = new DiagnosticBag();
  const scope = watchSecrets(sources.scope, sources.addSecrets);
  const resolver: Resolver = { node, sources: { ...sources, scope }, bag, secrets: [], rendered: new Set() };
  const values = new Map<string, Value>();
  for (const [name, template] of Object.entries(node.config)) {
    values.set(name, evaluateOption(resolver, name, template));
  }
  const stop = (): void => {
    if (bag.hasErrors) throw new ConfigurationError(bag.items);
  };
  stop();
  checkConfig(node.schema, viewOf(resolver, values), bag.report, node.id);
  stop();
  const config: Record<string, JsonValue> = {};
  const sensitive = new Set<string>();
  for (const [name, value] of values) {
    const before = resolver.secrets.length;
    const plain = revealOption(resolver, node.schema.body, { name, value, pointer: `/${name}` });
    if (plain !== null) config[name] = plain;
    if (containsMark(value, "sensitive") || resolver.secrets.length > before) sensitive.add(name);
  }
  stop();
  checkRendered(resolver, values, config);
  stop();
  sources.addSecrets(resolver.secrets);
  return { config: applyDefaults(node.schema.body, config), sensitive, warnings: bag.items };
}

/**
 * Checks again what rendering has changed: a template was not the value yet. There were no errors before. What stands in
 * nested blocks is not checked again.
 */
function checkRendered(
  resolver: Resolver,
  values: ReadonlyMap<string, Value>,
  config: Readonly<Record<string, JsonValue>>,
): void {
  const { schema, id } = resolver.node;
  const rendered = new Map(values);
  let hasChanged = false;
  for (const [name, value] of values) {
    const attribute = schema.body.attributes[name];
    if (attribute?.interpolate !== true || !resolver.rendered.has(`/${name}`)) continue;
    const after = fromParsedJson(config[name] as LosslessJson, attribute.type);
    if (isValueError(after)) continue;
    hasChanged = true;
    rendered.set(name, containsMark(value, "sensitive") ? markValue(after, "sensitive") : after);
  }
  if (!hasChanged) return;
  const bag = new DiagnosticBag();
  checkConfig(schema, viewOf(resolver, rendered), bag.report, id);
  for (const item of bag.items) if (item.severity === "error") resolver.bag.report.add(item);
}

/**
 * A scope that tells every sensitive text that is looked up through it: what an expression makes of a secret is masked
 * as a whole, but scripts may show the secret alone.
 */
export function watchSecrets(
  scope: EvaluationScope,
  addSecrets: (secrets: readonly string[]) => void,
): EvaluationScope {
  const watch = (value: Value | undefined): void => {
    if (value === undefined || !containsMark(value, "sensitive")) return;
    const secrets: string[] = [];
    collectSecrets(value, false, secrets);
    addSecrets(secrets);
  };
  return {
    ...scope,
    resolve(root, steps, span, report) {
      const resolution = scope.resolve(root, steps, span, report);
      watch(resolution?.value);
      return resolution;
    },
    output(node, path) {
      const value = scope.output?.(node, path);
      watch(value);
      return value;
    },
  };
}

/** Evaluates a template that is not an option, such as a value node. */
export function evaluateTemplate(template: Template, scope: EvaluationScope, bag: DiagnosticBag): Value {
  return evaluate(decodeTemplate(template), scope, bag.report);
}

interface Resolver {
  readonly node: NodeConfig;
  readonly sources: ConfigSources;
  readonly bag: DiagnosticBag;
  readonly secrets: string[];
  /** Pointers of the options that held a Go template. */
  readonly rendered: Set<string>;
}

function spanOf(resolver: Resolver, pointer: string): Span | undefined {
  const table = resolver.sources.spans[resolver.node.id];
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const entry = table?.[at];
    if (entry !== undefined) return { file: entry[0], start: entry[1], end: entry[2] };
    if (at === "") return undefined;
  }
}

function evaluateOption(resolver: Resolver, name: string, template: Template): Value {
  const { scope } = resolver.sources;
  const expr = decodeTemplate(template);
  const value = evaluate(expr, scope, resolver.bag.report);
  if (containsMark(value, "sensitive")) {
    visitSensitiveCalls(expr, scope, (part) => collectSecrets(part, false, resolver.secrets));
  }
  if (!isWhollyKnown(value) && !resolver.bag.hasErrors) {
    resolver.bag.report(executeCatalog["unknown-option"], {
      option: name,
      span: spanOf(resolver, `/${name}`),
      address: resolver.node.id,
    });
  }
  const attribute = resolver.node.schema.body.attributes[name];
  return attribute === undefined ? value : convertOption(resolver, attribute, { name, value, pointer: `/${name}` });
}

interface Option {
  readonly name: string;
  readonly value: Value;
  readonly pointer: string;
}

function convertOption(resolver: Resolver, attribute: AttributeSchema, option: Option): Value {
  const converted = convert(option.value, attribute.type);
  if (!isValueError(converted)) return converted;
  resolver.bag.report(executeCatalog["wrong-type"], {
    option: option.name,
    reason: converted.message.replace(/\.$/, ""),
    span: spanOf(resolver, option.pointer),
    address: resolver.node.id,
  });
  return option.value;
}

/** The configuration as the schema's checks see it. */
function viewOf(resolver: Resolver, values: ReadonlyMap<string, Value>, pointer = "", body?: BlockSchema): ConfigView {
  const schema = body ?? resolver.node.schema.body;
  const attributes = new Map<string, { value: Value; span?: Span | undefined }>();
  const blocks = new Map<string, readonly ConfigView[]>();
  for (const [name, value] of values) {
    const at = `${pointer}/${name}`;
    const nested = schema.blocks[name];
    if (nested === undefined) attributes.set(name, { value, span: spanOf(resolver, at) });
    else {
      blocks.set(
        name,
        blockValues(value, nested.nesting).map(([key, item]) =>
          viewOf(
            resolver,
            new Map(entriesOf(unmarkShallow(item).value)),
            key === "" ? at : `${at}/${key}`,
            nested.body,
          ),
        ),
      );
    }
  }
  return { attributes, blocks, span: spanOf(resolver, pointer) };
}

/** The bodies of a kind of block, each with its part of the pointer. */
function blockValues(value: Value, nesting: "single" | "list" | "set" | "map"): readonly (readonly [string, Value])[] {
  const bare = unmarkShallow(value).value;
  if (isNull(bare)) return [];
  switch (nesting) {
    case "single":
      return [["", bare]];
    case "map":
      return entriesOf(bare);
    default:
      return elementsOf(bare).map((item, index) => [String(index), item]);
  }
}

function revealOption(resolver: Resolver, body: BlockSchema, option: Option): JsonValue {
  const nested = body.blocks[option.name];
  if (nested === undefined) return revealAttribute(resolver, body.attributes[option.name], option);
  const items = blockValues(option.value, nested.nesting).map(([key, item]) => {
    const pointer = key === "" ? option.pointer : `${option.pointer}/${key}`;
    return [key, revealBody(resolver, nested.body, { ...option, value: item, pointer })] as const;
  });
  if (nested.nesting === "map") return Object.fromEntries(items);
  if (nested.nesting === "single") return items[0]?.[1] ?? null;
  return items.map(([, item]) => item);
}

function revealBody(resolver: Resolver, body: BlockSchema, option: Option): JsonValue {
  const result: Record<string, JsonValue> = {};
  for (const [name, raw] of entriesOf(unmarkShallow(option.value).value)) {
    const inner = { name, value: raw, pointer: `${option.pointer}/${name}` };
    const attribute = body.attributes[name];
    const value = attribute === undefined ? raw : convertOption(resolver, attribute, inner);
    const plain = revealOption(resolver, body, { ...inner, value });
    if (plain !== null) result[name] = plain;
  }
  return result;
}

function revealAttribute(resolver: Resolver, attribute: AttributeSchema | undefined, option: Option): JsonValue {
  const sensitive = attribute?.sensitive === true;
  if (sensitive || containsMark(option.value, "sensitive")) collectSecrets(option.value, sensitive, resolver.secrets);
  const interpolate = attribute?.interpolate !== false;
  // Secrets first: an error of the template may quote its text.
  if (resolver.secrets.length > 0) resolver.sources.addSecrets(resolver.secrets);
  return plainOf(revealForPlugin(option.value), (text) => (interpolate ? renderOption(resolver, option, text) : text));
}

/** Renders a text; what is wrong with it is reported at the option. */
function renderOption(resolver: Resolver, option: Option, text: string): string {
  if (text.includes("{{")) resolver.rendered.add(option.pointer);
  try {
    return resolver.sources.render(text);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const place = { span: spanOf(resolver, option.pointer), address: resolver.node.id };
    resolver.bag.report.add(diagnosticOf(error, place));
    return text;
  }
}

/** A value as plain JSON, secrets included, to be hashed and nothing else. */
export function plainForDigest(value: Value): JsonValue {
  return isWhollyKnown(value) ? plainOf(revealForPlugin(value), (text) => text) : null;
}

/** The texts of all sensitive parts of a value. */
export function collectSecrets(value: Value, inherited: boolean, secrets: string[]): void {
  const { value: bare, marks } = unmarkShallow(value);
  const sensitive = inherited || marks.sensitive;
  if (!isKnown(bare) || isNull(bare)) return;
  switch (bare.type.kind) {
    case "string":
      if (sensitive) pushText(asText(bare), secrets);
      return;
    case "number":
      if (sensitive) pushNumber(String(numToDouble(asNumber(bare))), secrets);
      return;
    case "map":
    case "object":
      for (const [, item] of entriesOf(bare)) collectSecrets(item, sensitive, secrets);
      return;
    case "list":
    case "set":
    case "tuple":
      for (const item of elementsOf(bare)) collectSecrets(item, sensitive, secrets);
      return;
    default:
  }
}

/** A text; of an assignment to an environment variable the value, too, which programs show alone. */
function pushText(text: string, secrets: string[]): void {
  secrets.push(text);
  const [assignment] = /^[A-Za-z_]\w*=/.exec(text) ?? [];
  if (assignment !== undefined) secrets.push(text.slice(assignment.length));
}

/** Shortest number that counts as a secret: shorter ones are all over any output. */
const shortestNumber = 6;

function pushNumber(text: string, secrets: string[]): void {
  if (text.length >= shortestNumber) secrets.push(text);
}

function plainOf(value: Value, render: (text: string) => string): JsonValue {
  if (isNull(value)) return null;
  switch (value.type.kind) {
    case "string":
      return render(asText(value));
    case "bool":
      return asBoolean(value);
    case "number":
      return numToDouble(asNumber(value));
    case "map":
    case "object":
      return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, plainOf(item, render)]));
    default:
      return elementsOf(value).map((item) => plainOf(item, render));
  }
}

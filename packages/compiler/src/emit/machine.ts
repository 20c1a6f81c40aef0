import type { Report, SourceSet } from "@hclbuild/diagnostics";
import type { DecodedBody, Reference } from "@hclbuild/eval";
import {
  componentRef,
  type ConfigTemplate,
  type GraphBuilder,
  type NodeId,
  type StepNode,
  type Template,
} from "@hclbuild/graph";
import type { ComponentSchema, RegisteredComponent } from "@hclbuild/schema";
import {
  convert,
  entriesOf,
  isValueError,
  numberType,
  objectOf,
  stringType,
  typeToJson,
  type ObjectType,
  type Type,
  type Value,
} from "@hclbuild/value";
import { usesOfBody, type BodyUses } from "../blocks/body-references.js";
import {
  fullBuildName,
  passesFilter,
  type BuildPlan,
  type PostProcessorPlan,
  type ProvisionerPlan,
  type SourceUse,
} from "../blocks/build-plan.js";
import { configCatalog } from "../catalog.js";
import {
  checkDecoded,
  checkUnknownBody,
  decodeConfig,
  type DecodedConfig,
  type DecodePlace,
} from "../evaluate/config.js";
import type { DefinitionTable } from "../evaluate/definitions.js";
import { emitConfig, emitOption } from "./emit.js";
import { checkGoTemplates } from "./go-templates.js";
import type { Selection } from "../select/only-except.js";

export interface MachineContext {
  readonly definitions: DefinitionTable;
  readonly graph: GraphBuilder;
  readonly inputs: Map<string, Value>;
  readonly report: Report;
  /** The texts that templates in options stand in. */
  readonly sources: SourceSet;
  readonly selection: Selection;
  defer(id: NodeId, references: readonly Reference[]): void;
  /** Decoded bodies that are the same for all machines. */
  readonly shared: Map<ProvisionerPlan | PostProcessorPlan, DecodedConfig>;
}

/** One build of one source. */
export interface MachinePlan {
  readonly plan: BuildPlan;
  readonly use: SourceUse;
  readonly component: RegisteredComponent;
}

const buildKeys: Readonly<Record<string, Type>> = {
  ConnType: stringType,
  Host: stringType,
  ID: stringType,
  PackerHTTPAddr: stringType,
  PackerHTTPIP: stringType,
  PackerHTTPPort: stringType,
  PackerRunUUID: stringType,
  Password: stringType,
  Port: numberType,
  SSHPrivateKey: stringType,
  SSHPublicKey: stringType,
  User: stringType,
  WinRMPassword: stringType,
  name: stringType,
};

/** The type of the object that `build` names with a builder. */
export function buildType(builder: ComponentSchema): ObjectType {
  const outputs = Object.entries(builder.output).map(([name, attribute]) => [name, attribute.type] as const);
  return objectOf({ ...buildKeys, ...Object.fromEntries(outputs) });
}

// What connections tell beside the keys of `build`.
const connectionFields = ["SSHAgentAuth", "SSHPrivateKeyFile"];

/** What templates in options can name as `{{.Name}}`. */
function fieldsOf({ attributes }: ObjectType): ReadonlySet<string> {
  return new Set([...Object.keys(attributes), ...connectionFields]);
}

/** The type when the builder is not known: only the common keys. */
export const commonBuildType: ObjectType = objectOf(buildKeys);

/** Compiles one machine with its steps and the chains of post-processors after it. */
export function emitMachine(context: MachineContext, { plan, use, component }: MachinePlan): void {
  const { graph, definitions, report } = context;
  const id = uniqueId(graph, `build${plan.name === "" ? "" : `.${plan.name}`}/source.${use.type}.${use.localName}`);
  const source = { type: use.type, name: use.localName };
  const out = buildType(component.schema);
  const place: DecodePlace = { source, build: { name: plan.name, machine: { id, out } } };
  const { body } = component.schema;
  const decoded = decodeConfig(definitions, use.bodies, { schema: body, place: { source } }, report);
  const address = `source.${use.type}.${use.localName}`;
  checkDecoded(component.schema, decoded, { span: use.symbol.block.headerSpan, address }, report);
  checkGoTemplates(decoded.now, body, { sources: context.sources, fields: fieldsOf(out), report });
  const config = emitConfig(decoded.late, body, { ...context, id });
  for (const part of use.bodies) deferOpen(context, decoded, { id, uses: () => usesOfBody(part, body) });
  const steps = plan.provisioners.filter((step) => passesFilter(step, use));
  graph.span(id, "", use.span);
  graph.machine({
    id,
    name: fullBuildName(plan, use),
    sourceName: use.symbol.name,
    component: componentRef(component),
    config,
    ...connectOf(component.schema, config),
    steps: steps.flatMap((step, index) => emitStep(context, step, { id: `${id}/provisioner.${index}`, place, use })),
    onError:
      plan.errorCleanup !== undefined && passesFilter(plan.errorCleanup, use)
        ? emitStep(context, plan.errorCleanup, { id: `${id}/error-cleanup.0`, place, use })
        : [],
    after: [],
    out: typeToJson(out),
  });
  graph.root(id);
  for (const [chain, posts] of plan.chains.entries()) emitChain(context, posts, { machine: id, chain, place, use });
}

/** Checks the steps of a machine whose builder is not available, so that their mistakes are found all the same. */
export function checkSteps(context: MachineContext, plan: BuildPlan, use: SourceUse): void {
  const id = `build${plan.name === "" ? "" : `.${plan.name}`}/source.${use.type}.${use.localName}`;
  const place: DecodePlace = {
    source: { type: use.type, name: use.localName },
    build: { name: plan.name, machine: { id, out: commonBuildType, isOpen: true } },
  };
  checkUnknownBody(context.definitions, use.bodies, { source: place.source }, context.report);
  const steps = [...plan.provisioners, ...(plan.errorCleanup ? [plan.errorCleanup] : []), ...plan.chains.flat()];
  for (const step of steps) if (passesFilter(step, use)) decodeStep(context, step, place);
}

/** A block inside the body that stands for an unknown number of blocks: what it depends on must be read first. */
function deferOpen(
  context: MachineContext,
  decoded: DecodedConfig,
  where: { readonly id: NodeId; readonly uses: () => BodyUses },
): void {
  if (hasDeferred(decoded.now)) context.defer(`deferred.${where.id}/dynamic`, where.uses().references);
}

function hasDeferred(body: DecodedBody): boolean {
  for (const blocks of body.blocks.values()) {
    if (blocks.some((block) => block.isDeferred || hasDeferred(block))) return true;
  }
  return false;
}

function uniqueId(graph: GraphBuilder, id: NodeId): NodeId {
  if (!graph.has(id)) return id;
  let number = 2;
  while (graph.has(`${id}#${number}`)) number++;
  return `${id}#${number}`;
}

function connectOf(
  schema: ComponentSchema,
  config: ConfigTemplate,
): { readonly connect?: { readonly communicator: Template } } {
  const option = schema.body.attributes["communicator"];
  const communicator = config["communicator"] ?? option?.default;
  return communicator === undefined ? {} : { connect: { communicator } };
}

interface StepPlace {
  readonly id: NodeId;
  readonly place: DecodePlace;
  readonly use: SourceUse;
}

/** Decodes and checks a step's body; one decoding serves all machines unless the body says something about them. */
function decodeStep(
  context: MachineContext,
  step: ProvisionerPlan | PostProcessorPlan,
  place: DecodePlace,
): DecodedConfig | undefined {
  const { component } = step;
  if (component === undefined) {
    checkUnknownBody(context.definitions, [step.body], place, context.report);
    return undefined;
  }
  const known = context.shared.get(step);
  if (known !== undefined) return known;
  const { body } = component.schema;
  const decoded = decodeConfig(context.definitions, [step.body], { schema: body, place }, context.report);
  const fields = fieldsOf(place.build?.machine?.out ?? commonBuildType);
  checkGoTemplates(decoded.now, body, { sources: context.sources, fields, report: context.report });
  const overridden = "override" in step && step.override !== undefined;
  if (!overridden) checkDecoded(component.schema, decoded, { span: step.block.headerSpan }, context.report);
  const isOwn = usesOfBody(step.body, body).references.some(({ root }) => root === "source" || root === "build");
  if (!isOwn && !overridden) context.shared.set(step, decoded);
  return decoded;
}

function emitStep(context: MachineContext, step: ProvisionerPlan, where: StepPlace): readonly StepNode[] {
  const decoded = decodeStep(context, step, where.place);
  const { component } = step;
  if (decoded === undefined || component === undefined || step.isDeferred) return [];
  const target = { ...context, id: where.id };
  deferOpen(context, decoded, { id: where.id, uses: () => usesOfBody(step.body, component.schema.body) });
  const config = emitConfig(decoded.late, component.schema.body, target);
  const override = step.override === undefined ? {} : emitOverride(context, step, { ...where, decoded });
  context.graph.span(where.id, "", step.block.headerSpan);
  return [
    {
      id: where.id,
      ...(step.name === undefined ? {} : { name: step.name }),
      component: componentRef(component),
      config: { ...config, ...override },
      ...(step.retry === undefined ? {} : { retry: step.retry }),
      ...(step.timeoutMs === undefined ? {} : { timeoutMs: step.timeoutMs }),
      ...(step.pauseMs === undefined ? {} : { pauseMs: step.pauseMs }),
      ...(step.continueOnError === undefined ? {} : { continueOnError: step.continueOnError }),
      ...(step.cache === undefined ? {} : { cache: step.cache }),
    },
  ];
}

/** The options that `override` gives for this source, converted and checked together with those of the body. */
function emitOverride(
  context: MachineContext,
  step: ProvisionerPlan,
  where: StepPlace & { readonly decoded: DecodedConfig },
): ConfigTemplate {
  const { report } = context;
  const { schema } = step.component as RegisteredComponent;
  const attributes = new Map<string, { readonly value: Value; readonly span?: DecodedSpan }>(
    where.decoded.now.attributes,
  );
  const options: Record<string, Template> = {};
  const own = entriesOf(step.override as Value).find(([name]) => name === where.use.localName)?.[1];
  for (const [name, value] of own === undefined ? [] : entriesOf(own)) {
    const attribute = schema.body.attributes[name];
    const complain = (problem: string): void =>
      report(configCatalog["invalid-argument"], { name: "override", problem, span: step.overrideSpan });
    if (attribute === undefined) {
      complain(`The ${step.type} provisioner has no option ${JSON.stringify(name.slice(0, 40))}`);
      continue;
    }
    const converted = convert(value, attribute.type);
    if (isValueError(converted)) {
      complain(`The option ${name} does not fit: ${converted.message}`);
      continue;
    }
    const option = { value: converted, sensitive: attribute.sensitive, span: step.overrideSpan };
    attributes.set(name, { value: converted, ...(step.overrideSpan === undefined ? {} : { span: step.overrideSpan }) });
    options[name] = emitOption(name, option, { ...context, id: where.id });
  }
  checkDecoded(schema, where.decoded, { span: step.block.headerSpan, attributes }, report);
  return options;
}

type DecodedSpan = NonNullable<ProvisionerPlan["overrideSpan"]>;

interface ChainPlace {
  readonly machine: NodeId;
  readonly chain: number;
  readonly place: DecodePlace;
  readonly use: SourceUse;
}

/** A post-processor that `-except` names takes the rest of its chain with it: what follows needs its artifact. */
function emitChain(context: MachineContext, posts: readonly PostProcessorPlan[], where: ChainPlace): void {
  const { machine, chain } = where;
  let from: NodeId = machine;
  for (const [index, post] of posts.entries()) {
    if (context.selection.drops({ name: post.name ?? "", type: post.type })) break;
    if (!passesFilter(post, where.use)) continue;
    const decoded = decodeStep(context, post, where.place);
    const { component } = post;
    if (decoded === undefined || component === undefined || post.isDeferred) continue;
    const id = `${machine}/post.${chain}.${index}`;
    context.graph.span(id, "", post.block.headerSpan);
    context.graph.post({
      id,
      ...(post.name === undefined ? {} : { name: post.name }),
      chain,
      component: componentRef(component),
      config: emitConfig(decoded.late, component.schema.body, { ...context, id }),
      from,
      machine,
      ...(post.keepInput === undefined ? {} : { keepInput: post.keepInput }),
    });
    from = id;
  }
  if (from !== machine) context.graph.root(from);
}

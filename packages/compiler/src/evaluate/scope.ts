import { suggestName, type Report, type Span } from "@hclbuild/diagnostics";
import type { EffectCall, FunctionTable, Resolution, Scope } from "@hclbuild/eval";
import type { Expr, NodeId, ObjectExprItem, Step } from "@hclbuild/graph";
import {
  attributeNames,
  dynamicUnknown,
  objectValue,
  stringType,
  stringValue,
  unknownValue,
  type ObjectType,
  type Type,
  type Value,
} from "@hclbuild/value";
import { referenceCatalog } from "../catalog.js";
import { compatibilityLevel } from "../requirements/compatibility.js";
import { effectCallId, noteCall, type NotedCalls } from "./effect-calls.js";
import type { Variable } from "../variables/resolve.js";

/** What the value of a local or data source is, before and at the run. */
export interface Evaluated {
  /** The value as far as it is known now, folders of this machine and the present time included. */
  readonly value: Value;
  /** Set when the value must be computed again at the run: what is known of it in every run. */
  readonly late?: Value;
  /** It, or something it uses, could not be evaluated; what is wrong has been reported. */
  readonly isFailed?: boolean;
  /** What names the value in an expression that is evaluated at the run. */
  readonly reference: Expr;
}

/** The definitions that expressions can use, evaluated on demand. */
export interface Definitions {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly functions: FunctionTable;
  local(name: string): Evaluated | undefined;
  localNames(): readonly string[];
  /** By `TYPE.NAME`. */
  data(reference: string): Evaluated | undefined;
  dataNames(): readonly string[];
  /** What a service answered to a call, by the call's id. */
  effect(id: NodeId): Value | undefined;
  /** Where calls of services are noted as they are evaluated. */
  readonly notedCalls: NotedCalls;
  /** What `path.root` is. */
  readonly rootPath: string;
  readonly workingDirectory: string;
}

/** The source that a body is evaluated for. */
export interface SourceView {
  readonly type: string;
  readonly name: string;
}

/** The machine whose outputs `build` names. */
export interface BuildView {
  readonly name: string;
  /** Absent where a body is evaluated once for all machines: then only `build.name` can be used. */
  readonly machine?: {
    readonly id: NodeId;
    readonly out: ObjectType;
    /** The builder is not available, so there may be more outputs than are known. */
    readonly isOpen?: boolean;
  };
}

/** Where an expression stands decides what it may use. */
export interface Place {
  /** `late` leaves what differs between machines and runs unknown, so that it stays in residual expressions. */
  readonly mode: "now" | "late";
  readonly source?: SourceView | undefined;
  readonly build?: BuildView | undefined;
  /** Why `source` and `build` cannot be used, where they cannot. */
  readonly restriction?: string | undefined;
}

/** The scope of an expression at a place. */
export function createPlaceScope(definitions: Definitions, place: Place): Scope {
  const roots = ["data", "local", "packer", "path", "var"];
  if (place.source !== undefined) roots.push("source");
  if (place.build !== undefined) roots.push("build");
  roots.sort();
  return {
    functions: definitions.functions,
    rootNames: () => roots,
    resolveEffect: (call) => resolveCall(definitions, call),
    resolve(root, steps, span, report) {
      const question: Question = { root, steps, span, report };
      switch (root) {
        case "var":
          return resolveVariable(definitions, question);
        case "local":
          return resolveLocal(definitions, place, question);
        case "data":
          return resolveData(definitions, place, question);
        case "path":
          return resolvePathRoot(definitions, place, question);
        case "packer":
          return resolveKey(question, packerValues());
        case "source":
          return resolveSource(place, question);
        case "build":
          return resolveBuild(place, question);
        default:
          return undefined;
      }
    },
  };
}

/**
 * The scope of a graph's expressions at the run: inputs by their address, folders, and whatever a template's expressions
 * can name. Outputs of nodes are the executor's.
 */
export function createRunScope(definitions: Definitions, inputs: ReadonlyMap<string, Value>): Scope {
  const now = createPlaceScope(definitions, { mode: "now" });
  return {
    functions: definitions.functions,
    rootNames: () => now.rootNames(),
    resolveEffect: (call) => resolveCall(definitions, call),
    resolve(root, steps, span, report) {
      const [first] = steps;
      const value = first?.kind === "attr" ? inputs.get(`${root}.${first.name}`) : undefined;
      return value === undefined ? now.resolve(root, steps, span, report) : { value, consumed: 1 };
    },
  };
}

/** Services are asked when the build begins; until then their answers are unknown texts. */
function resolveCall(definitions: Definitions, call: EffectCall): Resolution {
  const id = effectCallId(call.name, call.args);
  const value = id === undefined ? undefined : definitions.effect(id);
  if (id === undefined || value === undefined) {
    noteCall(definitions.notedCalls, id, call);
    return { value: unknownValue(stringType), consumed: 0 };
  }
  return { value, consumed: 0, residual: inputExpr("effect", id.slice("effect.".length)) };
}

interface Question {
  readonly root: string;
  readonly steps: readonly Step[];
  readonly span: Span | undefined;
  readonly report: Report;
}

const failed: Value = dynamicUnknown;

/** The name that a step asks for, in either form: `.name` or `["name"]`. */
export function nameOf(step: Step | undefined): string | undefined {
  if (step === undefined) return undefined;
  if (step.kind === "attr") return step.name;
  return step.key.type.kind === "string" && typeof step.key.representation === "string"
    ? step.key.representation
    : undefined;
}

/** The name alone, without the dot before it. */
function nameSpanOf(step: Step | undefined): Span | undefined {
  const span = step?.span;
  if (step?.kind !== "attr" || span === undefined) return span;
  return { ...span, start: Math.max(span.start, span.end - step.name.length) };
}

function resolveVariable(definitions: Definitions, question: Question): Resolution {
  const [first] = question.steps;
  const name = nameOf(first);
  if (name === undefined)
    return wholeObject(definitions.variables, "var", ({ value }) => ({ value, reference: undefined }));
  const variable = definitions.variables.get(name);
  if (variable !== undefined) return { value: variable.value, consumed: 1, residual: inputExpr("var", name) };
  return undeclared("undeclared-variable", name, definitions.variables.keys(), question);
}

function resolveLocal(definitions: Definitions, place: Place, question: Question): Resolution {
  const [first] = question.steps;
  const name = nameOf(first);
  if (name === undefined) {
    const names = definitions.localNames().map((each) => [each, definitions.local(each)] as const);
    return wholeObject(new Map(names), "local", (local) => ({
      value: local === undefined ? failed : valueAt(local, place),
      reference: local?.reference,
    }));
  }
  const local = definitions.local(name);
  if (local !== undefined) return { value: valueAt(local, place), consumed: 1, residual: local.reference };
  return undeclared("undeclared-local", name, definitions.localNames(), question);
}

function undeclared(
  problem: "undeclared-variable" | "undeclared-local",
  name: string,
  declared: Iterable<string>,
  question: Question,
): Resolution {
  const near = suggestName(name, declared);
  const span = nameSpanOf(question.steps[0]) ?? question.span;
  // How to declare one is said only where no other name was meant.
  question.report(referenceCatalog[problem], { name, near, declare: near === undefined ? "" : undefined, span });
  return { value: failed, consumed: question.steps.length };
}

function valueAt(evaluated: Evaluated, place: Place): Value {
  return place.mode === "late" ? (evaluated.late ?? evaluated.value) : evaluated.value;
}

function resolveData(definitions: Definitions, place: Place, question: Question): Resolution {
  const [type, name] = question.steps.map(nameOf);
  if (type === undefined || name === undefined) {
    question.report(referenceCatalog["incomplete-reference"], {
      form: "data.TYPE.NAME.ATTRIBUTE",
      span: question.span,
    });
    return { value: failed, consumed: question.steps.length };
  }
  const data = definitions.data(`${type}.${name}`);
  if (data !== undefined) return { value: valueAt(data, place), consumed: 2, residual: data.reference };
  const known = definitions.dataNames();
  const near = suggestName(`${type}.${name}`, known);
  const declare = near === undefined ? "" : undefined;
  question.report(referenceCatalog["undeclared-data"], { name: `${type}.${name}`, near, declare, span: question.span });
  return { value: failed, consumed: question.steps.length };
}

function resolvePathRoot(definitions: Definitions, place: Place, question: Question): Resolution {
  const now = place.mode === "now";
  const directory = (path: string): Value => (now ? stringValue(path) : unknownValue(stringType, { notNull: true }));
  return resolveKey(question, {
    cwd: directory(definitions.workingDirectory),
    root: directory(definitions.rootPath),
  });
}

function packerValues(): Readonly<Record<string, Value>> {
  return {
    iterationID: unknownValue(stringType),
    version: stringValue(compatibilityLevel),
    versionFingerprint: unknownValue(stringType),
  };
}

function resolveSource(place: Place, question: Question): Resolution {
  if (place.source === undefined) return notAvailable(place, question);
  return resolveKey(question, { name: stringValue(place.source.name), type: stringValue(place.source.type) });
}

function resolveBuild(place: Place, question: Question): Resolution {
  const { build } = place;
  if (build === undefined) return notAvailable(place, question);
  const name = stringValue(build.name);
  const { machine } = build;
  const key = nameOf(question.steps[0]);
  if (key === "name") return { value: name, consumed: 1 };
  if (machine === undefined) {
    if (key === undefined) return { value: objectValue({ name }), consumed: 0 };
    const reason = `Only build.name is known here. ${place.restriction ?? ""}`.trimEnd();
    question.report(referenceCatalog["not-available-here"], { root: `build.${key}`, reason, span: question.span });
    return { value: failed, consumed: question.steps.length };
  }
  const values = Object.fromEntries(
    attributeNames(machine.out).map((attribute) => [
      attribute,
      unknownValue(machine.out.attributes[attribute] as Type),
    ]),
  );
  if (key === undefined) {
    const residual: Expr = { kind: "out", node: machine.id, path: [] };
    return { value: objectValue({ ...values, name }), consumed: 0, residual };
  }
  if (machine.isOpen === true && values[key] === undefined) return { value: failed, consumed: question.steps.length };
  const resolution = resolveKey(question, { ...values, name });
  return resolution.consumed === 1 && values[key] !== undefined
    ? { ...resolution, residual: { kind: "out", node: machine.id, path: [key] } }
    : resolution;
}

function notAvailable(place: Place, question: Question): Resolution {
  const { root, span, report } = question;
  report(referenceCatalog["not-available-here"], {
    root,
    reason:
      place.restriction ??
      `It has a value only in ${root === "source" ? "sources, provisioners" : "provisioners"} and post-processors.`,
    span,
  });
  return { value: failed, consumed: question.steps.length };
}

function resolveKey(question: Question, values: Readonly<Record<string, Value>>): Resolution {
  const [first] = question.steps;
  const name = nameOf(first);
  if (name === undefined) return { value: objectValue(values), consumed: 0 };
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value !== undefined) return { value, consumed: 1 };
  const known = Object.keys(values).sort();
  question.report(referenceCatalog["unknown-key"], {
    root: question.root,
    name,
    near: suggestName(name, known),
    known: known.join(", "),
    span: nameSpanOf(first) ?? question.span,
  });
  return { value: failed, consumed: question.steps.length };
}

/** An input of the run, such as `var.password`. */
export function inputExpr(root: string, name: string): Expr {
  return { kind: "input", root, steps: [{ kind: "attr", name }] };
}

/** `var` or `local` as a whole. */
function wholeObject<T>(
  table: ReadonlyMap<string, T>,
  root: string,
  read: (item: T) => { readonly value: Value; readonly reference: Expr | undefined },
): Resolution {
  const values: Record<string, Value> = {};
  const items: ObjectExprItem[] = [];
  for (const [name, item] of table) {
    const { value, reference } = read(item);
    values[name] = value;
    items.push({ key: { kind: "lit", value: stringValue(name) }, value: reference ?? inputExpr(root, name) });
  }
  return { value: objectValue(values), consumed: 0, residual: { kind: "object", items } };
}

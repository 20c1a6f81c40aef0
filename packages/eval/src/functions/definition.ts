import type { Expr } from "@hclbuild/graph";
import type { Report, Span } from "@hclbuild/diagnostics";
import type { Marks, Path, Refinement, Type, Value } from "@hclbuild/value";
import type { EvaluationBudget, WorkBudget } from "../budget.js";
import type { FixedText, Problem } from "./problem.js";

export type { WorkBudget };

/**
 * Why a call failed. `message` is one sentence, lower or upper case as it reads after "Call to function … failed:".
 * `argument` is the index of the argument at fault (counting variadic ones) and `path` a place inside it.
 */
export interface FunctionError {
  readonly kind: "function-error";
  readonly message: string | Problem;
  readonly argument?: number;
  readonly path?: Path;
}

/** Makes a {@link FunctionError} about the call as a whole. What comes from values is said by a {@link Problem} only. */
export function functionError<const Text extends string>(message: FixedText<Text> | Problem): FunctionError {
  return { kind: "function-error", message };
}

/** Makes a {@link FunctionError} about one argument. What comes from values is said by a {@link Problem} only. */
export function argumentError<const Text extends string>(
  argument: number,
  message: FixedText<Text> | Problem,
  path: Path = [],
): FunctionError {
  return { kind: "function-error", message, argument, path };
}

/** Whether a function's outcome is a failure instead of a value or type. */
export function isFunctionError(outcome: object): outcome is FunctionError {
  return (outcome as { kind?: unknown }).kind === "function-error";
}

/**
 * A parameter. Before `returnType` and `call` run, the argument is converted to `type`. By default
 * a null argument is an error; an argument whose type is not yet known, or which is not wholly known, makes the result
 * unknown without calling `call`; and marks are taken off (deeply) and put on the result.
 */
export interface FunctionParameter {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  /** `call` is run although this argument is unknown or has unknown parts. */
  readonly allowUnknown?: boolean;
  /** A null argument is passed on. */
  readonly allowNull?: boolean;
  /** The argument keeps its marks; the function puts them on its result itself. */
  readonly allowMarked?: boolean;
  /** `returnType` (and with `allowUnknown` `call`) is run although the argument's type is not yet known. */
  readonly allowDynamic?: boolean;
}

/** What a function body may use besides its arguments. */
export interface CallContext {
  readonly host: FunctionHost;
  /** What `returnType` gave for these arguments; `call` returns a value of it. */
  readonly returnType: Type;
  /** The table the function was called through, for functions that evaluate expressions (`templatefile`). */
  readonly functions: FunctionTable;
  /** To charge for large results, and to pass on by functions that evaluate other texts, which so share its depth. */
  readonly budget: EvaluationBudget;
}

interface FunctionCommon {
  readonly name: string;
  readonly description: string;
  readonly params: readonly FunctionParameter[];
  /** Takes all further arguments. */
  readonly varParam?: FunctionParameter;
  /** Gives another result at each call: stays a call in residuals, and runs once per site and run. */
  readonly volatile?: boolean;
  /** Looks at all parts of its arguments at all depths, of which so many cost about as much as one step of evaluation. */
  readonly partsPerStep?: number;
  /**
   * Needs the network or another service. While compiling, the value is what the scope's effects say, else unknown;
   * the name tells which effect component computes it.
   */
  readonly effect?: string;
}

/** A function on values. */
export interface ValueFunction extends FunctionCommon {
  readonly kind?: "value";
  /**
   * The result's type for these arguments (converted; null, unknown and marked ones as the parameter allows; an
   * argument the parameter does not allow marked arrives unmarked). May look at values.
   */
  returnType(args: readonly Value[]): Type | FunctionError;
  /** Never throws for any arguments that pass the parameters' rules. */
  call(args: readonly Value[], context: CallContext): Value | FunctionError;
  /** What is known of an unknown result, such as that it is not null. */
  readonly refinement?: Refinement;
}

/** What a {@link LazyFunction} can do with its arguments. */
export interface LazyCall {
  readonly args: readonly Expr[];
  readonly span?: Span | undefined;
  /** Evaluates an argument; `ok` is false when that reported an error, which `messages` describes. */
  attempt(arg: Expr): LazyAttempt;
  /** Evaluates an argument and reports its errors. */
  evaluate(arg: Expr): Value;
  readonly report: Report;
  readonly budget: EvaluationBudget;
}

/** How the evaluation of an argument went. */
export interface LazyAttempt {
  readonly value: Value;
  readonly ok: boolean;
  /** It may still fail, depending on something unknown. */
  readonly mayFail: boolean;
  /** Marks of everything that success or failure may depend on: of every variable in the argument. */
  marks(): Marks;
  readonly messages: readonly {
    readonly message: string;
    readonly detail?: string;
    readonly span?: Span | undefined;
  }[];
}

/** A function that takes its arguments unevaluated: `try`, `can`, `convert`. */
export interface LazyFunction extends FunctionCommon {
  readonly kind: "lazy";
  /** Indexes of arguments that are never evaluated, only read; they stay as they are in residuals. */
  readonly syntacticArguments?: readonly number[];
  evaluateCall(call: LazyCall): Value | FunctionError;
}

/** A function of either kind. */
export type FunctionDefinition = ValueFunction | LazyFunction;

/** The functions of a scope. Names are unique. */
export interface FunctionTable {
  readonly host: FunctionHost;
  get(name: string): FunctionDefinition | undefined;
  /** Sorted. */
  names(): readonly string[];
  /** A sentence of advice about a name that is not in the table, such as what other tools' function is called here. */
  advice?(name: string): string | undefined;
}

/** Makes a table; a later definition of the same name replaces an earlier one. */
export function createFunctionTable(definitions: Iterable<FunctionDefinition>, host: FunctionHost): FunctionTable {
  const byName = new Map<string, FunctionDefinition>();
  for (const definition of definitions) byName.set(definition.name, definition);
  let sorted: readonly string[] | undefined;
  return {
    host,
    get: (name) => byName.get(name),
    names: () => (sorted ??= [...byName.keys()].toSorted()),
  };
}

/** A failure of the host, with a message for the user such as "no such file". */
export interface HostError {
  readonly kind: "host-error";
  readonly code: string;
  readonly message: string;
}

/** What functions may know about a path. */
export interface FileStatus {
  readonly kind: "file" | "directory" | "other";
  readonly size: number;
}

/**
 * Everything of the outside that functions may see. Synchronous, so that evaluation is; paths are given as the
 * function resolved them (absolute).
 */
export interface FunctionHost {
  readFile(path: string): Uint8Array | HostError;
  /** `undefined` when nothing is there. Follows symbolic links. */
  statFile(path: string): FileStatus | undefined | HostError;
  /** Names in a directory with their kinds (links followed), unsorted. */
  listFiles(path: string): readonly { readonly name: string; readonly kind: FileStatus["kind"] }[] | HostError;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** When the process (or the resumed run) started, same unit. */
  readonly startTime: number;
  randomUuid(): string;
  randomBytes(length: number): Uint8Array;
  env(name: string): string | undefined;
  /** Working directory, absolute. */
  readonly cwd: string;
  /** The template's directory, absolute. */
  readonly rootDir: string;
  readonly homeDir?: string;
}

/** The value a flag takes. */
export type FlagKind = "bool" | "text" | "texts" | "int";

/** One flag of a command, written once: parsing, help and documentation are derived from it. */
export interface FlagSpec {
  readonly name: string;
  readonly kind: FlagKind;
  /** What stands for the value in the help, such as `KEY=VALUE`. */
  readonly placeholder?: string;
  /** Text shown in the help. */
  readonly help: string;
  /** The only values accepted. */
  readonly choices?: readonly string[];
  /** What holds when the flag is absent; shown in the help. */
  readonly default?: string;
  /** Parsed, but left out of the help. */
  readonly hidden?: true;
}

/** The parsed flags. Asking for a flag that the command does not define is a fault of ours and throws. */
export interface Flags {
  /** Whether the flag was given at all. */
  has(name: string): boolean;
  bool(name: string): boolean;
  text(name: string): string | undefined;
  /** All values of a repeatable flag in command-line order. */
  texts(name: string): readonly string[];
  int(name: string): number | undefined;
}

/** Why a command line does not fit its command. */
export type FlagProblem =
  | { readonly kind: "help" }
  | { readonly kind: "unknown"; readonly flag: string }
  | { readonly kind: "missing-value"; readonly flag: string }
  | { readonly kind: "bad-syntax"; readonly text: string }
  | { readonly kind: "invalid-value"; readonly flag: string; readonly value: string; readonly expected: string };

export type ParsedFlags =
  | { readonly kind: "parsed"; readonly flags: Flags; readonly args: readonly string[] }
  | { readonly kind: "problem"; readonly problem: FlagProblem };

type FlagValue = boolean | string | number | readonly string[];

/**
 * Parses arguments in the manner of Go's `flag` package: `-name`, `--name`, `-name=value`, `-name value`; a boolean
 * takes a value only after `=`; `--` ends the flags; `-` is an argument. Unlike Go's, flags may follow arguments.
 */
export function parseFlags(specs: readonly FlagSpec[], argv: readonly string[]): ParsedFlags {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const values = new Map<string, FlagValue>();
  const args: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (word === "--") {
      args.push(...argv.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      args.push(word);
      continue;
    }
    const outcome = parseFlag(word, argv[index + 1], byName);
    if (outcome.kind === "problem") return outcome;
    if (outcome.usedNext) index++;
    store(values, outcome.spec, outcome.value);
  }
  return { kind: "parsed", flags: createFlags(byName, values), args };
}

type OneFlag =
  | { readonly kind: "flag"; readonly spec: FlagSpec; readonly value: FlagValue; readonly usedNext: boolean }
  | { readonly kind: "problem"; readonly problem: FlagProblem };

function parseFlag(word: string, next: string | undefined, byName: ReadonlyMap<string, FlagSpec>): OneFlag {
  const body = word.slice(word.startsWith("--") ? 2 : 1);
  const equals = body.indexOf("=");
  const name = equals === -1 ? body : body.slice(0, equals);
  if (name === "" || name.startsWith("-")) return { kind: "problem", problem: { kind: "bad-syntax", text: word } };
  const spec = byName.get(name);
  if (spec === undefined) {
    if (name === "h" || name === "help") return { kind: "problem", problem: { kind: "help" } };
    return { kind: "problem", problem: { kind: "unknown", flag: name } };
  }
  const inline = equals === -1 ? undefined : body.slice(equals + 1);
  if (spec.kind === "bool" && inline === undefined) return { kind: "flag", spec, value: true, usedNext: false };
  const text = inline ?? next;
  if (text === undefined) return { kind: "problem", problem: { kind: "missing-value", flag: name } };
  const value = readValue(spec, text);
  if (value === undefined) {
    const expected = spec.choices?.join(", ") ?? (spec.kind === "bool" ? "true or false" : "an integer");
    return { kind: "problem", problem: { kind: "invalid-value", flag: name, value: text, expected } };
  }
  return { kind: "flag", spec, value, usedNext: inline === undefined };
}

// The spellings that Go's strconv.ParseBool accepts.
const trueTexts = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falseTexts = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function readValue(spec: FlagSpec, text: string): FlagValue | undefined {
  if (spec.choices !== undefined && !spec.choices.includes(text)) return undefined;
  switch (spec.kind) {
    case "bool":
      return trueTexts.has(text) ? true : falseTexts.has(text) ? false : undefined;
    case "int":
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case "text":
    case "texts":
      return text;
  }
}

function store(values: Map<string, FlagValue>, spec: FlagSpec, value: FlagValue): void {
  if (spec.kind === "texts") {
    const before = (values.get(spec.name) ?? []) as readonly string[];
    values.set(spec.name, [...before, value as string]);
  } else values.set(spec.name, value);
}

function createFlags(byName: ReadonlyMap<string, FlagSpec>, values: ReadonlyMap<string, FlagValue>): Flags {
  const read = (name: string, kind: FlagKind): FlagValue | undefined => {
    const spec = byName.get(name);
    if (spec?.kind !== kind) throw new Error(`flag -${name} is not a ${kind} flag of this command`);
    return values.get(name);
  };
  return {
    has: (name) => values.has(name),
    bool: (name) => (read(name, "bool") as boolean | undefined) ?? byName.get(name)?.default === "true",
    text: (name) => (read(name, "text") as string | undefined) ?? byName.get(name)?.default,
    texts: (name) => (read(name, "texts") as readonly string[] | undefined) ?? [],
    int: (name) => read(name, "int") as number | undefined,
  };
}

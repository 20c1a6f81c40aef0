import {
  boolType,
  boolValue,
  dynamicType,
  dynamicUnknown,
  emptyObject,
  emptyTuple,
  isValueError,
  listOf,
  listValue,
  mapOf,
  mapValue,
  markValue,
  nullValue,
  numFromDouble,
  numFromText,
  numberFromText,
  numberType,
  numberValue,
  objectOf,
  objectValue,
  refineValue,
  setOf,
  setValue,
  stringType,
  stringValue,
  tupleOf,
  tupleValue,
  unknownValue,
  type HclNumber,
  type Refinement,
  type Type,
  type Value,
} from "@hclbuild/value";

/** What a Go expression of the vectors evaluates to. */
type GoResult = Type | Value | string | number | boolean | readonly GoResult[] | GoMap | GoPending;

interface GoMap {
  readonly kind: "go-map";
  readonly entries: readonly (readonly [string, GoResult])[];
}

/** A value under refinement, between `Refine()` and `NewValue()`. */
interface GoPending {
  readonly kind: "go-pending";
  readonly value: Value;
  readonly refinement: Refinement;
}

/** Evaluates the Go syntax in which the vectors give unknown and marked values, such as `cty.UnknownVal(cty.String)`. */
export function decodeGoValue(source: string): Value {
  const parser = new GoParser(source);
  const result = parser.parse();
  if (typeof result !== "object" || !("representation" in result)) throw new Error(`not a value: ${source}`);
  return result;
}

const constants: Readonly<Record<string, GoResult>> = {
  String: stringType,
  Number: numberType,
  Bool: boolType,
  DynamicPseudoType: dynamicType,
  EmptyObject: objectOf({}),
  EmptyTuple: tupleOf([]),
  DynamicVal: dynamicUnknown,
  EmptyObjectVal: emptyObject,
  EmptyTupleVal: emptyTuple,
  True: boolValue(true),
  False: boolValue(false),
};

class GoParser {
  readonly #source: string;
  #offset = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): GoResult {
    const result = this.#expression();
    if (this.#offset !== this.#source.length) throw this.#error();
    return result;
  }

  #error(): Error {
    return new Error(`cannot read Go value at ${this.#offset}: ${this.#source}`);
  }

  #accept(text: string): boolean {
    if (!this.#source.startsWith(text, this.#offset)) return false;
    this.#offset += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw this.#error();
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#offset += found.length;
    return found;
  }

  #expression(): GoResult {
    if (this.#accept("[]cty.Type{") || this.#accept("[]cty.Value{")) return this.#items("}");
    if (this.#accept("[]string{")) return this.#items("}");
    if (this.#accept("map[string]cty.Type{") || this.#accept("map[string]cty.Value{")) return this.#mapBody();
    const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) return unquoteGo(quoted);
    const number = this.#match(/[+-]?(?:Inf|\d[\d.]*(?:e[+-]?\d+)?)/y);
    if (number !== undefined) return number === "true" ? true : number;
    if (this.#accept("true")) return true;
    if (this.#accept("false")) return false;
    this.#expect("cty.");
    const name = this.#match(/\w+/y) ?? "";
    let result = this.#accept("(") ? callFunction(name, this.#items(")")) : constants[name];
    if (result === undefined) throw this.#error();
    while (this.#accept(".")) {
      const method = this.#match(/\w+/y) ?? "";
      this.#expect("(");
      result = callMethod(result, method, this.#items(")"));
    }
    return result;
  }

  #items(end: string): readonly GoResult[] {
    const items: GoResult[] = [];
    while (!this.#accept(end)) {
      items.push(this.#expression());
      this.#accept(", ");
    }
    return items;
  }

  #mapBody(): GoMap {
    const entries: (readonly [string, GoResult])[] = [];
    while (!this.#accept("}")) {
      const key = this.#match(/"(?:[^"\\]|\\.)*"/y);
      if (key === undefined) throw this.#error();
      this.#expect(":");
      entries.push([unquoteGo(key), this.#expression()]);
      this.#accept(", ");
    }
    return { kind: "go-map", entries };
  }
}

function unquoteGo(text: string): string {
  const escaped = text.replace(/\\(?:x([0-9a-f]{2})|U([0-9a-f]{8})|([av]))/g, (whole: string, hex, long, letter) => {
    if (hex !== undefined) return `\\u00${String(hex)}`;
    if (long !== undefined) return String.fromCodePoint(Number.parseInt(String(long), 16));
    return letter === "a" ? "\\u0007" : letter === "v" ? "\\u000b" : whole;
  });
  return JSON.parse(escaped) as string;
}

function typesOf(map: GoMap): Map<string, Type> {
  return new Map(map.entries as readonly (readonly [string, Type])[]);
}

function valuesOf(map: GoMap): Map<string, Value> {
  return new Map(map.entries as readonly (readonly [string, Value])[]);
}

function firstKnownType(values: Iterable<Value>): Type {
  for (const value of values) if (value.type.kind !== "dynamic") return value.type;
  return dynamicType;
}

function callFunction(name: string, args: readonly GoResult[]): GoResult {
  const [first, second] = args;
  switch (name) {
    case "List":
      return listOf(first as Type);
    case "Set":
      return setOf(first as Type);
    case "Map":
      return mapOf(first as Type);
    case "Tuple":
      return tupleOf(first as readonly Type[]);
    case "Object":
      return objectOf(typesOf(first as GoMap));
    case "ObjectWithOptionalAttrs":
      return objectOf(typesOf(first as GoMap), second as readonly string[]);
    case "UnknownVal":
      return unknownValue(first as Type);
    case "NullVal":
      return nullValue(first as Type);
    case "StringVal":
      return stringValue(first as string);
    case "NumberIntVal":
      return numberValue(goNumber(first as string));
    case "NumberFloatVal":
      return numberValue(numFromDouble(Number((first as string).replace("Inf", "Infinity"))) ?? 0);
    case "MustParseNumberVal":
      return numberFromText(first as string) ?? dynamicUnknown;
    case "ListVal":
      return listValue(firstKnownType(first as readonly Value[]), first as readonly Value[]);
    case "SetVal":
      return setValue(firstKnownType(first as readonly Value[]), first as readonly Value[]);
    case "TupleVal":
      return tupleValue(first as readonly Value[]);
    case "MapVal":
      return mapValue(firstKnownType(valuesOf(first as GoMap).values()), valuesOf(first as GoMap));
    case "ObjectVal":
      return objectValue(valuesOf(first as GoMap));
    case "ListValEmpty":
      return listValue(first as Type, []);
    case "SetValEmpty":
      return setValue(first as Type, []);
    case "MapValEmpty":
      return mapValue(first as Type, {});
    case "NewValueMarks":
      return args;
    default:
      throw new Error(`unknown Go function cty.${name}`);
  }
}

function goNumber(text: string): HclNumber {
  return numFromText(text) ?? 0;
}

function callMethod(target: GoResult, name: string, args: readonly GoResult[]): GoResult {
  const [first, second] = args;
  if (typeof target === "object" && "kind" in target && target.kind === "go-pending") {
    return refineGo(target, name, args);
  }
  const value = target as Value;
  switch (name) {
    case "Mark":
      return mark(value, first as string);
    case "WithMarks":
      return (first as readonly string[]).reduce(mark, value);
    case "RefineNotNull":
      return refineValue(value, { notNull: true });
    case "Refine":
      return { kind: "go-pending", value, refinement: {} };
    default:
      throw new Error(`unknown Go method ${name}(${String(first)}, ${String(second)})`);
  }
}

function mark(value: Value, label: string): Value {
  return markValue(value, label === "sensitive" ? "sensitive" : { deprecated: label });
}

function refineGo(pending: GoPending, name: string, args: readonly GoResult[]): GoResult {
  const [first, second] = args;
  const refined = (refinement: Refinement): GoPending => ({
    ...pending,
    refinement: { ...pending.refinement, ...refinement },
  });
  const { numberRange, lengthRange } = pending.refinement;
  switch (name) {
    case "NotNull":
      return refined({ notNull: true });
    case "StringPrefixFull":
      return refined({ stringPrefix: first as string });
    case "NumberLowerBound":
      return refined({ numberRange: { ...numberRange, minimum: boundOf(first as Value, second as boolean) } });
    case "NumberUpperBound":
      return refined({ numberRange: { ...numberRange, maximum: boundOf(first as Value, second as boolean) } });
    case "CollectionLengthLowerBound":
      return refined({ lengthRange: { ...lengthRange, minimum: Number(first) } });
    case "CollectionLengthUpperBound":
      return refined({ lengthRange: { minimum: lengthRange?.minimum ?? 0, maximum: Number(first) } });
    case "NewValue":
      return refineValue(pending.value, pending.refinement);
    default:
      throw new Error(`unknown refinement ${name}`);
  }
}

function boundOf(value: Value, inclusive: boolean): { readonly value: HclNumber; readonly inclusive: boolean } {
  if (isValueError(value)) throw new Error("a bound is no number");
  return { value: value.representation as HclNumber, inclusive };
}

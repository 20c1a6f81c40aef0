import { decode, encode, ExtData } from "@msgpack/msgpack";
import { commonElementType } from "./element-type.js";
import { convert } from "./convert/convert.js";
import { isEmptyMarks } from "./marks.js";
import { isInfinite, numCompare, numFromDouble, numToDouble, numToInt, type HclNumber } from "./number.js";
import { numToText } from "./number-text.js";
import { attributeStep, indexStep, type Path } from "./path.js";
import { safePrefix, type NumberBound, type Refinement } from "./refinement.js";
import { setValue } from "./set.js";
import { normalizeText } from "./text.js";
import { typeFromJson, typeToJsonText } from "./type-json.js";
import {
  attributeNames,
  boolType,
  isCollectionType,
  numberType,
  tupleOf,
  withoutOptional,
  type CollectionType,
  type ObjectType,
  type PrimitiveType,
  type TupleType,
  type Type,
} from "./type.js";
import { unknownValue } from "./unknown.js";
import {
  boolValue,
  isKnown,
  listValue,
  mapValue,
  normalizedString,
  nullValue,
  numberFromText,
  numberValue,
  objectValue,
  refinementOf,
  stringValue,
  tupleValue,
  type Value,
} from "./value.js";
import { maximumNesting, valueError, type ValueError } from "./value-error.js";

/** What the MessagePack library writes and reads. */
type Packed = null | boolean | number | bigint | string | Uint8Array | ExtData | readonly Packed[] | PackedMap;
interface PackedMap {
  readonly [key: string]: Packed;
}

const plainUnknownType = 0;
const refinedUnknownType = 12;
const refinementKeys = {
  nullness: 1,
  prefix: 2,
  numberMinimum: 3,
  numberMaximum: 4,
  lengthMinimum: 5,
  lengthMaximum: 6,
};
const longestPrefix = 256;

/** Carries an error out of the recursion; never leaves this file. */
class PackError extends Error {
  readonly path: Path;
  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

function guarded<T>(run: () => T): T | ValueError {
  try {
    return run();
  } catch (error) {
    if (error instanceof PackError) return valueError(error.message, error.path);
    if (
      error instanceof RangeError ||
      (error instanceof Error && /depth|Insufficient data|__proto__|DecodeError/.test(`${error.name} ${error.message}`))
    ) {
      return valueError("the data is no valid MessagePack of this type");
    }
    throw error;
  }
}

/**
 * Writes a value of a type as MessagePack by cty's conventions: unknown values as extension 0, with refinements as
 * extension 12; numbers that neither an integer nor a double holds exactly as text; where the type is `dynamic`, an
 * array of the type's JSON and the value. The value is converted to the type first. Marked values are an error.
 */
export function encodeMessagePack(value: Value, type: Type = value.type): Uint8Array | ValueError {
  const converted = convert(value, type);
  if ("kind" in converted) return converted;
  return guarded(() => encodePacked(pack({ value: converted, type: withoutOptional(type), path: [] })));
}

function encodePacked(packed: Packed): Uint8Array {
  return encode(packed, { useBigInt64: true, maxDepth: 3 * maximumNesting });
}

interface PackTask {
  readonly value: Value;
  readonly type: Type;
  readonly path: Path;
}

function pack({ value, type, path }: PackTask): Packed {
  if (!isEmptyMarks(value.marks)) throw new PackError("value has marks, so it cannot be serialized", path);
  if (path.length > maximumNesting) throw new PackError("the value is nested too deeply", path);
  if (type.kind === "dynamic" && value.type.kind !== "dynamic") {
    return [Buffer.from(typeToJsonText(value.type)), pack({ value, type: value.type, path })];
  }
  if (!isKnown(value)) return packUnknown(value);
  const { representation } = value;
  if (representation === null || typeof representation === "string" || typeof representation === "boolean")
    return representation;
  if (Array.isArray(representation)) {
    return (representation as readonly Value[]).map((part, index) => {
      const partType = type.kind === "tuple" ? (type.elements[index] ?? part.type) : (type as CollectionType).element;
      return pack({ value: part, type: partType, path: [...path, indexStep(numberValue(index))] });
    });
  }
  if (!(representation instanceof Map)) return packNumber(representation as HclNumber);
  const result: Record<string, Packed> = Object.create(null) as Record<string, Packed>;
  for (const [name, part] of representation as ReadonlyMap<string, Value>) {
    const partType = type.kind === "object" ? (type.attributes[name] ?? part.type) : (type as CollectionType).element;
    const step = type.kind === "object" ? attributeStep(name) : indexStep(normalizedString(name));
    result[name] = pack({ value: part, type: partType, path: [...path, step] });
  }
  return result;
}

function packNumber(n: HclNumber): Packed {
  if (isInfinite(n)) return n;
  const whole = numToInt(n);
  if (whole !== undefined) {
    if (BigInt.asIntN(64, whole) !== whole) return numToText(n);
    const small = Number(whole);
    // The library writes whole numbers beyond 32 bits as doubles unless they are bigints.
    return small >= -(2 ** 31) && small < 2 ** 32 ? small : whole;
  }
  const double = numToDouble(n);
  const back = numFromDouble(double);
  return back !== undefined && numCompare(back, n) === 0 ? double : numToText(n);
}

function packUnknown(value: Value): Packed {
  const refinement = refinementOf(value);
  const entries: Record<string, Packed> = {};
  if (refinement.notNull === true) entries[refinementKeys.nullness] = false;
  if (refinement.stringPrefix !== undefined) entries[refinementKeys.prefix] = shortenPrefix(refinement.stringPrefix);
  const { minimum, maximum } = refinement.numberRange ?? {};
  if (minimum !== undefined) entries[refinementKeys.numberMinimum] = packBound(minimum);
  if (maximum !== undefined) entries[refinementKeys.numberMaximum] = packBound(maximum);
  const { lengthRange } = refinement;
  if (lengthRange !== undefined && lengthRange.minimum > 0) entries[refinementKeys.lengthMinimum] = lengthRange.minimum;
  if (lengthRange?.maximum !== undefined) entries[refinementKeys.lengthMaximum] = lengthRange.maximum;
  const keys = Object.keys(entries);
  if (keys.length === 0) return new ExtData(plainUnknownType, new Uint8Array(1));
  // The library writes string keys only, and the convention has integers: the map is put together here.
  const parts = keys.flatMap((key) => [encodePacked(Number(key)), encodePacked(entries[key] as Packed)]);
  return new ExtData(refinedUnknownType, Buffer.concat([Uint8Array.of(0x80 | keys.length), ...parts]));
}

function packBound(bound: NumberBound): Packed {
  return [packNumber(bound.value), bound.inclusive];
}

function shortenPrefix(prefix: string): string {
  if (Buffer.byteLength(prefix) <= longestPrefix) return prefix;
  return safePrefix(
    Buffer.from(prefix)
      .subarray(0, longestPrefix - 1)
      .toString("utf8")
      .replace(/\ufffd+$/, ""),
  );
}

/** Reads what {@link encodeMessagePack} writes for the type. Never throws for bad data. */
export function decodeMessagePack(data: Uint8Array, type: Type): Value | ValueError {
  return guarded(() => {
    const packed = decode(data, { useBigInt64: true }) as Packed;
    return unpack({ packed, type: withoutOptional(type), path: [] });
  });
}

interface UnpackTask<T extends Type = Type> {
  readonly packed: Packed;
  readonly type: T;
  readonly path: Path;
}

function unpack({ packed, type, path }: UnpackTask): Value {
  if (path.length > maximumNesting) throw new PackError("the value is nested too deeply", path);
  if (packed instanceof ExtData) return unpackUnknown(packed, type, path);
  if (packed === null) return nullValue(type);
  switch (type.kind) {
    case "dynamic":
      return unpackDynamic(packed, path);
    case "list":
    case "set":
      return unpackSequence({ packed, type, path });
    case "tuple":
      return unpackTuple({ packed, type, path });
    case "map":
      return unpackMap({ packed, type, path });
    case "object":
      return unpackObject({ packed, type, path });
    default:
      return unpackPrimitive({ packed, type, path });
  }
}

function unpackPrimitive({ packed, type, path }: UnpackTask<PrimitiveType>): Value {
  if (type.kind === "bool" && typeof packed === "boolean") return boolValue(packed);
  if (type.kind === "string" && typeof packed === "string") return stringValue(packed);
  if (type.kind === "number") {
    if (typeof packed === "bigint" || (typeof packed === "number" && !Number.isNaN(packed))) return numberValue(packed);
    const read = typeof packed === "string" ? numberFromText(packed) : undefined;
    if (read !== undefined) return read;
  }
  throw new PackError(`${type.kind} is required`, path);
}

function isPackedArray(packed: Packed): packed is readonly Packed[] {
  return Array.isArray(packed);
}

function isPackedMap(packed: Packed): packed is PackedMap {
  return typeof packed === "object" && packed !== null && Object.getPrototypeOf(packed) === Object.prototype;
}

function elementType(values: readonly Value[], { type, path }: UnpackTask<CollectionType>): Type {
  const common = values.length === 0 ? type.element : commonElementType(values);
  if (common === undefined) throw new PackError(`all ${type.kind} elements must have the same type`, path);
  return common;
}

function unpackSequence({ packed, type, path }: UnpackTask<CollectionType>): Value {
  if (!isPackedArray(packed)) throw new PackError(`a ${type.kind} is required`, path);
  const values = packed.map((item, index) =>
    unpack({ packed: item, type: type.element, path: [...path, indexStep(numberValue(index))] }),
  );
  const element = elementType(values, { packed, type, path });
  return type.kind === "list" ? listValue(element, values) : setValue(element, values);
}

function unpackTuple({ packed, type, path }: UnpackTask<TupleType>): Value {
  if (!isPackedArray(packed) || packed.length !== type.elements.length) {
    throw new PackError(`a tuple of length ${type.elements.length} is required`, path);
  }
  return tupleValue(
    packed.map((item, index) =>
      unpack({ packed: item, type: type.elements[index] as Type, path: [...path, indexStep(numberValue(index))] }),
    ),
  );
}

function unpackMap({ packed, type, path }: UnpackTask<CollectionType>): Value {
  if (!isPackedMap(packed)) throw new PackError("a map is required", path);
  const values = new Map<string, Value>();
  for (const [name, item] of Object.entries(packed)) {
    values.set(name, unpack({ packed: item, type: type.element, path: [...path, indexStep(stringValue(name))] }));
  }
  return mapValue(elementType([...values.values()], { packed, type, path }), values);
}

function unpackObject({ packed, type, path }: UnpackTask<ObjectType>): Value {
  if (!isPackedMap(packed)) throw new PackError("an object is required", path);
  const values = new Map<string, Value>();
  for (const [rawName, item] of Object.entries(packed)) {
    const name = normalizeText(rawName);
    const attribute = type.attributes[name];
    if (attribute === undefined) throw new PackError("unsupported attribute", [...path, attributeStep(name)]);
    values.set(name, unpack({ packed: item, type: attribute, path: [...path, attributeStep(name)] }));
  }
  const missing = attributeNames(type).find((name) => !values.has(name));
  if (missing !== undefined) throw new PackError(`attribute ${JSON.stringify(missing)} is required`, path);
  return objectValue(values);
}

function unpackDynamic(packed: Packed, path: Path): Value {
  if (!isPackedArray(packed) || packed.length !== 2) {
    throw new PackError("dynamic value array must have exactly two elements", path);
  }
  const [typeJson, inner] = packed as readonly [Packed, Packed];
  const text =
    typeof typeJson === "string"
      ? typeJson
      : typeJson instanceof Uint8Array
        ? Buffer.from(typeJson).toString("utf8")
        : "";
  const type = typeFromJson(parseJson(text));
  if (type.kind === "value-error") throw new PackError(type.message, path);
  return unpack({ packed: inner, type: withoutOptional(type), path });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unpackUnknown(extension: ExtData, type: Type, path: Path): Value {
  const data = typeof extension.data === "function" ? extension.data(0) : extension.data;
  if (data.length <= 1) return unknownValue(type);
  if (extension.type !== refinedUnknownType) throw new PackError(`unsupported extension type ${extension.type}`, path);
  if (data.length > 1024) throw new PackError("oversize unknown value refinement", path);
  const entries = decode(data, { useBigInt64: true }) as Packed;
  if (!isPackedMap(entries)) throw new PackError("the refinement is not a map", path);
  if (type.kind === "dynamic") return unknownValue(type);
  if (entries[refinementKeys.nullness] === true) return nullValue(type);
  return unknownValue(type, unpackRefinement(entries, type, path));
}

function unpackRefinement(entries: PackedMap, type: Type, path: Path): Refinement {
  const prefix = entries[refinementKeys.prefix];
  const minimum = unpackBound(entries[refinementKeys.numberMinimum], path);
  const maximum = unpackBound(entries[refinementKeys.numberMaximum], path);
  const shortest = entries[refinementKeys.lengthMinimum];
  const longest = entries[refinementKeys.lengthMaximum];
  return {
    ...(entries[refinementKeys.nullness] === false ? { notNull: true } : {}),
    ...(typeof prefix === "string" && type.kind === "string" ? { stringPrefix: prefix } : {}),
    ...(type.kind === "number"
      ? { numberRange: { ...(minimum ? { minimum } : {}), ...(maximum ? { maximum } : {}) } }
      : {}),
    ...(isCollectionType(type) && (shortest !== undefined || longest !== undefined)
      ? {
          lengthRange: {
            minimum: Number(shortest ?? 0),
            ...(longest === undefined ? {} : { maximum: Number(longest) }),
          },
        }
      : {}),
  };
}

const boundType = tupleOf([numberType, boolType]);

function unpackBound(packed: Packed | undefined, path: Path): NumberBound | undefined {
  if (packed === undefined) return undefined;
  const [n, inclusive] = unpack({ packed, type: boundType, path }).representation as readonly [Value, Value];
  if (!isKnown(n) || n.representation === null) throw new PackError("the bound of a refinement is not a number", path);
  return { value: n.representation as HclNumber, inclusive: inclusive.representation === true };
}

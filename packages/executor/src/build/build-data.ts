import type { Json } from "@hclbuild/sdk";
import {
  boolValue,
  dynamicType,
  getAttribute,
  indexValue,
  isValueError,
  markValue,
  nullValue,
  numberValue,
  objectValue,
  stringValue,
  tupleValue,
  type Value,
} from "@hclbuild/value";

/** Keys of a build's data that are secrets wherever they come from. */
const secretKeys: ReadonlySet<string> = new Set(["Password", "WinRMPassword", "SSHPrivateKey"]);

/** What `build` offers when neither the builder nor the connection says anything. */
const commonKeys = [
  "ID",
  "Host",
  "User",
  "Password",
  "ConnType",
  "SSHPublicKey",
  "SSHPrivateKey",
  "WinRMPassword",
] as const;

/** Plain data as a value. */
export function valueOf(data: Json): Value {
  if (data === null) return nullValue(dynamicType);
  if (typeof data === "string") return stringValue(data);
  if (typeof data === "boolean") return boolValue(data);
  if (typeof data === "number") return numberValue(data);
  if (Array.isArray(data)) return tupleValue(data.map((item: Json) => valueOf(item)));
  return objectValue(new Map(Object.entries(data).map(([key, item]) => [key, valueOf(item)])));
}

/** The value of `build`: the machine's data, with passwords and private keys marked. */
export function buildValue(data: Readonly<Record<string, Json>>): Value {
  const entries = Object.entries(data).map(([key, item]) => {
    const value = valueOf(item);
    return [key, secretKeys.has(key) && item !== "" ? markValue(value, "sensitive") : value] as const;
  });
  return objectValue(new Map(entries));
}

/** The secrets among a machine's data. */
export function secretsOfData(data: Readonly<Record<string, Json>>): readonly string[] {
  return [...secretKeys].flatMap((key) => {
    const value = data[key];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
}

/** The keys that every build's data has, before the machine adds its own. */
export function commonData(runId: string, name: string): Readonly<Record<string, Json>> {
  const missing = Object.fromEntries(commonKeys.map((key) => [key, ""]));
  return {
    ...missing,
    Port: 0,
    PackerRunUUID: runId,
    PackerHTTPAddr: "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER",
    PackerHTTPIP: "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER",
    PackerHTTPPort: "ERR_HTTP_PORT_NOT_IMPLEMENTED_BY_BUILDER",
    name,
  };
}

/** Follows a path into a value; `undefined` when it leads nowhere. */
export function followPath(value: Value, path: readonly (string | number)[]): Value | undefined {
  let current = value;
  for (const step of path) {
    const next = typeof step === "string" ? textStep(current, step) : indexValue(current, numberValue(step));
    if (next === undefined || isValueError(next)) return undefined;
    current = next;
  }
  return current;
}

function textStep(value: Value, name: string): Value | undefined {
  const next = value.type.kind === "map" ? indexValue(value, stringValue(name)) : getAttribute(value, name);
  return isValueError(next) ? undefined : next;
}

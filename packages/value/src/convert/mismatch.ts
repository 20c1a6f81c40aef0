import {
  attributeNames,
  friendlyConstraintName,
  friendlyTypeName,
  hasDynamic,
  isCollectionType,
  isPrimitiveType,
  typesEqual,
  type CollectionType,
  type ObjectType,
  type TupleType,
  type Type,
} from "../type.js";
import type { Planner } from "./conversion.js";

/**
 * Says why a value of one type is no acceptable value of another, leading to the innermost part at fault. The result
 * has no final period and follows a colon well.
 */
export function describeMismatch(planner: Planner, got: Type, want: Type): string {
  if (got.kind === "object" && want.kind === "object") return describeObjects(planner, got, want);
  if (got.kind === "tuple" && (want.kind === "list" || want.kind === "set") && want.element.kind === "dynamic") {
    return `all ${want.kind} elements must have the same type`;
  }
  if (got.kind === "object" && want.kind === "map" && want.element.kind === "dynamic") {
    return "all map elements must have the same type";
  }
  if ((got.kind === "tuple" || got.kind === "object") && isCollectionType(want))
    return describeStructure(planner, got, want);
  if (isCollectionType(got) && isCollectionType(want)) return describeCollections(planner, got, want);
  if (mayConfuse(got, want)) return `${friendlyConstraintName(want)} required`;
  return `${friendlyTypeName(want)} required, but have ${friendlyTypeName(got)}`;
}

function describeObjects(planner: Planner, got: ObjectType, want: ObjectType): string {
  const names = attributeNames(want);
  const missing = names.filter((name) => got.attributes[name] === undefined && !want.optional.has(name));
  if (missing.length > 0) return describeMissing(missing);
  const mismatch = (unsafe: boolean): string | undefined => {
    for (const name of names) {
      const gotType = got.attributes[name];
      const wantType = want.attributes[name] as Type;
      if (gotType === undefined || typesEqual(gotType, wantType) || planner.plan(gotType, wantType, unsafe)) continue;
      return `attribute ${JSON.stringify(name)}: ${describeMismatch(planner, gotType, wantType)}`;
    }
    return undefined;
  };
  return mismatch(true) ?? mismatch(false) ?? "incorrect object attributes";
}

/** Names that are listed; a type may have thousands. */
const maximumListed = 20;

function describeMissing(names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name));
  if (quoted.length === 1) return `attribute ${quoted[0]} is required`;
  if (quoted.length > maximumListed) {
    const others = quoted.length - maximumListed;
    return `attributes ${quoted.slice(0, maximumListed).join(", ")} and ${others} more are required`;
  }
  if (quoted.length === 2) return `attributes ${quoted[0]} and ${quoted[1]} are required`;
  return `attributes ${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)} are required`;
}

function describeStructure(planner: Planner, got: TupleType | ObjectType, want: CollectionType): string {
  if ((want.kind === "map") !== (got.kind === "object")) return `${friendlyConstraintName(want)} required`;
  const parts: readonly (readonly [number | string, Type])[] =
    got.kind === "tuple"
      ? got.elements.map((type, index) => [index, type] as const)
      : attributeNames(got).map((name) => [JSON.stringify(name), got.attributes[name] as Type] as const);
  for (const [label, type] of parts) {
    if (typesEqual(type, want.element) || planner.plan(type, want.element, true)) continue;
    return `element ${label}: ${describeMismatch(planner, type, want.element)}`;
  }
  return `all elements must be ${friendlyConstraintName(want.element)}`;
}

function describeCollections(planner: Planner, got: CollectionType, want: CollectionType): string {
  if ((want.kind === "map") !== (got.kind === "map")) return `${friendlyConstraintName(want)} required`;
  return `incorrect ${want.kind} element type: ${describeMismatch(planner, got.element, want.element)}`;
}

/** Whether naming both types would puzzle more than it helps, as for a tuple where the user saw a list. */
function mayConfuse(got: Type, want: Type): boolean {
  if (isPrimitiveType(got) !== isPrimitiveType(want)) return false;
  if (want.kind === "string") return false;
  if (want.kind === "bool" && got.kind === "number") return false;
  if (got.kind === "bool" && want.kind === "number") return false;
  if (isCollectionType(got) && isCollectionType(want) && !hasDynamic(got.element) && hasDynamic(want.element))
    return false;
  return !(got.kind === "tuple" && want.kind === "object");
}

import {
  attributeNames,
  attributeType,
  friendlyTypeName,
  typesEqual,
  unifyTypes,
  type ObjectType,
  type TupleType,
  type Type,
} from "@hclbuild/value";

/**
 * Says where the types of a conditional's two results differ: at the outermost place where that can be told, one level
 * into lists, sets and maps, attribute by attribute and element by element otherwise.
 */
export function describeConditionalMismatch(whenTrue: Type, whenFalse: Type): string {
  if (whenTrue.kind === "object" && whenFalse.kind === "object") return describeObjects(whenTrue, whenFalse);
  if (whenTrue.kind === "tuple" && whenFalse.kind === "tuple") return describeTuples(whenTrue, whenFalse);
  if (isCollection(whenTrue) && whenTrue.kind === whenFalse.kind) {
    const left = whenTrue.element;
    const right = (whenFalse as { readonly element: Type }).element;
    const difference = describeDirectly(left, right);
    return difference === undefined ? nested : `Their ${whenTrue.kind} elements differ: ${difference}`;
  }
  return describeDirectly(whenTrue, whenFalse) ?? nested;
}

const nested =
  "A deeply nested attribute or element of the 'true' result is not compatible with the one of the 'false' result";

function isCollection(type: Type): type is Extract<Type, { readonly element: Type }> {
  return type.kind === "list" || type.kind === "set" || type.kind === "map";
}

/** A difference that needs no further descent into collections. */
function describeDirectly(left: Type, right: Type): string | undefined {
  if (left.kind === "object" && right.kind === "object") return describeObjects(left, right);
  if (left.kind === "tuple" && right.kind === "tuple") return describeTuples(left, right);
  const leftName = friendlyTypeName(left);
  const rightName = friendlyTypeName(right);
  if (leftName === rightName || (isCollection(left) && left.kind === right.kind)) return undefined;
  return `the 'true' result is ${leftName}, but the 'false' result is ${rightName}`;
}

function describeObjects(left: ObjectType, right: ObjectType): string {
  for (const name of attributeNames(left)) {
    const other = attributeType(right, name);
    if (other === undefined) {
      return `the 'true' result has the attribute "${name}", which the 'false' result has not`;
    }
    const own = attributeType(left, name) as Type;
    if (!typesEqual(own, other) && unifyTypes([own, other], { unsafe: true }) === undefined) {
      return `the attribute "${name}" differs: ${describeDirectly(own, other) ?? nested}`;
    }
  }
  const extra = attributeNames(right).find((name) => attributeType(left, name) === undefined);
  return extra === undefined
    ? nested
    : `the 'false' result has the attribute "${extra}", which the 'true' result has not`;
}

function describeTuples(left: TupleType, right: TupleType): string {
  if (left.elements.length !== right.elements.length) {
    return `the 'true' tuple has length ${String(left.elements.length)}, but the 'false' tuple has length ${String(right.elements.length)}`;
  }
  for (const [index, own] of left.elements.entries()) {
    const other = right.elements[index] as Type;
    if (!typesEqual(own, other) && unifyTypes([own, other], { unsafe: true }) === undefined) {
      return `the tuple element ${String(index)} differs: ${describeDirectly(own, other) ?? nested}`;
    }
  }
  return nested;
}

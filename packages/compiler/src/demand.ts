import type { Span } from "@hclbuild/diagnostics";

/** An address such as `local.name` or `data.http.keys`. */
export type Address = string;

/** A use of a definition by another one. */
export interface DependencyEdge {
  readonly address: Address;
  readonly span: Span | undefined;
}

export interface DemandRules<T> {
  /** What a definition uses, in source order; unknown addresses are left out. */
  dependencies(address: Address): readonly DependencyEdge[];
  /** Called once for each definition, when all its dependencies have a value. */
  evaluate(address: Address): T;
  /** Reports a cycle and gives what its members are taken to be. */
  onCycle(members: readonly Address[], edges: readonly DependencyEdge[]): T;
}

/**
 * Evaluates definitions on demand, each once, dependencies first. Uses a stack of its own, so chains may be of any
 * length. Every cycle is reported once, with its exact members.
 */
export function createDemand<T>(rules: DemandRules<T>): (address: Address) => T {
  const values = new Map<Address, T>();
  // Uses that no one can see beforehand, such as of all locals at once, come up while a definition is evaluated.
  const running = new Set<Address>();
  const guarded: DemandRules<T> = {
    ...rules,
    evaluate: (address) => {
      running.add(address);
      const value = rules.evaluate(address);
      running.delete(address);
      return value;
    },
  };
  return (wanted) => {
    const known = values.get(wanted);
    if (known !== undefined) return known;
    if (running.has(wanted)) values.set(wanted, rules.onCycle([wanted], [{ address: wanted, span: undefined }]));
    else walk(wanted, guarded, values);
    return values.get(wanted) as T;
  };
}

interface Frame {
  readonly address: Address;
  readonly edges: readonly DependencyEdge[];
  next: number;
}

function walk<T>(wanted: Address, rules: DemandRules<T>, values: Map<Address, T>): void {
  const path: Frame[] = [{ address: wanted, edges: rules.dependencies(wanted), next: 0 }];
  const depths = new Map<Address, number>([[wanted, 0]]);
  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    const edge = frame.edges[frame.next++];
    if (edge === undefined || values.has(frame.address)) {
      path.pop();
      depths.delete(frame.address);
      if (!values.has(frame.address)) values.set(frame.address, rules.evaluate(frame.address));
      continue;
    }
    if (values.has(edge.address)) continue;
    const depth = depths.get(edge.address);
    if (depth === undefined) {
      depths.set(edge.address, path.length);
      path.push({ address: edge.address, edges: rules.dependencies(edge.address), next: 0 });
      continue;
    }
    const members = path.slice(depth);
    const placeholder = rules.onCycle(
      members.map((member) => member.address),
      members.map((member) => member.edges[member.next - 1] as DependencyEdge),
    );
    for (const member of members) values.set(member.address, placeholder);
  }
}

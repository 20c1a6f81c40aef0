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
  // A use that its expression did not show comes up while a definition is evaluated.
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
    else walk(wanted, guarded, { values, running });
    return values.get(wanted) as T;
  };
}

interface Frame {
  readonly address: Address;
  readonly edges: readonly DependencyEdge[];
  next: number;
}

interface DemandState<T> {
  readonly values: Map<Address, T>;
  /** Definitions whose evaluation asked for the one that is being walked to. */
  readonly running: ReadonlySet<Address>;
}

function walk<T>(wanted: Address, rules: DemandRules<T>, { values, running }: DemandState<T>): void {
  const path: Frame[] = [{ address: wanted, edges: rules.dependencies(wanted), next: 0 }];
  const depths = new Map<Address, number>([[wanted, 0]]);
  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    const edge = frame.edges[frame.next++];
    if (edge === undefined || values.has(frame.address)) {
      path.pop();
      depths.delete(frame.address);
      if (values.has(frame.address)) continue;
      const value = rules.evaluate(frame.address);
      // Its own evaluation may have shown that it is part of a cycle.
      if (!values.has(frame.address)) values.set(frame.address, value);
      continue;
    }
    if (values.has(edge.address)) continue;
    const isRunning = running.has(edge.address);
    const depth = isRunning ? 0 : depths.get(edge.address);
    if (depth === undefined) {
      depths.set(edge.address, path.length);
      path.push({ address: edge.address, edges: rules.dependencies(edge.address), next: 0 });
      continue;
    }
    const members = path.slice(depth);
    const addresses = members.map((member) => member.address);
    const uses = members.map((member) => member.edges[member.next - 1] as DependencyEdge);
    const hidden: DependencyEdge = { address: wanted, span: undefined };
    const placeholder = isRunning
      ? rules.onCycle([edge.address, ...addresses], [hidden, ...uses])
      : rules.onCycle(addresses, uses);
    for (const address of isRunning ? [edge.address, ...addresses] : addresses) values.set(address, placeholder);
  }
}

import { createReport, SourceText, type Diagnostic } from "@hclbuild/diagnostics";
import type { BlockNode, FileNode } from "../../src/ast.js";
import { createParserBundle, fileEntry, parseWith, type ParserBundle } from "../../src/parse.js";
import { tokenize } from "../../src/lexer/lexer.js";
import { createRandom, mutate, mutationKinds, type Mutation, type MutationKind } from "./mutations.js";

/** What one mutated text showed. */
export interface RecoveryResult {
  readonly mutation: Mutation;
  /** Share of the untouched top-level blocks that are still there; `undefined` when there was none. */
  readonly survival: number | undefined;
  /**
   * Steps of this parse by the steps of the clean parse of the original. Where the mutation brings more tokens into
   * being (the text of a comment or heredoc that lost its beginning), the clean parse counts as so much longer.
   */
  readonly stepRatio: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly file: FileNode;
}

interface Counted {
  steps: number;
}

/** Chevrotain's internals that stand for a step: a rule entry, and a token consumed. */
interface Steps {
  ruleInvocationStateUpdate(...args: unknown[]): void;
  consumeToken(): void;
}

/** A parser that counts its steps: tokens consumed and rules entered. */
export function createCountingParser(): { bundle: ParserBundle; counted: Counted } {
  const bundle = createParserBundle(false);
  const counted: Counted = { steps: 0 };
  const internals = bundle.parser as unknown as Steps;
  const enter = internals.ruleInvocationStateUpdate;
  const consume = internals.consumeToken;
  internals.ruleInvocationStateUpdate = function count(...args): void {
    counted.steps++;
    enter.apply(this, args);
  };
  internals.consumeToken = function count(): void {
    counted.steps++;
    consume.call(this);
  };
  return { bundle, counted };
}

/** Type, labels and attribute names of a block: what must be the same for it to have survived. */
export function blockSignature(block: BlockNode): string {
  const attributes = block.body.items.filter((item) => item.kind === "attribute").map((item) => item.name.text);
  return JSON.stringify([block.type.text, block.labels.map((label) => label.text), attributes]);
}

function topBlocks(file: FileNode): readonly BlockNode[] {
  return file.body.items.filter((item) => item.kind === "block");
}

/** Share of the blocks that the edit does not touch which are in the mutated tree, in their order. */
export function survivalOf(original: FileNode, mutated: FileNode, mutation: Mutation): number | undefined {
  const untouched = topBlocks(original).filter(
    (block) => block.end <= mutation.start || (mutation.kind !== "truncate" && block.start >= mutation.end),
  );
  if (untouched.length === 0) return undefined;
  const found = topBlocks(mutated).map(blockSignature);
  let next = 0;
  let survived = 0;
  for (const block of untouched) {
    const index = found.indexOf(blockSignature(block), next);
    if (index === -1) continue;
    survived++;
    next = index + 1;
  }
  return survived / untouched.length;
}

/** Mutates one text `count` times per kind, seeded, and parses every result. */
export function* recoverFrom(
  source: SourceText,
  options: { readonly seed: number; readonly count: (kind: MutationKind) => number },
): Generator<RecoveryResult> {
  const { bundle, counted } = sharedCounting();
  const random = createRandom(options.seed);
  counted.steps = 0;
  const original = parseWith(
    bundle,
    fileEntry,
    source,
    createReport(() => undefined),
  );
  const cleanSteps = Math.max(counted.steps, 1);
  for (const kind of mutationKinds) {
    for (let run = 0; run < options.count(kind); run++) {
      const mutation = mutate(source, kind, random);
      if (mutation === undefined) continue;
      const diagnostics: Diagnostic[] = [];
      counted.steps = 0;
      const file = parseWith(
        bundle,
        fileEntry,
        new SourceText(source.name, mutation.text),
        createReport((item) => diagnostics.push(item)),
      );
      const growth = Math.max(1, tokenCount(file.source) / tokenCount(source));
      const stepRatio = counted.steps / (cleanSteps * growth);
      yield { mutation, survival: survivalOf(original, file, mutation), stepRatio, diagnostics, file };
    }
  }
}

function tokenCount(source: SourceText): number {
  return tokenize(source).tokens.filter((token) => !token.kind.endsWith("Comment")).length + 1;
}

let counting: ReturnType<typeof createCountingParser> | undefined;
function sharedCounting(): ReturnType<typeof createCountingParser> {
  counting ??= createCountingParser();
  return counting;
}

/** Sums over the mutations of one kind. */
export interface KindSum {
  runs: number;
  /** Sum of the survival of the runs in which there was a block to survive, and their number. */
  survival: number;
  measured: number;
  diagnostics: number;
  mostDiagnostics: number;
}

/** Blocks lost by one mutation. */
export interface Loss {
  readonly path: string;
  readonly mutation: Mutation;
  readonly survival: number;
}

export interface RecoveryMetrics {
  readonly kinds: ReadonlyMap<MutationKind, KindSum>;
  readonly losses: readonly Loss[];
  readonly files: number;
  readonly largestStepRatio: number;
}

/**
 * Mutates every file 200 times, or a share of that, and sums up how it recovers. A share of less than one mutation per
 * kind takes every n-th file.
 */
export function measureRecovery(
  files: Iterable<SourceText>,
  options: { readonly share: number; readonly seed: number },
): RecoveryMetrics {
  const perKind = (200 * options.share) / mutationKinds.length;
  const kinds = new Map<MutationKind, KindSum>();
  const losses: Loss[] = [];
  let count = 0;
  let largestStepRatio = 0;
  for (const source of files) {
    const seed = options.seed * 1_000_003 + count++;
    const runs = (kind: MutationKind): number =>
      perKind >= 1 ? Math.round(perKind) : (seed + mutationKinds.indexOf(kind)) % Math.round(1 / perKind) === 0 ? 1 : 0;
    for (const { mutation, survival, stepRatio, diagnostics } of recoverFrom(source, { seed, count: runs })) {
      const sum = kinds.get(mutation.kind) ?? { runs: 0, survival: 0, measured: 0, diagnostics: 0, mostDiagnostics: 0 };
      kinds.set(mutation.kind, sum);
      sum.runs++;
      sum.diagnostics += diagnostics.length;
      sum.mostDiagnostics = Math.max(sum.mostDiagnostics, diagnostics.length);
      largestStepRatio = Math.max(largestStepRatio, stepRatio);
      if (survival === undefined) continue;
      sum.measured++;
      sum.survival += survival;
      if (survival < 1) losses.push({ path: source.name, mutation, survival });
    }
  }
  return { kinds, losses, files: count, largestStepRatio };
}

/** Average survival of some kinds of mutation. */
export function averageSurvival(sums: Iterable<KindSum>): number {
  let survival = 0;
  let measured = 0;
  for (const sum of sums) {
    survival += sum.survival;
    measured += sum.measured;
  }
  return survival / Math.max(measured, 1);
}

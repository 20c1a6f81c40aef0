import type { DiagnosticCode } from "@hclbuild/diagnostics";
import type { PostNode } from "@hclbuild/graph";
import {
  BuildError,
  messageOf,
  type ArtifactHandle,
  type BuildInfo,
  type Json,
  type PostProcessorRuntime,
  type PostProcessResult,
} from "@hclbuild/sdk";
import { buildInfoOf, reportFailure, resolveBuildConfig, type BuildFrame } from "./build-frame.js";
import { errorOf } from "../failure.js";
import { buildUi } from "./provision.js";
import { createNodeScope, createRunContext } from "../run/run-context.js";

/** What the chains of a build leave behind. */
interface ChainResults {
  /** In the order of the summary. */
  readonly artifacts: ArtifactHandle[];
  readonly errors: unknown[];
  /** Whether the first post-processor of any chain wants the builder's artifact to stay. */
  keepsBuilt: boolean;
}

/**
 * Runs the chains, each from the builder's artifact, and returns the artifacts of the build. Intermediate artifacts go
 * as soon as their successor is there, unless they are kept. The builder's artifact goes at the very end, and only when
 * every post-processor succeeded: a failure after the build must not cost what was just built.
 */
export async function runPostProcessors(
  frame: BuildFrame,
  posts: readonly PostNode[],
  built: ArtifactHandle,
): Promise<readonly ArtifactHandle[]> {
  frame.signal.throwIfAborted();
  const results: ChainResults = { artifacts: [], errors: [], keepsBuilt: posts.length === 0 };
  for (const chain of chainsOf(posts)) await runChain(frame, chain, { built, results });
  if (results.errors.length > 0) {
    buildUi(frame).say(`Keeping what was built, because a post-processor failed: ${built.describe().description}`);
    const combined = combine(results.errors);
    // Each of them has its own diagnostic already.
    frame.reported.add(combined);
    throw combined;
  }
  frame.signal.throwIfAborted();
  if (results.keepsBuilt) return [built, ...results.artifacts];
  if (!results.artifacts.includes(built)) await destroy(frame, built, results.errors);
  if (results.errors.length > 0) throw combine(results.errors);
  return results.artifacts;
}

function chainsOf(posts: readonly PostNode[]): readonly (readonly PostNode[])[] {
  const chains = new Map<number, PostNode[]>();
  for (const post of posts) {
    const chain = chains.get(post.chain);
    if (chain === undefined) chains.set(post.chain, [post]);
    else chain.push(post);
  }
  return [...chains.values()];
}

/** Several errors in one text, as Packer words them. */
function combine(errors: readonly unknown[]): BuildError {
  const lines = errors.map((error) => `* ${messageOf(error)}`);
  const { code, hint } = errorOf(errors[0]);
  const text = `${errors.length} error(s) occurred:\n\n${lines.join("\n")}`;
  return new BuildError(text, { code: code as DiagnosticCode, hint, cause: errors[0] });
}

async function runChain(
  frame: BuildFrame,
  chain: readonly PostNode[],
  { built, results }: { readonly built: ArtifactHandle; readonly results: ChainResults },
): Promise<void> {
  let current = built;
  const kept: ArtifactHandle[] = [];
  for (const [index, post] of chain.entries()) {
    frame.signal.throwIfAborted();
    let result: PostProcessResult;
    try {
      result = await runPostProcessor(frame, post, current);
    } catch (error) {
      frame.signal.throwIfAborted();
      reportFailure(frame, error, post.id);
      const { code, hint } = errorOf(error);
      const text = `Post-processor failed: ${messageOf(error)}`;
      results.errors.push(new BuildError(text, { code: code as DiagnosticCode, hint, cause: error }));
      return;
    }
    const keep = keepsInput(result, post.keepInput);
    if (index === 0 && keep) results.keepsBuilt = true;
    // As in Packer the chain then has no artifact; unlike there, what the first post-processor keeps stays all the same.
    if (result.artifact === undefined) return;
    if (index === 0) {
      current = result.artifact;
      continue;
    }
    if (keep) kept.push(current);
    else if (result.artifact !== current && current !== built) await destroy(frame, current, results.errors);
    current = result.artifact;
  }
  results.artifacts.push(...kept, current);
}

/** The user's choice counts unless the post-processor insists on keeping. */
function keepsInput(result: PostProcessResult, choice: boolean | undefined): boolean {
  if (choice === undefined || (result.keepInput && !choice && result.forced)) return result.keepInput;
  return choice;
}

async function destroy(frame: BuildFrame, artifact: ArtifactHandle, errors: unknown[]): Promise<void> {
  try {
    await artifact.destroy(frame.run.cleanupSignal);
  } catch (error) {
    errors.push(error);
  }
}

async function runPostProcessor(frame: BuildFrame, post: PostNode, input: ArtifactHandle): Promise<PostProcessResult> {
  const { bus, clock } = frame.run.options;
  const { kind, name } = post.component;
  const origin = { ...frame.origin, node: post.id };
  buildUi(frame).say(
    post.name === name
      ? `Running post-processor: ${name}`
      : `Running post-processor: ${post.name ?? ""} (type ${name})`,
  );
  const label = post.name === undefined ? {} : { label: post.name };
  bus.publish(origin, { type: "node.start", kind: "post", component: { kind, name }, ...label });
  const started = clock.monotonic();
  const durationMs = (): number => clock.monotonic() - started;
  try {
    const result = await process(frame, post, input);
    bus.publish(origin, { type: "node.end", kind: "post", outcome: "succeeded", durationMs: durationMs() });
    return result;
  } catch (error) {
    const end = frame.signal.aborted
      ? ({ outcome: "cancelled" } as const)
      : ({ outcome: "failed", error: errorOf(error) } as const);
    bus.publish(origin, { type: "node.end", kind: "post", durationMs: durationMs(), ...end });
    throw error;
  }
}

async function process(frame: BuildFrame, post: PostNode, input: ArtifactHandle): Promise<PostProcessResult> {
  const { run, signal } = frame;
  const origin = { ...frame.origin, node: post.id };
  const { schema, runtime } = await run.components.load({ ...post.component, kind: "post-processor" });
  const build = artifactBuildInfo(frame, input);
  const config = resolveBuildConfig(frame, { id: post.id, schema, config: post.config }, build);
  await using scope = createNodeScope(run, origin);
  const context = createRunContext(run, {
    origin,
    component: post.component,
    build,
    signal,
    scope,
    postProcessor: post.component.name,
  });
  const result = await (runtime as PostProcessorRuntime<unknown>).process(context, input, config);
  signal.throwIfAborted();
  return result;
}

/**
 * What a post-processor knows of the build: what the builder recorded in its artifact. As in Packer, `<unknown>` is what
 * a builder without a machine, such as `file`, does not tell.
 */
function artifactBuildInfo(frame: BuildFrame, input: ArtifactHandle): BuildInfo {
  const known = frame.machineData.current;
  const recorded: Readonly<Record<string, Json>> | undefined = input.describe().generatedData;
  if (recorded !== undefined || known["ID"] !== "") return buildInfoOf(frame, { ...known, ...recorded });
  const told = Object.entries(known).map(([key, value]) => [key, value === "" && key !== "name" ? unknownText : value]);
  return buildInfoOf(frame, Object.fromEntries(told));
}

const unknownText = "<unknown>";

import type { Scope as EvaluationScope } from "@hclbuild/eval";
import type { MachineNode, NodeId } from "@hclbuild/graph";
import type { JsonValue } from "@hclbuild/schema";
import { renderGoTemplate, type BuildInfo, type Json } from "@hclbuild/sdk";
import type { Value } from "@hclbuild/value";
import { buildValue, followPath } from "./build-data.js";
import type { CheckpointPlan } from "../checkpoints/plan.js";
import type { EventOrigin } from "../events/events.js";
import { diagnosticsOf } from "../failure.js";
import type { Run } from "../run/run-context.js";
import { resolveConfig, type NodeConfig, type ResolvedConfig } from "../run/run-node.js";

/** What the parts of one build share. */
export interface BuildFrame {
  readonly run: Run;
  readonly node: MachineNode;
  readonly origin: EventOrigin;
  /** Aborts when the build is to stop. */
  readonly signal: AbortSignal;
  /** What the machine made known; post-processors see it when the artifact records nothing itself. */
  readonly machineData: { current: Readonly<Record<string, Json>> };
  /** Where the build failed, for the place of its diagnostics: the node or step, once there is one. */
  readonly failure: { node: NodeId | undefined };
  /** Errors whose diagnostics are out already. */
  readonly reported: WeakSet<object>;
  /** The checkpoints of the build, once they are known. */
  readonly checkpoints: { current: CheckpointPlan | undefined };
  /** Looks up outputs of other nodes; `undefined` for those that are not there. */
  readonly outputOf: (node: NodeId) => Value | undefined;
}

/** The build as its components see it, with what the machine made known so far. */
export function buildInfoOf(frame: BuildFrame, data: Readonly<Record<string, Json>>): BuildInfo {
  const { options } = frame.run;
  return {
    name: frame.node.name,
    sourceName: frame.node.sourceName,
    builderType: frame.node.component.name,
    coreVersion: options.coreVersion,
    runId: options.runId,
    debug: options.build.debug,
    force: options.build.force,
    onError: options.build.onError,
    data,
  };
}

/** Publishes the diagnostics of an error, placed where the node or step stands in the template; each error once. */
export function reportFailure(frame: BuildFrame, error: unknown, node: NodeId): void {
  if (typeof error === "object" && error !== null) {
    if (frame.reported.has(error)) return;
    frame.reported.add(error);
  }
  const entry = frame.run.options.graph.spans[node]?.[""];
  const span = entry === undefined ? undefined : { file: entry[0], start: entry[1], end: entry[2] };
  for (const diagnostic of diagnosticsOf(error, { span, address: node }))
    frame.run.report({ ...frame.origin, node }, diagnostic);
}

/** Resolves the configuration of one of the build's nodes, and reports what was noted on the way. */
export function resolveBuildConfig(
  frame: BuildFrame,
  node: NodeConfig,
  build: BuildInfo,
): Readonly<Record<string, JsonValue>> {
  return resolveBuildOptions(frame, node, build).config;
}

/** {@link resolveBuildConfig} that also tells which options are sensitive. */
export function resolveBuildOptions(
  frame: BuildFrame,
  node: NodeConfig,
  build: BuildInfo,
  onTemplate?: (text: string) => void,
): ResolvedConfig {
  const { run } = frame;
  const { options } = run;
  const resolved = resolveConfig(node, {
    scope: buildScope(frame, build.data),
    spans: options.graph.spans,
    addSecrets: (secrets) => run.addSecrets(secrets),
    render(text) {
      onTemplate?.(text);
      return renderGoTemplate(text, {
        fields: {},
        build,
        startTime: run.startTime,
        workingDirectory: options.host.cwd,
        random: options.random,
      });
    },
  });
  for (const warning of resolved.warnings) run.note({ ...frame.origin, node: node.id }, warning);
  return resolved;
}

/** Names as residual expressions of a build see them: `build` is the machine's own data. */
function buildScope(frame: BuildFrame, data: Readonly<Record<string, Json>>): EvaluationScope {
  const { inputs } = frame.run.options;
  return {
    ...inputs,
    resolve: (root, steps, span, report) => inputs.resolve(root, steps, span, report),
    output(id, path) {
      const value = id === frame.node.id ? buildValue(data) : frame.outputOf(id);
      return value === undefined ? undefined : followPath(value, path);
    },
  };
}

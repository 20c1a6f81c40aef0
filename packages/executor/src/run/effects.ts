import type { EffectNode, NodeId } from "@hclbuild/graph";
import type { ComponentSchema } from "@hclbuild/schema";
import { renderGoTemplate, type BuildInfo, type DataSourceRuntime, type Json } from "@hclbuild/sdk";
import {
  convert,
  isValueError,
  markValue,
  objectValue,
  typeFromJson,
  type Type,
  type Value,
  type ValueError,
} from "@hclbuild/value";
import { followPath, valueOf } from "../build/build-data.js";
import type { Outcome } from "../events/events.js";
import { diagnosticsOf, errorOf } from "../failure.js";
import { createNodeScope, createRunContext, type Run } from "./run-context.js";
import { resolveConfig } from "./run-node.js";

/** How a data source or another effect ended. */
export interface EffectResult {
  readonly outcome: Outcome;
  readonly value?: Value;
}

/** Runs one effect node. Never rejects: failures become diagnostics. */
export async function runEffect(
  run: Run,
  node: EffectNode,
  outputOf: (node: NodeId) => Value | undefined,
): Promise<EffectResult> {
  const { bus, clock } = run.options;
  const origin = { node: node.id };
  const { kind, name } = node.component;
  bus.publish(origin, { type: "node.start", kind: "effect", component: { kind, name } });
  const started = clock.monotonic();
  try {
    const value = await readEffect(run, node, outputOf);
    bus.publish(origin, {
      type: "node.end",
      kind: "effect",
      outcome: "succeeded",
      durationMs: clock.monotonic() - started,
    });
    return { outcome: "succeeded", value };
  } catch (error) {
    const outcome = run.signal.aborted ? "cancelled" : "failed";
    if (outcome === "failed") {
      const entry = run.options.graph.spans[node.id]?.[""];
      const span = entry === undefined ? undefined : { file: entry[0], start: entry[1], end: entry[2] };
      for (const diagnostic of diagnosticsOf(error, { span, address: node.id })) run.report(origin, diagnostic);
    }
    bus.publish(origin, {
      type: "node.end",
      kind: "effect",
      outcome,
      durationMs: clock.monotonic() - started,
      ...(outcome === "failed" ? { error: errorOf(error) } : {}),
    });
    return { outcome };
  }
}

async function readEffect(run: Run, node: EffectNode, outputOf: (node: NodeId) => Value | undefined): Promise<Value> {
  const { options } = run;
  run.signal.throwIfAborted();
  const { schema, runtime } = await run.components.load({ ...node.component, kind: "data-source" });
  const build = noBuild(run);
  const { config, warnings } = resolveConfig(
    { id: node.id, schema, config: node.config },
    {
      scope: {
        ...options.inputs,
        resolve: (root, steps, span, report) => options.inputs.resolve(root, steps, span, report),
        output(id, path) {
          const value = outputOf(id);
          return value === undefined ? undefined : followPath(value, path);
        },
      },
      spans: options.graph.spans,
      addSecrets: (secrets) => run.addSecrets(secrets),
      render: (template) =>
        renderGoTemplate(template, {
          fields: {},
          build,
          startTime: run.startTime,
          workingDirectory: options.host.cwd,
          random: options.random,
        }),
    },
  );
  const origin = { node: node.id };
  for (const warning of warnings) run.note(origin, warning);
  await using scope = createNodeScope(run, origin);
  const parts = { origin, component: node.component, build, signal: run.signal, scope };
  const output = await (runtime as DataSourceRuntime<unknown, object>).read(createRunContext(run, parts), config);
  return outputValue(schema, typeFromJson(node.out), output as Readonly<Record<string, Json>>);
}

/** A data source's output as the value of its address; what the schema calls sensitive is marked. */
function outputValue(schema: ComponentSchema, type: Type | ValueError, output: Readonly<Record<string, Json>>): Value {
  const entries = Object.entries(output).map(([key, item]) => {
    const attribute = schema.output[key];
    const plain = valueOf(item ?? null);
    const converted = attribute === undefined ? plain : convert(plain, attribute.type);
    const value = isValueError(converted) ? plain : converted;
    return [key, attribute?.sensitive === true ? markValue(value, "sensitive") : value] as const;
  });
  const whole = objectValue(new Map(entries));
  const typed = isValueError(type) ? type : convert(whole, type);
  return isValueError(typed) ? whole : typed;
}

function noBuild(run: Run): BuildInfo {
  const { options } = run;
  return {
    name: "",
    sourceName: "",
    builderType: "",
    coreVersion: options.coreVersion,
    runId: options.runId,
    debug: options.build.debug,
    force: options.build.force,
    onError: options.build.onError,
    data: {},
  };
}

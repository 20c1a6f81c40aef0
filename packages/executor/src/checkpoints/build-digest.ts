import { DiagnosticBag } from "@hclbuild/diagnostics";
import {
  canonicalJson,
  dependenciesOf,
  digestOf,
  digestOfJson,
  type Digest,
  type NodeId,
  type PostNode,
} from "@hclbuild/graph";
import type { ComponentKind, JsonValue } from "@hclbuild/schema";
import { messageOf, type ComponentInputs, type ReadInputs } from "@hclbuild/sdk";
import { buildInfoOf, resolveBuildOptions, type BuildFrame } from "../build/build-frame.js";
import type { WantedComponent } from "../plugins.js";
import { plainForDigest } from "../run/run-node.js";
import { digestFiles, type FileInputs } from "./file-digest.js";
import { projectSalt, saltedDigest } from "./salt.js";

/** What a build's artifacts depend on, as one digest; or why there is none. */
export type BuildDigest =
  | {
      readonly kind: "digest";
      readonly digest: Digest;
      /** The files that were read, and how they were. */
      readonly inputs: readonly FileInputs[];
      readonly stamp: string;
    }
  | { readonly kind: "none"; readonly reason: string };

interface Part {
  readonly id: NodeId;
  readonly component: WantedComponent;
  readonly config: Readonly<Record<string, JsonValue>>;
  readonly name: string;
}

/**
 * The digest of a build: its nodes, what they depend on, and the files and values that its components say they read.
 * Calls of `timestamp` and the like count as calls; sensitive values, and those of this machine, as salted digests.
 */
export async function digestBuild(frame: BuildFrame, posts: readonly PostNode[], folder: string): Promise<BuildDigest> {
  const { node, run } = frame;
  const salt = projectSalt(folder);
  const nodes = digestOf(run.options.graph, { digestOfInput: (address) => digestOfInput(frame, salt, address) });
  const ids = [node.id, ...posts.map((post) => post.id)];
  const effects = [node, ...posts].flatMap(dependenciesOf).map((id) => {
    const value = ids.includes(id) ? undefined : frame.outputOf(id);
    return value === undefined ? null : saltedDigest(salt, canonicalJson(plainForDigest(value)));
  });
  const parts: Part[] = [
    { ...node, name: node.name },
    ...[...node.steps, ...node.onError, ...posts].map((part) => ({ ...part, name: part.name ?? part.component.name })),
  ];
  const inputs: ComponentInputs[] = [];
  for (const part of parts) {
    const found = await inputsOf(frame, part);
    if (typeof found === "string") return { kind: "none", reason: found };
    inputs.push(found);
  }
  try {
    const read = await digestFiles(inputs, { signal: frame.signal, known: run.fileDigests, host: run.options.host });
    const values = inputs.map((input) => saltedDigest(salt, canonicalJson(input.values ?? null)));
    const digest = digestOfJson([ids.map((id) => nodes.get(id) ?? null), effects, read.content, values]);
    return { kind: "digest", digest, inputs, stamp: read.stamp };
  } catch (error) {
    frame.signal.throwIfAborted();
    return { kind: "none", reason: messageOf(error) };
  }
}

/** What a component reads of this machine, or why that is not known. */
async function inputsOf(frame: BuildFrame, { id, component, config, name }: Part): Promise<ComponentInputs | string> {
  const { run, signal } = frame;
  const { schema, runtime } = await run.components.load({ ...component, kind: component.kind as ComponentKind });
  const read = "inputs" in runtime ? (runtime.inputs as ReadInputs<unknown> | undefined) : undefined;
  if (read === undefined)
    return component.kind === "provisioner" ? `${name} does not say what it depends on` : { files: [] };
  const build = buildInfoOf(frame, frame.machineData.current);
  try {
    const options = resolveBuildOptions(frame, { id, schema, config }, build);
    return await read(options.config, { host: run.options.host, signal });
  } catch (error) {
    signal.throwIfAborted();
    return `the options of ${name} are not known before the build (${messageOf(error)})`;
  }
}

/** Any input, sensitive or not, as a salted digest: the graph holds its address alone. */
function digestOfInput(frame: BuildFrame, salt: Buffer, address: string): Digest | undefined {
  const [root = "", name = ""] = address.split(".");
  const { inputs } = frame.run.options;
  const { report } = new DiagnosticBag();
  const value = inputs.resolve(root, [{ kind: "attr", name }], undefined, report)?.value;
  // The variables of a "for" are no inputs from outside.
  if (value === undefined) return undefined;
  return saltedDigest(salt, canonicalJson(plainForDigest(value)));
}

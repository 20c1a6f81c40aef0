import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { canonicalJson, type PostNode } from "@hclbuild/graph";
import type { JsonValue } from "@hclbuild/schema";
import {
  createArtifact,
  type ArtifactExists,
  type ArtifactHandle,
  type ArtifactRecord,
  type ReclaimContext,
} from "@hclbuild/sdk";
import type { BuildFrame } from "../build/build-frame.js";
import { uiSources } from "../run/run-context.js";
import { createLogger, createStepUi } from "../events/ui.js";
import { digestBuild, type BuildDigest } from "./build-digest.js";
import { digestFiles, stampFiles } from "./file-digest.js";
import { writeJson } from "./records.js";

/** What an earlier run's artifacts mean for a build. */
export interface Reuse {
  /** Set when nothing changed and everything is still there: the build need not run. */
  readonly artifacts?: readonly ArtifactHandle[];
  /** Notes what the build made; call it when the build succeeded. */
  record(artifacts: readonly (ArtifactHandle | undefined)[]): Promise<void>;
}

interface ReuseRecord {
  readonly v: 2;
  readonly digest: string;
  /** `null` stands for a build without an artifact, which can never be reused. */
  readonly artifacts: readonly (KnownArtifact | null)[];
}

interface KnownArtifact {
  readonly artifact: ArtifactRecord;
  /** What it was when it was made, as {@link identify} tells; compared as text. */
  readonly identity: string;
}

/** Looks whether a build has to run. `undefined` when nobody asked for that. */
export async function planReuse(frame: BuildFrame, posts: readonly PostNode[]): Promise<Reuse | undefined> {
  const { build, state } = frame.run.options;
  const folder = state?.folder;
  if (folder === undefined || (build.skipUnchanged !== true && build.checkpoints === undefined)) return undefined;
  const maySkip = build.skipUnchanged === true || build.finished?.has(frame.node.id) === true;
  const say = sayer(frame);
  const digest = await digestBuild(frame, posts, folder);
  if (digest.kind === "none") {
    if (maySkip) say(`Whether anything changed cannot be told: ${digest.reason}.`);
    return { record: async () => undefined };
  }
  const file = recordFile(folder, frame.node.id);
  const record = async (artifacts: readonly (ArtifactHandle | undefined)[]): Promise<void> =>
    keepRecord(frame, posts, { file, digest, artifacts });
  if (!maySkip) return { record };
  const artifacts = await unchangedArtifacts(frame, posts, { file, digest: digest.digest });
  if (artifacts === undefined) return { record };
  say("Unchanged: the artifact of an earlier build still exists.");
  return { record, artifacts: artifacts.map((item) => createArtifact(item)) };
}

function sayer(frame: BuildFrame): (text: string) => void {
  const ui = createStepUi(uiSources(frame.run), frame.origin);
  return (text) => ui.say(text);
}

function recordFile(folder: string, node: string): string {
  const readable = node.replaceAll(/[^\w.-]+/g, "_").slice(0, 80);
  const digest = createHash("sha256").update(node).digest("hex").slice(0, 12);
  return path.join(folder, "artifacts", `${readable}-${digest}.json`);
}

interface Kept {
  readonly file: string;
  readonly digest: Extract<BuildDigest, { kind: "digest" }>;
  readonly artifacts: readonly (ArtifactHandle | undefined)[];
}

async function keepRecord(
  frame: BuildFrame,
  posts: readonly PostNode[],
  { file, digest, artifacts }: Kept,
): Promise<void> {
  // What was built from files that changed meanwhile has no known digest.
  const reading = { signal: frame.signal, host: frame.run.options.host };
  if ((await stampFiles(digest.inputs, reading)) !== digest.stamp) return;
  try {
    const known: (KnownArtifact | null)[] = [];
    for (const handle of artifacts) {
      const artifact = handle?.describe();
      const identity = artifact === undefined ? undefined : await identify(frame, posts, artifact);
      known.push(artifact === undefined || identity === undefined ? null : { artifact, identity });
    }
    const record: ReuseRecord = { v: 2, digest: digest.digest, artifacts: known };
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeJson(file, record);
  } catch {
    // The build is done; without a record the next one runs, which is right too.
  }
}

async function unchangedArtifacts(
  frame: BuildFrame,
  posts: readonly PostNode[],
  known: { readonly file: string; readonly digest: string },
): Promise<readonly ArtifactRecord[] | undefined> {
  const record = readRecord(known.file);
  if (record?.digest !== known.digest || record.artifacts.length === 0) return undefined;
  const found: ArtifactRecord[] = [];
  for (const known of record.artifacts) {
    if (known === null || (await identify(frame, posts, known.artifact)) !== known.identity) return undefined;
    found.push(known.artifact);
  }
  return found;
}

function readRecord(file: string): ReuseRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as ReuseRecord;
    return record.v === 2 ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What an artifact is now: the content of its files, and what the build's components, the last first, say about it.
 * `undefined` when it is gone or nobody can tell.
 */
async function identify(
  frame: BuildFrame,
  posts: readonly PostNode[],
  record: ArtifactRecord,
): Promise<string | undefined> {
  const { run, signal } = frame;
  const files = record.files.map((file) => path.resolve(run.options.host.cwd, file));
  let content: JsonValue;
  try {
    ({ content } = await digestFiles([{ files }], { signal, known: run.fileDigests, host: run.options.host }));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  const answer = await askComponents(frame, posts, record);
  if (answer === false || (answer === undefined && files.length === 0)) return undefined;
  return canonicalJson([content, answer ?? null]);
}

async function askComponents(
  frame: BuildFrame,
  posts: readonly PostNode[],
  record: ArtifactRecord,
): Promise<boolean | string | undefined> {
  const { run, node, origin } = frame;
  const { host, clock, debugLog } = run.options;
  const context: ReclaimContext = {
    signal: frame.signal,
    host,
    clock,
    log: createLogger(run.redactor, origin, debugLog),
  };
  const asked = [...posts.map((post) => post.component), node.component].toReversed();
  for (const component of asked) {
    const { runtime } = await run.components.load({ ...component });
    const ask = "artifactExists" in runtime ? (runtime.artifactExists as ArtifactExists | undefined) : undefined;
    const answer = await ask?.(context, record);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { PostNode } from "@hclbuild/graph";
import {
  createArtifact,
  type ArtifactExists,
  type ArtifactHandle,
  type ArtifactRecord,
  type ReclaimContext,
} from "@hclbuild/sdk";
import type { BuildFrame } from "../build-frame.js";
import { createLogger, createStepUi } from "../ui.js";
import { digestBuild, type BuildDigest } from "./build-digest.js";
import { stampFiles } from "./file-digest.js";
import { writeJson } from "./records.js";

/** What an earlier run's artifacts mean for a build. */
export interface Reuse {
  /** Set when nothing changed and everything is still there: the build need not run. */
  readonly artifacts?: readonly ArtifactHandle[];
  /** Notes what the build made; call it when the build succeeded. */
  record(artifacts: readonly (ArtifactHandle | undefined)[]): Promise<void>;
}

interface ReuseRecord {
  readonly v: 1;
  readonly digest: string;
  /** `null` stands for a build without an artifact, which can never be reused. */
  readonly artifacts: readonly (ArtifactRecord | null)[];
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
    keepRecord(frame, { file, digest, artifacts });
  if (!maySkip) return { record };
  const artifacts = await unchangedArtifacts(frame, posts, { file, digest: digest.digest });
  if (artifacts === undefined) return { record };
  say("Unchanged: the artifact of an earlier build still exists.");
  return { record, artifacts: artifacts.map((item) => createArtifact(item)) };
}

function sayer(frame: BuildFrame): (text: string) => void {
  const { bus, clock, prompt } = frame.run.options;
  const ui = createStepUi({ bus, clock, redactor: frame.run.redactor, prompt }, frame.origin);
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

async function keepRecord(frame: BuildFrame, { file, digest, artifacts }: Kept): Promise<void> {
  // What was built from files that changed meanwhile has no known digest.
  if ((await stampFiles(digest.files, frame.signal)) !== digest.stamp) return;
  const record: ReuseRecord = {
    v: 1,
    digest: digest.digest,
    artifacts: artifacts.map((artifact) => artifact?.describe() ?? null),
  };
  try {
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
  for (const artifact of record.artifacts) {
    if (artifact === null || !(await exists(frame, posts, artifact))) return undefined;
    found.push(artifact);
  }
  return found;
}

function readRecord(file: string): ReuseRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as ReuseRecord;
    return record.v === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Asks the build's components, the last first; files can be looked at by ourselves. */
async function exists(frame: BuildFrame, posts: readonly PostNode[], record: ArtifactRecord): Promise<boolean> {
  const { run, node, origin } = frame;
  const { host, clock, debugLog } = run.options;
  const context: ReclaimContext = {
    signal: frame.signal,
    host,
    clock,
    log: createLogger(run.redactor, origin, debugLog),
  };
  if (!record.files.every((file) => statSync(path.resolve(host.cwd, file), { throwIfNoEntry: false }) !== undefined)) {
    return false;
  }
  const asked = [...posts.map((post) => post.component), node.component].toReversed();
  for (const component of asked) {
    const { runtime } = await run.components.load({ ...component });
    const ask = "artifactExists" in runtime ? (runtime.artifactExists as ArtifactExists | undefined) : undefined;
    const answer = await ask?.(context, record);
    if (answer !== undefined) return answer;
  }
  return record.files.length > 0;
}

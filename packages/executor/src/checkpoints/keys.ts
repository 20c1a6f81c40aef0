import { createHash } from "node:crypto";
import { canonicalJson, type ComponentRef } from "@hclbuild/graph";
import type { JsonValue } from "@hclbuild/schema";
import type { BuildInfo, ComponentInputs } from "@hclbuild/sdk";
import type { ResolvedConfig } from "../run/run-node.js";
import type { FilesDigest } from "./file-digest.js";
import { saltedDigest } from "./salt.js";

/** Changes when keys are made in another way, so that old checkpoints are not found any more. */
const keyVersion = 1;

/** What the state before the first step depends on. */
export interface BaseFacts {
  readonly component: ComponentRef;
  readonly base: JsonValue;
  readonly build: Pick<BuildInfo, "sourceName" | "builderType" | "coreVersion">;
}

/** The key that the first step's chains on. */
export function baseKey({ component, base, build }: BaseFacts): string {
  const { sourceName, builderType, coreVersion } = build;
  return hashOf(["base", keyVersion, { ...component }, base, { sourceName, builderType, coreVersion }]);
}

/** What a step's result depends on besides the state before it. */
export interface StepFacts {
  readonly component: ComponentRef;
  readonly options: Pick<ResolvedConfig, "config" | "sensitive">;
  readonly files: FilesDigest;
  readonly values: ComponentInputs["values"];
  readonly salt: Buffer;
}

/** The key of the state after a step. */
export function stepKey(before: string, { component, options, files, values, salt }: StepFacts): string {
  const config = Object.fromEntries(
    Object.entries(options.config).map(([name, value]) => [
      name,
      options.sensitive.has(name) ? saltedDigest(salt, canonicalJson(value)) : value,
    ]),
  );
  const others = values === undefined ? [] : [saltedDigest(salt, canonicalJson(values))];
  return hashOf([
    "step",
    before,
    { ...component },
    config,
    [...options.sensitive].toSorted(),
    files.content,
    ...others,
  ]);
}

function hashOf(value: JsonValue): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** Names of what one build makes on the engine. Derived from the run and the build alone, so they can be found again. */
export interface ResourceNames {
  readonly container: string;
  readonly volume: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The label on a build's volume that carries the run's id. */
export const runLabel = "hclbuild.run";

export function resourceNames(runId: string, buildName: string): ResourceNames {
  const readable = buildName.replace(/[^A-Za-z0-9_.-]+/g, "-").slice(0, 60);
  const name = `hclbuild-${runId.replace(/[^A-Za-z0-9]/g, "").slice(0, 12)}-${readable}`;
  return { container: name, volume: name, labels: { [runLabel]: runId, "hclbuild.build": buildName } };
}

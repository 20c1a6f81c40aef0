/** What of a base image's configuration a commit has to restore. */
export interface BaseDefaults {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/**
 * The Dockerfile instructions for a commit: the user's, and before them the base image's own CMD and ENTRYPOINT where
 * the user gives none, because the container runs with those of `run_command`.
 *
 * ENTRYPOINT comes first: it resets a CMD that was not given in the same commit.
 */
export function commitChanges(changes: readonly string[], base: BaseDefaults): readonly string[] {
  const given = (instruction: string): boolean =>
    changes.some((change) => change.trimStart().toUpperCase().startsWith(`${instruction} `));
  return [
    ...(given("ENTRYPOINT") ? [] : [`ENTRYPOINT ${JSON.stringify(base.entrypoint)}`]),
    ...(given("CMD") || given("ENTRYPOINT") ? [] : [`CMD ${JSON.stringify(base.command)}`]),
    ...changes,
  ];
}

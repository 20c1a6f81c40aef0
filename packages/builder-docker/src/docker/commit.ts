/** What of a base image's configuration a commit has to restore. */
export interface BaseDefaults {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/**
 * The Dockerfile instructions for a commit: the user's, and before them the base image's own CMD and ENTRYPOINT where
 * the user gives none, because the container runs the command of `run_command`. The container itself has no entry
 * point, so a base image without one needs nothing.
 *
 * ENTRYPOINT comes first: it resets a CMD that was not given in the same commit.
 */
export function commitChanges(changes: readonly string[], base: BaseDefaults): readonly string[] {
  const given = (instruction: string): boolean =>
    changes.some((change) => change.trimStart().toUpperCase().startsWith(`${instruction} `));
  return [
    ...(given("ENTRYPOINT") || base.entrypoint.length === 0 ? [] : [`ENTRYPOINT ${JSON.stringify(base.entrypoint)}`]),
    ...(given("CMD") || given("ENTRYPOINT") ? [] : [`CMD ${JSON.stringify(base.command)}`]),
    ...changes,
  ];
}

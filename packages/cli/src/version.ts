/** Our own version; equals the `version` of this package's package.json (asserted by a test). */
export const HCLBUILD_VERSION = "0.1.0";

/**
 * The Packer version whose behaviour we follow: what `required_version`, `packer.version`, `min_packer_version` and
 * plugins see.
 */
export const COMPATIBILITY_LEVEL = "1.16.0";

/** The answer to `version`: both versions, the second in the form that scripts written for Packer look for. */
export function renderVersion(): string {
  return `hclbuild v${HCLBUILD_VERSION}\nPacker v${COMPATIBILITY_LEVEL} (compatibility level)\n`;
}

/**
 * The answer to `version -machine-readable`. The misspelt category is the one that Packer prints.
 *
 * @param seconds - Unix time of the lines
 */
export function renderMachineVersion(seconds: number): string {
  return [
    `${seconds},,version,${COMPATIBILITY_LEVEL}`,
    `${seconds},,version-prelease,`,
    `${seconds},,version-commit,`,
    `${seconds},,hclbuild-version,${HCLBUILD_VERSION}`,
    "",
  ].join("\n");
}

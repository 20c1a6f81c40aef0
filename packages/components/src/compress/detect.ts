/** Kinds of compression, by the names that messages show. */
export type Algorithm = "pgzip" | "lz4" | "bgzf" | "xz" | "bzip2" | "zstd";

/** What a file name asks for. */
export interface CompressFormat {
  /** Absent: a single file is compressed as it is. */
  readonly archive?: "tar" | "zip";
  /** Absent for a plain archive. */
  readonly algorithm?: Algorithm;
}

const algorithms: Readonly<Record<string, Algorithm>> = {
  gz: "pgzip",
  lz4: "lz4",
  bgzf: "bgzf",
  xz: "xz",
  bzip2: "bzip2",
};

/**
 * Reads the format from the extensions of the output's name as it was written, before rendering; `format` counts as one
 * more extension at its end. A name without a known last extension gives a gzipped tar. `zst`, which Packer does not
 * know, is recognised in `format` only, so that no name means something else than it does there.
 */
export function detectFormat(output: string, format: string): CompressFormat {
  const name = format === "" ? output : `${output}.${format}`;
  const extensions = [...name.matchAll(/\.([a-z0-9]+)/g)].map((match) => match[1] ?? "");
  const last = extensions.at(-1) ?? "";
  if (last === "tar" || last === "zip") return { archive: last };
  const archive = extensions.at(-2) === "tar" ? ({ archive: "tar" } as const) : {};
  const algorithm = format === "zst" ? "zstd" : algorithms[last];
  return algorithm === undefined ? { archive: "tar", algorithm: "pgzip" } : { ...archive, algorithm };
}

import { defineComponent, s } from "@hclbuild/schema";

/** Records artifacts in a JSON file. */
export const manifest = defineComponent({
  kind: "post-processor",
  name: "manifest",
  since: "0.1.0",
  summary: "Adds the artifact to a JSON file that lists what was built.",
  body: {
    output: s.path().default("packer-manifest.json").doc("The file to write."),
    strip_path: s.bool().default(false).doc("Record file names without their folders."),
    strip_time: s.bool().default(false).doc("Do not record the time of the build."),
    custom_data: s.map(s.string()).doc("Further data to record."),
  },
});

/** Writes checksum files. */
export const checksum = defineComponent({
  kind: "post-processor",
  name: "checksum",
  since: "0.1.0",
  summary: "Writes the checksums of the artifact's files.",
  body: {
    checksum_types: s
      .list(s.string().enum(["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]))
      .default(["md5"])
      .doc("Kinds of checksum."),
    output: s
      .string()
      .renderedLater(["BuildName", "BuilderType", "ChecksumType"])
      .default("packer_{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum")
      .doc("The file to add the checksums to; {{.BuildName}}, {{.BuilderType}} and {{.ChecksumType}} are replaced."),
  },
});

/** Packs the artifact's files. */
export const compress = defineComponent({
  kind: "post-processor",
  name: "compress",
  since: "0.1.0",
  summary: "Packs the artifact's files into an archive or compresses its only file.",
  body: {
    output: s
      .string()
      .renderedLater(["BuildName", "BuilderType"])
      .default("packer_{{.BuildName}}_{{.BuilderType}}")
      .doc("The file to write; its extensions choose the format, {{.BuildName}} and {{.BuilderType}} are replaced."),
    format: s.string().doc("Extension to go by when the file name does not tell the format."),
    compression_level: s.int().doc("Compression level from 1 to 9; 0 means the format's default."),
    archive: s.string().doc("Accepted and overwritten by what the file name tells."),
    algorithm: s.string().doc("Accepted and overwritten by what the file name tells."),
  },
});

/** Replaces the artifact by files. */
export const artifice = defineComponent({
  kind: "post-processor",
  name: "artifice",
  since: "0.1.0",
  summary: "Replaces the artifact by files that were made elsewhere.",
  body: {
    files: s.list(s.path()).required().doc("The files of the new artifact; patterns are expanded."),
  },
});

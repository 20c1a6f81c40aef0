import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SourceText } from "@hclbuild/diagnostics";

/** The native HCL files of the corpus that the reference accepts. */
export function* acceptedFiles(root: string): Generator<SourceText> {
  for (const half of ["dev", "packer"]) {
    const rows = readFileSync(resolve(root, half, "ORACLE_FMT.tsv"), "utf8")
      .split("\n")
      .slice(1);
    for (const row of rows) {
      const [path = "", , , parseOk] = row.split("\t");
      if (path !== "" && parseOk === "1") yield new SourceText(path, readFileSync(resolve(root, path), "utf8"));
    }
  }
}

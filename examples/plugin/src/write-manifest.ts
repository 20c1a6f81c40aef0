import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderManifest } from "@hclbuild/sdk";
import { plugin } from "./index.js";

// Compiled to dist/src, two folders below the package's.
const file = fileURLToPath(new URL("../../manifest.json", import.meta.url));
writeFileSync(file, renderManifest(plugin, "./dist/src/index.js"));

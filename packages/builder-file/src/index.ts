import { definePlugin } from "@hclbuild/sdk";
import { fileBuilder } from "./schema/index.js";

export { fileBuilderCatalog } from "./catalog.js";

/** The builder whose artifact is one file. */
export const plugin = definePlugin({
  name: "file",
  source: "core",
  version: "1.16.0",
  apiVersion: 1,
  components: [{ schema: fileBuilder, load: () => import("./run.js") }],
});

import { definePlugin } from "@hclbuild/sdk";
import { nullBuilder } from "./schema/index.js";

/** The builder that connects to an existing machine and keeps no artifact. */
export const plugin = definePlugin({
  name: "null",
  source: "core",
  version: "1.16.0",
  apiVersion: 1,
  components: [{ schema: nullBuilder, load: () => import("./run.js") }],
});

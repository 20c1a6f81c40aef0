import { definePlugin } from "@hclbuild/sdk";
import { greeting, greetingFolder, greetingText } from "./schema.js";

/** What hclbuild imports. The implementations load when a template uses them. */
export const plugin = definePlugin({
  name: "greeting",
  source: "npm/hclbuild-examples/greeting",
  version: "1.0.0",
  apiVersion: 1,
  components: [
    { schema: greeting, load: () => import("./provisioner.js") },
    { schema: greetingFolder, load: () => import("./builder.js") },
    { schema: greetingText, load: () => import("./data-source.js") },
  ],
});

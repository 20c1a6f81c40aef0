import { definePlugin } from "@hclbuild/sdk";
import { dockerBuilder, dockerImport, dockerPush, dockerSave, dockerTag } from "./schema/index.js";

export { catalog } from "./catalog.js";

/** The Docker builder and its post-processors. */
export const plugin = definePlugin({
  name: "docker",
  source: "github.com/hashicorp/docker",
  version: "1.1.5",
  apiVersion: 1,
  components: [
    { schema: dockerBuilder, load: () => import("./docker/run.js") },
    { schema: dockerImport, load: () => import("./post-processors/import.js") },
    { schema: dockerSave, load: () => import("./post-processors/save.js") },
    { schema: dockerTag, load: () => import("./post-processors/tag.js") },
    { schema: dockerPush, load: () => import("./post-processors/push.js") },
  ],
});

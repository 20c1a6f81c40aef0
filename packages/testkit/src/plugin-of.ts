import type { ComponentSchema } from "@hclbuild/schema";
import { definePlugin, type Plugin, type RuntimeModule } from "@hclbuild/sdk";

/** A plugin of a test's own, of one component; its address is `example.test/NAME/NAME` with the component's name. */
export function pluginOf(schema: ComponentSchema, runtime: RuntimeModule["runtime"]): Plugin {
  return definePlugin({
    name: schema.name,
    source: `example.test/${schema.name}/${schema.name}`,
    version: "1.0.0",
    apiVersion: 1,
    components: [{ schema, load: async () => ({ runtime }) }],
  });
}

import { schemas as docker } from "@hclbuild/builder-docker/schema";
import { schemas as fileBuilder } from "@hclbuild/builder-file/schema";
import { schemas as nullBuilder } from "@hclbuild/builder-null/schema";
import { externalSchemas, schemas as components } from "@hclbuild/components/schema";
import { createRegistry } from "@hclbuild/schema";

/** What Packer itself contains. */
export const coreSchemas = [...nullBuilder, ...fileBuilder, ...components];

/** The registry of the command line. */
export const registry = createRegistry(coreSchemas, {
  plugins: [
    { source: "github.com/hashicorp/docker", version: "1.1.5", components: docker },
    { source: "github.com/joomcode/external", version: "0.0.3", components: externalSchemas },
  ],
});

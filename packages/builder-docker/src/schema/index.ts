import type { ComponentSchema } from "@hclbuild/schema";
import { dockerBuilder } from "./docker.js";
import { dockerImport, dockerPush, dockerSave, dockerTag } from "./post-processors.js";

export { dockerBuilder } from "./docker.js";
export { dockerImport, dockerPush, dockerSave, dockerTag } from "./post-processors.js";

/** The components of this package. */
export const schemas: readonly ComponentSchema[] = [dockerBuilder, dockerImport, dockerSave, dockerTag, dockerPush];

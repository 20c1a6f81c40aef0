import type { ComponentSchema } from "@hclbuild/schema";
import { fileBuilder } from "./file.js";

export { fileBuilder } from "./file.js";

/** The components of this package. */
export const schemas: readonly ComponentSchema[] = [fileBuilder];

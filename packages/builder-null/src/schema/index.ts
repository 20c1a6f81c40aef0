import type { ComponentSchema } from "@hclbuild/schema";
import { nullBuilder } from "./null.js";

export { nullBuilder } from "./null.js";

/** The components of this package. */
export const schemas: readonly ComponentSchema[] = [nullBuilder];

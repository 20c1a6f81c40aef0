/** The version of Packer whose behaviour this program follows: what templates, constraints and plugins see. */
export const compatibilityLevel = "1.16.0";

/**
 * More bytes than any text has that is parsed, whose UTF-16 code units take three each at most. What is longer is read no
 * further and refused by its length.
 */
export const longestText = 64 * 1024 * 1024;

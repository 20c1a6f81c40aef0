/**
 * Whether a command line asks for a format other than `human`: then standard output is for the document alone, whatever
 * else is wrong with the command line.
 */
export function wantsDocument(words: readonly string[]): boolean {
  return words.some((word, index) => {
    const value = /^--?format(?:=(.*))?$/.exec(word);
    return value !== null && (value[1] ?? words[index + 1]) !== "human";
  });
}

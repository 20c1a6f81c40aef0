/** Quotes a word for a POSIX shell; words of harmless characters stay as they are. */
export function quoteShellWord(word: string): string {
  return word !== "" && /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escapeSingleQuotes(word)}'`;
}

/** A command line of quoted words. */
export function quoteShellCommand(words: readonly string[]): string {
  return words.map((word) => quoteShellWord(word)).join(" ");
}

/** Makes a text safe inside single quotes of a POSIX shell. */
export function escapeSingleQuotes(text: string): string {
  return text.replaceAll("'", `'"'"'`);
}

/** A phrase as the beginning of a sentence; the period is the text's around it. */
export function sentence(phrase: string): string {
  return phrase.charAt(0).toUpperCase() + phrase.slice(1);
}

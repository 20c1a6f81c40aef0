/** Whether a marker of a merge conflict, such as `<<<<<<<`, begins a line at an offset. */
export function isConflictMarker(text: string, offset: number, character: "<" | "=" | ">"): boolean {
  return text.startsWith(character.repeat(7), offset) && (offset === 0 || text[offset - 1] === "\n");
}

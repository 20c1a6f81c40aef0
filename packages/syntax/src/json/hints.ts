import { characterHint } from "../character-hint.js";
import { shown } from "./scan.js";

const doubleQuotes = "Strings stand in double quotes.";

const words: Readonly<Record<string, string>> = {
  none: "null",
  nil: "null",
  undefined: "null",
  nan: "null",
  yes: "true",
  on: "true",
  no: "false",
  off: "false",
};

const asTemplate = (expression: string): string => `An expression is written as a string: "\${${expression}}".`;

/** The keyword of JSON that a word of another language stands for. */
export function keywordFor(word: string): string | undefined {
  return words[word.toLowerCase()];
}

/** What to do about a word that is no keyword of JSON; `rest` is the text behind it. */
export function keywordHint(word: string, rest: string, isRoot: boolean): string | undefined {
  if (isRoot && /^\s*(?:=|"[^"\n]*"|\{)/.test(rest))
    return "If this is the native syntax, the file's name must end in .hcl.";
  if (/^[.[(]/.test(rest)) return asTemplate(`${word}…`);
  return undefined;
}

/** What to do about a character with which no JSON value begins. */
export function valueHint(text: string, offset: number): string | undefined {
  const character = text.charAt(offset);
  if (character === "'" || character === "`") return doubleQuotes;
  if (text.startsWith("${", offset)) return asTemplate("…");
  if (text.startsWith("<<", offset)) return "There are no heredocs; a line end in a string is written as \\n.";
  return oddCharacterHint(character);
}

/** What to do about something that is not the name of a property. */
export function nameHint(word: string): string {
  if (/^[A-Za-z_]/.test(word)) return `Write "${shown(word)}".`;
  if (word === ",") return "It is one too many.";
  if (word.startsWith("'")) return doubleQuotes;
  return oddCharacterHint(word.charAt(0)) ?? 'A property has the form "name": value.';
}

/** What to do about something after a value where a comma is due; `previous` is the character before it. */
export function separatorHint(text: string, offset: number, previous: string): string {
  const character = text.charAt(offset);
  if (previous === '"' && /[^\s",:;+\]})]/.test(character)) return 'A quote inside of a string is written \\".';
  if (/[-+*/%?&|<>=!.]/.test(character)) return asTemplate("…");
  if (character === ";") return "Write a comma instead of the semicolon.";
  if (character === ":") return "Text with a colon stands in double quotes.";
  return oddCharacterHint(character) ?? "Write one after the value before it.";
}

function oddCharacterHint(character: string): string | undefined {
  return /[^\x20-\x7e]/.test(character) ? characterHint(character, "") : undefined;
}

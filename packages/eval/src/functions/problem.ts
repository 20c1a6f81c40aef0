/** What stands for a part of a message that would tell a sensitive value. */
const mask = "(sensitive value)";

/** A part of a {@link Problem} that tells nothing about what an argument holds, such as a type's name or a limit. */
export interface Told {
  readonly kind: "told";
  readonly text: string;
}

/** What a {@link Problem} may hold beside its fixed words. */
export type ProblemPart = string | number | bigint | Told | Problem;

/**
 * Why something failed, as a sentence in which the program's own words and what comes from values are kept apart, so
 * that the latter can be left out where the values are sensitive.
 */
export interface Problem {
  readonly kind: "problem";
  readonly words: readonly string[];
  readonly parts: readonly ProblemPart[];
}

/**
 * A text that is the same whatever the values are. Texts that are put together do not have this type, so that they
 * cannot be taken for fixed ones by mistake.
 */
export type FixedText<Text extends string> = Record<never, 1> extends Record<Text, 1> ? never : Text;

/** Makes a {@link Problem}; what is inserted counts as coming from a value unless it is {@link told}. */
export function problem(words: TemplateStringsArray, ...parts: readonly ProblemPart[]): Problem {
  return { kind: "problem", words, parts };
}

/** Declares that a text tells nothing about what an argument holds, or is masked already. */
export function told(text: string | number | bigint): Told {
  return { kind: "told", text: String(text) };
}

/** The sentence; what comes from values is masked on demand. */
export function problemText(message: Problem | string, masked: boolean): string {
  if (typeof message === "string") return message;
  return message.words.reduce((text, words, index) => {
    const part = message.parts[index - 1] as ProblemPart;
    return text + partText(part, masked) + words;
  });
}

function partText(part: ProblemPart, masked: boolean): string {
  if (typeof part !== "object") return masked ? mask : shorten(String(part));
  return part.kind === "told" ? part.text : problemText(part, masked);
}

/** A number may have a hundred thousand digits, and a text a million characters. */
const shownLength = 200;

function shorten(text: string): string {
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
}

const quoted = /"(?:[^"\\]|\\.)*"/gu;

/**
 * An error about a value. Its words speak of types; what it quotes are names and texts that come from the value.
 */
export function valueProblem({ message }: { readonly message: string }): Problem {
  const parts = message.match(quoted) ?? [];
  return { kind: "problem", words: message.split(quoted), parts };
}

import { tokenClass as c } from "./token-class.js";

/** Stands for "no token": the beginning of a line. */
export const noToken = 255;

/**
 * Whether the canonical style puts a space between two neighbours on one line. `before` is the class of the token ahead
 * of `subject` on the line, or {@link noToken}: it tells a sign from a subtraction, and `in` of a `for` from a variable
 * of that name. Rules were found by asking the reference formatter about every triple of tokens.
 */
export function needsSpace(before: number, subject: number, after: number): boolean {
  switch (after) {
    case c.newline:
    case c.dot:
    case c.comma:
    case c.ellipsis:
    case c.text:
    case c.closeQuote:
    case c.closeHeredoc:
    case c.sequenceStart:
      return false;
  }
  switch (subject) {
    case c.dot:
    case c.bang:
    case c.text:
    case c.openQuote:
    case c.openHeredoc:
    case c.sequenceEnd:
      return false;
    case c.comma:
      return true;
    case c.minus:
      return !precedesSign(before);
  }
  if (after === c.closeBrace) return subject !== c.openBrace;
  if (subject === c.openBrace) return true;
  if (subject === c.sequenceStart) return after === c.openBrace;
  return needsSpaceAtBracket(before, subject, after);
}

function needsSpaceAtBracket(before: number, subject: number, after: number): boolean {
  const isInOperator = subject === c.inKeyword && isIdentifier(before);
  switch (after) {
    case c.sequenceEnd:
      return isInOperator || subject === c.closeBrace;
    case c.closeParen:
    case c.closeBracket:
      return isInOperator;
    case c.openParen:
      return !isIdentifier(subject) && subject !== c.openParen && subject !== c.openBracket;
    case c.openBracket:
      return isInOperator || !isIndexable(subject);
    case c.doubleColon:
      if (isIdentifier(subject)) return false;
      break;
    case c.identifier:
    case c.inKeyword:
      if (subject === c.doubleColon) return false;
      break;
  }
  return subject !== c.openParen && subject !== c.openBracket;
}

function isIdentifier(cls: number): boolean {
  return cls === c.identifier || cls === c.inKeyword;
}

/** Whether `[` after it is an index, or the first item of something just opened. */
function isIndexable(subject: number): boolean {
  switch (subject) {
    case c.identifier:
    case c.inKeyword:
    case c.number:
    case c.closeParen:
    case c.closeBracket:
    case c.closeBrace:
    case c.openParen:
    case c.openBracket:
      return true;
    default:
      return false;
  }
}

/** Whether a minus sign after it is a sign. */
function precedesSign(before: number): boolean {
  switch (before) {
    case noToken:
    case c.comma:
    case c.operator:
    case c.equal:
    case c.bang:
    case c.minus:
    case c.openParen:
    case c.openBracket:
    case c.openBrace:
      return true;
    default:
      return false;
  }
}

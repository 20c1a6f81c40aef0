/** The most digits of a number, and the largest power of ten that its last digit may stand for. */
export const maximumNumberScale = 100_000;

const parts = /^-?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const shortestBeyond = "1e100001".length;

/**
 * Whether a number as it is written in HCL or JSON can be computed with. Only a text without this property is one that
 * `numberFromText` of the values refuses; a text that is no number at all has it.
 */
export function isNumberInRange(text: string): boolean {
  if (text.length < shortestBeyond) return true;
  const match = parts.exec(text);
  if (match === null) return true;
  const [, whole = "", writtenFraction = "", exponent = "0"] = match;
  const fraction = withoutTrailingZeros(writtenFraction);
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return true;
  return digits.length <= maximumNumberScale && Math.abs(Number(exponent) - fraction.length) <= maximumNumberScale;
}

/** A regular expression would look at long runs of zeros again and again. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end--;
  return digits.slice(0, end);
}

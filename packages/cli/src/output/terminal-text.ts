// Control sequences of ECMA-48: CSI … final byte; OSC, DCS and the like up to their end; other escapes; lone controls.
const csi = String.raw`(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?`;
const strings = String.raw`(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C\n]*(?:\u0007|\u009C|\u001B\\)?`;
const escapes = String.raw`\u001B[ -/]*[0-~]?`;
const controls = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F]`;
const anything = new RegExp([csi, strings, escapes, controls].join("|"), "g");

const graphics = new RegExp(String.raw`^\u001B\[[\d;:]*m$`);
const reset = "\u001B[0m";

/** The text without everything that controls a terminal, but line ends and tabs. */
export function plainText(text: string): string {
  return text.replace(anything, "");
}

/**
 * The text with colours and other renditions as all that controls a terminal, besides line ends and tabs; they end with
 * their line. What commands print can then neither move the cursor nor clear what others have printed.
 */
export function colorsOnly(text: string): string {
  if (!text.includes("\u001B") && plainText(text) === text) return text;
  return text.split("\n").map(keepColors).join("\n");
}

function keepColors(line: string): string {
  let last = reset;
  const kept = line.replace(anything, (sequence) => {
    if (!graphics.test(sequence)) return "";
    last = sequence;
    return sequence;
  });
  return last === reset || last === "\u001B[m" ? kept : kept + reset;
}

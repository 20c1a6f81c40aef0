import { expect, test } from "vitest";
import { colorsOnly, plainText } from "../../src/output/terminal-text.js";

test.each([
  ["plain text, tabs\tand\nline ends", "plain text, tabs\tand\nline ends"],
  ["clear \u001B[2J\u001B[H and home", "clear  and home"],
  ["up \u001B[10A, alternate \u001B[?1049h, hidden \u001B[?25l", "up , alternate , hidden "],
  ["title \u001B]0;mine\u0007 and \u001B]0;mine\u001B\\ twice", "title  and  twice"],
  ["a title without an end \u001B]0;mine\nnext", "a title without an end \nnext"],
  ["reset \u001Bc, charset \u001B(0, index \u001BD", "reset , charset , index "],
  ["bell \u0007, back \b, return \r, delete \u007F, C1 \u009B2J\u0085", "bell , back , return , delete , C1 "],
  ["cut off \u001B[3", "cut off "],
  ["cut off \u001B", "cut off "],
])("%j becomes %j", (text, expected) => {
  expect(colorsOnly(text)).toBe(expected);
  expect(plainText(text)).toBe(expected);
});

test.each([
  ["\u001B[31mred\u001B[0m", "\u001B[31mred\u001B[0m"],
  ["\u001B[38;5;9mred\u001B[m", "\u001B[38;5;9mred\u001B[m"],
  ["\u001B[31mred\nnext", "\u001B[31mred\u001B[0m\nnext"],
])("colours stay, and end with the line: %j", (text, expected) => {
  expect(colorsOnly(text)).toBe(expected);
  expect(plainText(text)).toBe(text.replaceAll(/\u001B\[[\d;]*m/g, ""));
});

test("whatever is printed, nothing but colours controls the terminal", () => {
  const parts = [
    "\u001B[",
    "\u001B]",
    "\u001BP",
    "\u001B",
    "\u009B",
    "1;31m",
    "2J",
    "0;x",
    "\u0007",
    "\u001B\\",
    "\n",
    "a",
    "",
  ];
  for (const first of parts) {
    for (const second of parts) {
      for (const third of parts) {
        const left = colorsOnly(first + second + third).replaceAll(/\u001B\[[\d;:]*m/g, "");
        expect(left).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
      }
    }
  }
});

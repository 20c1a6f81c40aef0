import { counted } from "./support.js";

/** Rows of a CSV text, or what is wrong with it. */
export type CsvOutcome =
  | { readonly kind: "rows"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "csv-error"; readonly line: number; readonly message: string };

/**
 * Splits comma separated values as Go's `encoding/csv` does: fields may be quoted, a quote inside a quoted field is
 * doubled, empty lines are skipped, and all rows must have as many fields as the first.
 */
export function parseCsv(text: string): CsvOutcome {
  const rows: string[][] = [];
  let fields = 0;
  const state: CsvState = { text: text.replaceAll("\r\n", "\n"), at: 0, line: 1 };
  while (state.at < state.text.length) {
    const { line } = state;
    if (state.text[state.at] === "\n") {
      state.at++;
      state.line++;
      continue;
    }
    const row = readRow(state);
    if (!Array.isArray(row)) return row;
    const [first] = rows;
    if (first !== undefined && row.length !== first.length) {
      return { kind: "csv-error", line, message: `it has ${counted(row.length, "field")} instead of ${first.length}` };
    }
    fields += row.length;
    if (fields > maximumFields) {
      return { kind: "csv-error", line, message: `the fields are more than ${maximumFields} here` };
    }
    rows.push(row);
  }
  return { kind: "rows", rows };
}

/** Each field takes some hundred bytes. */
const maximumFields = 2_000_000;

interface CsvState {
  readonly text: string;
  at: number;
  line: number;
}

type CsvError = Extract<CsvOutcome, { kind: "csv-error" }>;

function readRow(state: CsvState): string[] | CsvError {
  const row: string[] = [];
  for (;;) {
    const field = state.text[state.at] === '"' ? readQuoted(state) : readPlain(state);
    if (typeof field !== "string") return field;
    row.push(field);
    const next = state.text[state.at];
    state.at++;
    if (next === ",") continue;
    if (next === "\n") state.line++;
    return row;
  }
}

function readPlain(state: CsvState): string | CsvError {
  const rest = /[,\n]|$/g;
  rest.lastIndex = state.at;
  const end = rest.exec(state.text)?.index ?? state.text.length;
  let field = state.text.slice(state.at, end);
  if (field.includes('"'))
    return { kind: "csv-error", line: state.line, message: "a field that does not begin with a quote holds one" };
  // A carriage return at the very end of the text belongs to a line end.
  if (end === state.text.length) field = field.replace(/\r$/, "");
  state.at = end;
  return field;
}

function readQuoted(state: CsvState): string | CsvError {
  let field = "";
  state.at++;
  for (;;) {
    const quote = state.text.indexOf('"', state.at);
    if (quote === -1) return { kind: "csv-error", line: state.line, message: "a quoted field does not end" };
    const piece = state.text.slice(state.at, quote);
    for (const character of piece) if (character === "\n") state.line++;
    field += piece;
    state.at = quote + 1;
    const next = state.text[state.at];
    if (next === '"') {
      field += '"';
      state.at++;
    } else if (next === undefined || next === "," || next === "\n") {
      return field;
    } else if (next === "\r" && state.at === state.text.length - 1) {
      state.at++;
      return field;
    } else {
      return { kind: "csv-error", line: state.line, message: "text follows the closing quote of a field" };
    }
  }
}

/** Shortest secret that is masked: shorter ones would make the output unreadable and reveal themselves by that. */
export const shortestSecret = 4;

/** The texts by which a secret is recognised. */
export interface SecretForms {
  readonly plain: readonly string[];
  /** Those that programs cut into lines. */
  readonly base64: readonly string[];
}

/**
 * The texts by which a secret is recognised: itself, its lines, and both as JSON, quoted word of a shell, URL component,
 * form value and base64 (standard and URL-safe alphabet, also inside a longer encoded text).
 */
export function secretForms(secret: string): readonly string[] {
  const { plain, base64 } = findSecretForms(secret);
  return [...new Set([...plain, ...base64])];
}

/** What `secretForms` gives, by kind. */
export function findSecretForms(secret: string): SecretForms {
  const plain = new Set<string>();
  const base64 = new Set<string>();
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  for (const text of [secret, secret.trim(), ...lines]) {
    if (text.length < shortestSecret) continue;
    for (const written of [text, ...shellForms(text)]) {
      plain.add(written);
      for (const form of jsonForms(written)) plain.add(form);
    }
    // A shell has taken the backslashes before quotes away.
    plain.add(escapeMarkup(text));
    for (const form of urlForms(text)) plain.add(form);
    for (const form of base64Forms(Buffer.from(text, "utf8"))) base64.add(form);
  }
  const long = (form: string): boolean => form.length >= shortestSecret;
  return { plain: [...plain].filter(long), base64: [...base64].filter(long) };
}

/** A text with quotes inside of a quoted word of a shell. */
function shellForms(text: string): readonly string[] {
  if (!text.includes("'")) return [];
  return [`'"'"'`, String.raw`'\''`, "''"].map((quote) => text.replaceAll("'", quote));
}

/** What the usual encoders make of a text in JSON: they differ in what they escape without need. */
function jsonForms(text: string): readonly string[] {
  let forms = [JSON.stringify(text).slice(1, -1)];
  for (const escape of [escapeMarkup, escapeSlashes, escapeForeign]) {
    forms = [...new Set(forms.flatMap((form) => [form, escape(form)]))];
  }
  return forms;
}

function escapeMarkup(text: string): string {
  return text.replaceAll(/[<>&]/g, escapeUnit);
}

function escapeSlashes(text: string): string {
  return text.replaceAll("/", String.raw`\/`);
}

function escapeForeign(text: string): string {
  return text.replaceAll(/[\u007F-\uFFFF]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** What the usual encoders make of a text in a URL: they differ in which of the harmless characters they leave. */
function urlForms(text: string): readonly string[] {
  const plain = encodeURIComponent(Buffer.from(text, "utf8").toString("utf8"));
  const strict = plain.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const forms = [plain, strict, strict.replaceAll("%20", "+"), strict.replaceAll("%2F", "/"), form];
  return forms.flatMap((encoded) => [encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())]);
}

/** Shortest piece of base64 that is looked for inside a longer text; shorter ones occur by chance. */
const shortestBase64Piece = 8;

/** Line lengths of the usual encoders. */
const base64Columns = [64, 76] as const;

function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, "")];
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The characters at both ends also depend on the bytes beside the secret.
    const first = before === 0 ? 0 : before + 1;
    const last = (before + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const piece = encoded.slice(first, last);
    if (piece.length >= shortestBase64Piece) forms.push(piece);
    if (before === 0) forms.push(...cutIntoLines(piece));
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/** The lines of an encoded text, for views that show each line with something before it. */
function cutIntoLines(encoded: string): readonly string[] {
  return base64Columns.flatMap((columns) => {
    const count = Math.ceil(encoded.length / columns);
    const lines = Array.from({ length: count }, (_, index) => encoded.slice(index * columns, (index + 1) * columns));
    return lines.filter((line) => line.length >= shortestBase64Piece);
  });
}

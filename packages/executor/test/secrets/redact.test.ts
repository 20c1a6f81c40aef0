import { createRedactor, secretForms, type Redactor } from "@hclbuild/executor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("redact", () => {
  it("masks secrets and leaves the rest alone", () => {
    const redactor = createRedactor();
    redactor.add(["hunter2", "hunter22"]);
    expect(redactor.redact("a hunter2 b hunter22 c hunter")).toBe("a <sensitive> b <sensitive> c hunter");
    expect(redactor.redact("hunter2hunter2")).toBe("<sensitive><sensitive>");
  });

  it("reports secrets that are too short to be masked", () => {
    const redactor = createRedactor();
    expect(redactor.add(["abc", "", "abcd"])).toEqual(["abc"]);
    expect(redactor.redact("abc abcd")).toBe("abc <sensitive>");
  });

  it("masks overlapping secrets as one", () => {
    const redactor = createRedactor();
    redactor.add(["abcdef", "defghi"]);
    expect(redactor.redact("xabcdefghix")).toBe("x<sensitive>x");
  });

  it("knows the lines of a secret", () => {
    const redactor = createRedactor();
    redactor.add(["-----BEGIN KEY-----\nAAAABBBB\nCCCC\n-----END KEY-----\n"]);
    expect(redactor.redact("got AAAABBBB and\nCCCC")).toBe("got <sensitive> and\n<sensitive>");
  });

  it.each([
    ["JSON", (text: string) => JSON.stringify(text)],
    ["JSON with escaped slashes", (text: string) => JSON.stringify(text).replaceAll("/", "\\/")],
    ["JSON in ASCII", (text: string) => JSON.stringify(text).replaceAll("ö", "\\u00f6").replaceAll("€", "\\u20ac")],
    ["PHP's JSON", () => '"p\\"a\\/s+s\\\\w~\\u00f6\\u20ac & r?d"'],
    ["a URL component", (text: string) => encodeURIComponent(text)],
    ["a form value", (text: string) => new URLSearchParams({ a: text }).toString()],
    ["base64", (text: string) => Buffer.from(text).toString("base64")],
    ["base64url", (text: string) => Buffer.from(text).toString("base64url")],
    ["base64 after one byte", (text: string) => Buffer.from(`:${text}:`).toString("base64")],
    ["base64 after two bytes", (text: string) => Buffer.from(`ab${text}cd`).toString("base64")],
    ["basic authorization", (text: string) => `Basic ${Buffer.from(`user:${text}`).toString("base64")}`],
  ])("finds a secret as %s", (_name, encode) => {
    const secret = 'p"a/s+s\\w~ö\u20AC & r?d';
    const redactor = createRedactor();
    redactor.add([secret]);
    const encoded = encode(secret);
    const shown = redactor.redact(encoded);
    expect(shown).toContain("<sensitive>");
    // At most the characters that also depend on the neighbours may stay.
    expect(shown.replaceAll("<sensitive>", "").length).toBeLessThanOrEqual(encoded.length - secret.length);
    expect(secretForms(secret).some((form) => shown.includes(form))).toBe(false);
  });
});

it.each([`echo 'it'"'"'s me'`, `echo 'it'\\''s me'`, `echo 'it''s me'`])(
  "finds a secret as a quoted word: %s",
  (command) => {
    const redactor = createRedactor();
    redactor.add(["it's me"]);
    expect(redactor.redact(command)).toBe("echo '<sensitive>'");
    expect(redactor.redact(JSON.stringify({ command }))).toBe('{"command":"echo \'<sensitive>\'"}');
  },
);

describe("a stream", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "\n"), minLength: 4, maxLength: 8 });

  it("gives the same for any chunking, shows no secret, and keeps no more than the longest one back", () => {
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "\n"), maxLength: 12 }), { maxLength: 12 }),
        (secrets, chunks) => {
          const redactor = createRedactor();
          redactor.add(secrets);
          const whole = chunks.join("");
          const stream = redactor.stream();
          const parts = chunks.map((chunk) => stream.push(chunk));
          const shown = parts.join("") + stream.end();
          expect(shown).toBe(redactor.redact(whole));
          const visible = shown.split("<sensitive>");
          for (const piece of visible) for (const secret of secrets) expect(piece.includes(secret)).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("agrees with a search for every position", () => {
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 3 }),
        letters.chain((a) => letters.map((b) => a + b)),
        (secrets, text) => {
          const redactor = createRedactor();
          redactor.add(secrets);
          const patterns = new Set(secrets.flatMap((secret) => secretForms(secret)));
          expect(redactor.redact(text)).toBe(bruteForce(text, [...patterns]));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("finds base64 that is cut into lines, for any width, place and chunking", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 24, maxLength: 300 }),
        fc.record({
          before: fc.nat(100),
          after: fc.nat(100),
          columns: fc.constantFrom(4, 19, 57, 60, 64, 72, 76),
          lineEnd: fc.constantFrom("\n", "\r\n", "\n    "),
          urlSafe: fc.boolean(),
        }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        (bytes, { before, after, columns, lineEnd, urlSafe }, sizes) => {
          const secret = Buffer.from(bytes).toString("hex");
          const redactor = createRedactor();
          redactor.add([secret]);
          const text = Buffer.from("-".repeat(before) + secret + "-".repeat(after));
          const encoded = text.toString(urlSafe ? "base64url" : "base64");
          const cut = (encoded.match(new RegExp(`.{1,${columns}}`, "g")) ?? []).join(lineEnd) + lineEnd;
          const shown = showInPieces(redactor, `x ${cut}done`, sizes);
          expect(shown).toContain("<sensitive>");
          expect(shown.endsWith("done")).toBe(true);
          // A few characters also depend on the neighbours, or were shown when nothing told what they would become.
          const visible = shown.replaceAll("<sensitive>", "|").replaceAll(/\s/g, "");
          for (let at = 0; at + 8 <= encoded.length; at += 1) {
            const window = encoded.slice(at, at + 8);
            if (/^[LS0t-]*$/.test(window)) continue;
            const inside = at * 0.75 >= before && (at + 8) * 0.75 <= before + secret.length;
            if (inside) expect(visible).not.toContain(window);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("finds the lines of base64 with something before each of them, at the usual widths", () => {
    const secret = "correct horse battery staple ".repeat(7);
    const redactor = createRedactor();
    redactor.add([secret]);
    for (const columns of [64, 76]) {
      const lines =
        Buffer.from(secret)
          .toString("base64")
          .match(new RegExp(`.{1,${columns}}`, "g")) ?? [];
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) expect(redactor.redact(`#7 0.123 ${line}`)).toMatch(/^#7 0\.123 <sensitive>.?=*$/);
    }
  });

  it("does not wait at the end of a line that could hardly be the beginning of one", () => {
    const redactor = createRedactor();
    redactor.add(["correct horse battery staple"]);
    const start = Buffer.from("correct horse").toString("base64");
    const stream = redactor.stream();
    expect(stream.push(`a ${start.slice(0, 3)}\n`)).toBe(`a ${start.slice(0, 3)}\n`);
    expect(stream.push("correct\n")).toBe("correct\n");
    expect(stream.push(`b ${start.slice(0, 8)}\n`)).toBe("b ");
    expect(stream.push("!")).toBe(`${start.slice(0, 8)}\n!`);
  });

  it("shows at once what cannot become a secret, and what was held when it did not", () => {
    const redactor = createRedactor();
    redactor.add(["password"]);
    const stream = redactor.stream();
    expect(stream.push("prompt: pas")).toBe("prompt: ");
    expect(stream.push("ta\n")).toBe("pasta\n");
    expect(stream.push("passwor")).toBe("");
    expect(stream.end()).toBe("passwor");
  });

  it("learns secrets while it is open", () => {
    const redactor = createRedactor();
    redactor.add(["first-secret"]);
    const stream = redactor.stream();
    expect(stream.push("a second-sec")).toBe("a second-sec");
    redactor.add(["another-secret"]);
    expect(stream.push(" another-secret first-secret.")).toBe(" <sensitive> <sensitive>.");
  });
});

function showInPieces(redactor: Redactor, text: string, sizes: readonly number[]): string {
  const stream = redactor.stream();
  let shown = "";
  for (let at = 0, piece = 0; at < text.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    shown += stream.push(text.slice(at, at + size));
    at += size;
  }
  return shown + stream.end();
}

/** All ranges that hold a pattern, with overlapping ones joined. */
function bruteForce(text: string, patterns: readonly string[]): string {
  const ranges = patterns
    .flatMap((pattern) =>
      [...text].flatMap((_, start) =>
        text.startsWith(pattern, start) ? [[start, start + pattern.length] as const] : [],
      ),
    )
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const joined: [number, number][] = [];
  for (const [start, end] of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  let out = "";
  let at = 0;
  for (const [start, end] of joined) {
    out += `${text.slice(at, start)}<sensitive>`;
    at = end;
  }
  return out + text.slice(at);
}

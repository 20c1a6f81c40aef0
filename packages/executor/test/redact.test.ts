import { createRedactor, secretForms } from "@hclbuild/executor";
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

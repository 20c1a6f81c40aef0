import type { Token } from "../lexer/lexer.js";
import { tokenClass as c } from "./token-class.js";

/** What is open, innermost last. Line ends mean something in a body and in an object only. */
type Frame =
  | { readonly kind: "body"; readonly names: Set<string> }
  | {
      readonly kind:
        | "line-block"
        | "object"
        | "list"
        | "call"
        | "parentheses"
        | "index"
        | "sequence"
        | "quote"
        | "quoted-key"
        | "heredoc"
        | "conditional";
    };

/** What may come next. */
type Next =
  | "item"
  | "block-end"
  | "operand"
  | "operand-or-close"
  | "operator"
  | "key"
  | "key-separator"
  | "template"
  | "call-end";

/** Deeper nesting and longer chains of signs and conditionals are left to the parser, which has the exact bounds. */
const maximumDepth = 50;

/**
 * Whether the tokens alone prove that a file has no syntax error. `false` proves nothing: rarer forms (`for`, splats,
 * template directives, namespaced calls, unusual escapes) are left to the parser. It exists so that formatting a file
 * does not need the parser, whose start costs more than all the rest.
 */
export function isSurelyWellFormed(tokens: readonly Token[], classes: Uint8Array): boolean {
  return new Checker(tokens, classes).run();
}

class Checker {
  readonly #tokens: readonly Token[];
  readonly #classes: Uint8Array;
  readonly #frames: Frame[] = [{ kind: "body", names: new Set() }];
  #next: Next = "item";
  #index = 0;
  /** Signs and conditionals of the current item so far. */
  #chain = 0;

  constructor(tokens: readonly Token[], classes: Uint8Array) {
    this.#tokens = tokens;
    this.#classes = classes;
  }

  run(): boolean {
    for (; this.#index < this.#classes.length; this.#index++) {
      if (
        !this.#step(this.#classes[this.#index] as number) ||
        this.#frames.length > maximumDepth ||
        this.#chain > maximumDepth
      )
        return false;
    }
    const isComplete = this.#next === "item" || this.#next === "block-end" || this.#next === "operator";
    return isComplete && this.#frames.length === 1;
  }

  get #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  #step(cls: number): boolean {
    if (cls === c.blockComment) return true;
    if (this.#next === "template") return this.#template(cls);
    if (cls === c.newline || cls === c.lineComment) return this.#lineEnd();
    switch (this.#next) {
      case "item":
        return this.#item(cls);
      case "key":
        return this.#key(cls);
      case "key-separator":
        return (cls === c.equal || this.#isColon(cls)) && this.#expect("operand");
      case "operand":
        return this.#operand(cls);
      case "operand-or-close":
        return this.#close(cls) || this.#operand(cls);
      case "operator":
        return this.#operator(cls);
      case "call-end":
        return cls === c.closeParen && this.#close(cls);
      case "block-end":
        return false;
    }
  }

  #expect(next: Next): true {
    this.#next = next;
    return true;
  }

  #push(kind: Exclude<Frame["kind"], "body">, next: Next): true {
    this.#frames.push({ kind });
    return this.#expect(next);
  }

  #classAt(ahead: number): number {
    return this.#classes[this.#index + ahead] ?? c.newline;
  }

  get #text(): string {
    return (this.#tokens[this.#index] as Token).text;
  }

  #isColon(cls: number): boolean {
    return cls === c.operator && this.#text === ":";
  }

  #lineEnd(): boolean {
    if (this.#next === "item" || this.#next === "key") return true;
    if (this.#next === "block-end") return this.#expect("item");
    const outer = this.#frames.findLast((frame) => frame.kind !== "conditional")?.kind;
    if (outer !== "body" && outer !== "object" && outer !== "line-block") return true;
    if (this.#next !== "operator" || this.#top.kind !== outer || outer === "line-block") return false;
    this.#chain = 0;
    return this.#expect(outer === "body" ? "item" : "key");
  }

  /** An argument, a block, or the end of the body. */
  #item(cls: number): boolean {
    const top = this.#top;
    if (top.kind !== "body") return false;
    if (cls === c.closeBrace && this.#frames.length > 1) {
      this.#frames.pop();
      return this.#expect("block-end");
    }
    if (cls !== c.identifier && cls !== c.inKeyword) return false;
    if (this.#classAt(1) === c.equal) {
      if (top.names.has(this.#text)) return false;
      top.names.add(this.#text);
      this.#index++;
      return this.#expect("operand");
    }
    return this.#blockHeader();
  }

  #blockHeader(): boolean {
    for (;;) {
      this.#index++;
      const cls = this.#classAt(0);
      if (cls === c.identifier || cls === c.inKeyword) continue;
      if (cls === c.openQuote) {
        if (this.#classAt(1) === c.text && /[\\$%]/.test((this.#tokens[this.#index + 1] as Token).text)) return false;
        const length = this.#classAt(1) === c.text ? 2 : 1;
        if (this.#classAt(length) !== c.closeQuote) return false;
        this.#index += length;
        continue;
      }
      return cls === c.openBrace && this.#blockBody();
    }
  }

  #blockBody(): boolean {
    const first = this.#classAt(1);
    if (first === c.newline || first === c.lineComment || first === c.closeBrace) {
      this.#frames.push({ kind: "body", names: new Set() });
      return this.#expect("item");
    }
    if ((first !== c.identifier && first !== c.inKeyword) || this.#classAt(2) !== c.equal) return false;
    this.#index += 2;
    return this.#push("line-block", "operand");
  }

  #key(cls: number): boolean {
    switch (cls) {
      case c.closeBrace:
        return this.#close(cls);
      case c.identifier:
      case c.inKeyword:
        return this.#text !== "for" && this.#expect("key-separator");
      case c.openQuote:
        return this.#push("quoted-key", "template");
      default:
        return false;
    }
  }

  #operand(cls: number): boolean {
    switch (cls) {
      case c.identifier:
      case c.inKeyword:
        return this.#text !== "for" && this.#classAt(1) !== c.doubleColon && this.#expect("operator");
      case c.number:
        return /^[0-9]+(\.[0-9]+)?$/.test(this.#text) && this.#expect("operator");
      case c.minus:
      case c.bang:
        this.#chain++;
        return this.#expect("operand");
      case c.openParen:
        return this.#push("parentheses", "operand");
      case c.openBracket:
        return this.#push("list", "operand-or-close");
      case c.openBrace:
        return this.#push("object", "key");
      case c.openQuote:
        return this.#push("quote", "template");
      case c.openHeredoc:
        return this.#push("heredoc", "template");
      default:
        return false;
    }
  }

  #operator(cls: number): boolean {
    switch (cls) {
      case c.operator:
        this.#chain++;
        if (this.#text === "?") return this.#push("conditional", "operand");
        if (this.#text !== ":") return this.#expect("operand");
        if (this.#top.kind !== "conditional") return false;
        this.#frames.pop();
        return this.#expect("operand");
      case c.minus:
        return this.#expect("operand");
      case c.dot:
        if (this.#classAt(1) !== c.identifier && this.#classAt(1) !== c.inKeyword) return false;
        this.#index++;
        return true;
      case c.openParen:
        return this.#isCall() && this.#push("call", "operand-or-close");
      case c.openBracket:
        return this.#push("index", "operand");
      case c.comma:
        return this.#comma();
      case c.ellipsis:
        return this.#top.kind === "call" && this.#expect("call-end");
      default:
        return this.#close(cls);
    }
  }

  /** Whether the parenthesis follows a function's name: an identifier that is no attribute of something. */
  #isCall(): boolean {
    const name = this.#classes[this.#index - 1];
    return (name === c.identifier || name === c.inKeyword) && this.#classes[this.#index - 2] !== c.dot;
  }

  #comma(): boolean {
    switch (this.#top.kind) {
      case "list":
      case "call":
        return this.#expect("operand-or-close");
      case "object":
        return this.#expect("key");
      default:
        return false;
    }
  }

  #close(cls: number): boolean {
    if (closers[this.#top.kind] !== cls) return false;
    switch (this.#frames.pop()?.kind) {
      case "line-block":
        return this.#expect("block-end");
      case "sequence":
        return this.#expect("template");
      default:
        return this.#expect("operator");
    }
  }

  #template(cls: number): boolean {
    const { kind } = this.#top;
    switch (cls) {
      case c.text:
        return kind === "heredoc" || /^(?:[^\\]|\\[nrt"\\])*$/.test(this.#text);
      case c.sequenceStart:
        return this.#text.startsWith("$") && this.#push("sequence", "operand");
      case c.closeQuote:
      case c.closeHeredoc:
        this.#frames.pop();
        return this.#expect(kind === "quoted-key" ? "key-separator" : "operator");
      default:
        return false;
    }
  }
}

const closers: Readonly<Partial<Record<Frame["kind"], number>>> = {
  "line-block": c.closeBrace,
  object: c.closeBrace,
  list: c.closeBracket,
  call: c.closeParen,
  parentheses: c.closeParen,
  index: c.closeBracket,
  sequence: c.sequenceEnd,
};

import { EMPTY_ALT, EOF, type IOrAlt, type IToken } from "chevrotain";
import type { AttributeNode, BlockNode, Expression, FileNode, Label } from "../ast.js";
import { explainDuplicate } from "./explain.js";
import { toIdentifier } from "./expression-builder.js";
import { SyntaxFailure } from "./failure.js";
import { tokenEnd } from "./parser-base.js";
import type { Vocabulary } from "./vocabulary.js";
import { TemplateParser } from "./template-parser.js";

type BodyItem = AttributeNode | BlockNode;
type BlockBody = Pick<BlockNode, "body" | "openBrace" | "closeBrace">;

// Below this size a search through the list is faster than a map.
const smallBody = 12;

/** Bodies: attributes and blocks. The last part of the grammar, and so the parser itself. */
export class HclParser extends TemplateParser {
  #labels?: IOrAlt<Label>[];
  #items?: IOrAlt<BodyItem>[];

  constructor(types: Vocabulary, checked: boolean) {
    super(types, checked);
    this.performSelfAnalysis();
  }

  readonly file = this.RULE("fileRule", (): FileNode => {
    const items: BodyItem[] = [];
    if (this.problems !== undefined) this.recoverItems(items, false);
    else {
      let separated = true;
      this.MANY(() => {
        if (!separated) throw new SyntaxFailure("itemEnd", this.LA(1));
        items.push(this.SUBRULE(this.bodyItem));
        separated = false;
        this.OPTION(() => {
          this.CONSUME(this.types.Newline);
          separated = true;
        });
      });
    }
    return this.ACTION(() => {
      const source = this.sourceInUse;
      this.checkDuplicates(items);
      const end = source.text.length;
      return { kind: "file", source, body: { kind: "body", items, start: 0, end }, start: 0, end };
    });
  });

  readonly bodyItem = this.RULE("bodyItemRule", (): BodyItem => {
    this.CONSUME(this.types.Identifier);
    return this.OR(
      (this.#items ??= [
        { ALT: (): BodyItem => this.SUBRULE(this.attributeRest) },
        { ALT: (): BodyItem => this.SUBRULE(this.blockRest) },
      ]),
    );
  });

  readonly attributeRest = this.RULE("attributeRestRule", (): AttributeNode => {
    const name = this.LA(0);
    const equal = this.CONSUME(this.types.Equal);
    const expression =
      this.problems === undefined ? this.SUBRULE(this.expression) : this.recoverExpression(tokenEnd(equal));
    return { kind: "attribute", name: toIdentifier(name), expression, start: name.startOffset, end: expression.end };
  });

  readonly blockRest = this.RULE("blockRestRule", (): BlockNode => {
    const type = this.LA(0);
    const labels: Label[] = [];
    if (this.problems !== undefined) return this.recoverBlock(type, labels);
    this.SUBRULE(this.blockLabels, { ARGS: [labels] });
    const { body, openBrace, closeBrace } = this.SUBRULE(this.blockBody);
    return {
      kind: "block",
      type: toIdentifier(type),
      labels,
      body,
      openBrace,
      closeBrace,
      start: type.startOffset,
      end: this.RECORDING_PHASE ? 0 : body.end,
    };
  });

  readonly blockLabels = this.RULE("blockLabelsRule", (labels: Label[] = []): void => {
    this.MANY(() => {
      labels.push(
        this.OR(
          (this.#labels ??= [
            { ALT: () => ({ ...this.SUBRULE(this.plainString), quoted: true }) },
            { ALT: () => ({ ...toIdentifier(this.CONSUME(this.types.Identifier)), quoted: false }) },
          ]),
        ),
      );
    });
  });

  /** The braces of a block: nothing, one attribute on the same line, or items on lines of their own. */
  readonly blockBody = this.RULE("blockBodyRule", (): BlockBody => {
    const items: BodyItem[] = [];
    const open = this.CONSUME(this.types.OpenBrace);
    if (this.problems !== undefined) return this.recoverBlockBody(open, items);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(this.types.Newline);
          this.MANY(() => {
            items.push(this.SUBRULE(this.bodyItem));
            this.CONSUME2(this.types.Newline);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(this.types.Identifier);
          items.push(this.SUBRULE(this.attributeRest));
        },
      },
      { ALT: EMPTY_ALT() },
    ]);
    const close = this.CONSUME(this.types.CloseBrace);
    return this.ACTION(() => {
      this.checkDuplicates(items);
      const start = open.startOffset;
      const end = tokenEnd(close);
      return { body: { kind: "body", items, start, end }, openBrace: start, closeBrace: close.startOffset };
    });
  });

  readonly onlyExpression = this.RULE("onlyExpressionRule", (): Expression => {
    const expression = this.SUBRULE(this.expression);
    this.CONSUME(EOF);
    return expression;
  });

  /** The items of a body with mistakes: each mistake costs at most the rest of its item. */
  private recoverItems(items: BodyItem[], isBlock: boolean): void {
    const { Newline, CloseBrace, Identifier } = this.types;
    // Lines in a row that are no items have one cause, such as a comment that lost its beginning.
    let isQuiet = false;
    for (;;) {
      const token = this.LA(1);
      const type = token.tokenType;
      if (type === EOF || (isBlock && type === CloseBrace)) return;
      const start = this.position;
      if (type === Newline) {
        this.SKIP_TOKEN();
        continue;
      }
      if (type === Identifier) {
        const item: BodyItem | undefined = this.tryTo(start, () => this.SUBRULE(this.bodyItem), isQuiet);
        isQuiet = item === undefined;
        if (item === undefined) continue;
        items.push(item);
      } else {
        if (!isQuiet) this.addRecovered(new SyntaxFailure("junk", token));
        isQuiet = true;
        this.SKIP_TOKEN();
        if (!this.itemFollows()) this.skipItem(start);
        continue;
      }
      const next = this.LA(1).tokenType;
      if (next === Newline || next === EOF || (isBlock && next === CloseBrace)) continue;
      this.addRecovered(new SyntaxFailure("itemEnd", this.LA(1)));
      this.skipItem(start);
    }
  }

  /** Whether the next tokens can only begin an item, so that what stands before them can be dropped alone. */
  private itemFollows(): boolean {
    const { Identifier, Equal, OpenBrace, OpenQuote } = this.types;
    const second = this.LA(2).tokenType;
    return this.LA(1).tokenType === Identifier && (second === Equal || second === OpenBrace || second === OpenQuote);
  }

  /** The value of an attribute; an error node when it cannot be read. */
  private recoverExpression(valueStart: number): Expression {
    const start = this.position;
    const expression = this.tryTo(start, () => this.SUBRULE2(this.expression));
    if (expression !== undefined) return expression;
    const end = Math.max(valueStart, tokenEnd(this.LA(0)));
    return { kind: "error", start: valueStart, end };
  }

  private recoverBlock(type: IToken, labels: Label[]): BlockNode {
    const header = { kind: "block", type: toIdentifier(type), labels, start: type.startOffset } as const;
    const { OpenBrace, Newline } = this.types;
    const mark = this.mark();
    try {
      this.SUBRULE(this.blockLabels, { ARGS: [labels] });
      if (this.LA(1).tokenType !== OpenBrace) throw new SyntaxFailure("blockRestRule", this.LA(1));
    } catch (failure) {
      this.restore(mark);
      this.addRecovered(failure);
      // The brace is what makes the rest readable, so look for it on this line.
      for (
        let next = this.LA(1).tokenType;
        next !== OpenBrace && next !== Newline && next !== EOF;
        next = this.LA(1).tokenType
      ) {
        if (next === this.types.CloseBrace) break;
        this.SKIP_TOKEN();
      }
      if (this.LA(1).tokenType !== OpenBrace) {
        const end = tokenEnd(this.LA(0));
        return { ...header, body: { kind: "body", items: [], start: end, end }, openBrace: -1, closeBrace: -1, end };
      }
    }
    const block = this.SUBRULE(this.blockBody);
    return { ...header, ...block, end: block.body.end };
  }

  private recoverBlockBody(open: IToken, items: BodyItem[]): BlockBody {
    const { Newline, CloseBrace, Identifier } = this.types;
    if (this.LA(1).tokenType === Identifier) {
      const start = this.position;
      const item = this.tryTo(start, () => this.SUBRULE(this.bodyItem));
      if (item !== undefined) items.push(item);
      if (item?.kind === "block" && item.openBrace >= 0) {
        const range = { start: item.start, end: item.openBrace + 1 };
        this.addRecovered(new SyntaxFailure("singleLine", this.LA(1), range));
      } else if (this.LA(1).tokenType !== CloseBrace && item !== undefined) {
        this.addRecovered(new SyntaxFailure("singleLine", this.LA(1)));
        if (this.LA(1).tokenType !== Newline) this.skipItem(start);
      }
    }
    this.recoverItems(items, true);
    this.checkDuplicates(items);
    const close = this.LA(1);
    const isClosed = close.tokenType === CloseBrace;
    if (isClosed) this.SKIP_TOKEN();
    const end = isClosed ? tokenEnd(close) : this.sourceInUse.text.length;
    const closeBrace = isClosed && close.image !== "" ? close.startOffset : -1;
    return {
      body: { kind: "body", items, start: open.startOffset, end },
      openBrace: open.image === "" ? -1 : open.startOffset,
      closeBrace,
    };
  }

  private checkDuplicates(items: readonly BodyItem[]): void {
    const seen = items.length > smallBody ? new Map<string, AttributeNode>() : undefined;
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as BodyItem;
      if (item.kind !== "attribute") continue;
      const name = item.name.text;
      const first = seen ? seen.get(name) : firstBefore(items, index, name);
      if (first !== undefined) this.addProblem(explainDuplicate(item, first, this.sourceInUse));
      else seen?.set(name, item);
    }
  }
}

function firstBefore(items: readonly BodyItem[], index: number, name: string): AttributeNode | undefined {
  for (let earlier = 0; earlier < index; earlier++) {
    const item = items[earlier] as BodyItem;
    if (item.kind === "attribute" && item.name.text === name) return item;
  }
  return undefined;
}

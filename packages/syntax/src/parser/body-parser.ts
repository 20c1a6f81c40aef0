import { EMPTY_ALT, EOF, type IOrAlt, type IToken } from "chevrotain";
import type { AttributeNode, BlockNode, BodyNode, ErrorExpression, Expression, FileNode, Label, TemplateExpression } from "../ast.js";
import { explainDuplicate } from "./explain.js";
import { toIdentifier } from "./expression-builder.js";
import { SyntaxFailure } from "./failure.js";
import { absentToken, tokenEnd } from "./parser-base.js";
import type { Vocabulary } from "./vocabulary.js";
import { TemplateParser } from "./template-parser.js";

type BodyItem = AttributeNode | BlockNode;
type BlockBody = Pick<BlockNode, "body" | "openBrace" | "closeBrace">;

// Below this size a search through the list is faster than a map.
const smallBody = 12;

/** Bodies: attributes and blocks. The last part of the grammar, and so the parser itself. */
export class HclParser extends TemplateParser {
  #labels?: IOrAlt<Label>[];

  constructor(types: Vocabulary, checked: boolean) {
    super(types, checked);
    this.performSelfAnalysis();
  }

  readonly file = this.RULE("fileRule", (): FileNode => {
    const items: BodyItem[] = [];
    let separated = true;
    this.OPTION(() => this.CONSUME(this.types.Newline));
    this.MANY(() => {
      if (!separated) throw new SyntaxFailure("itemEnd", this.LA(1));
      items.push(this.SUBRULE(this.bodyItem));
      separated = false;
      this.OPTION2(() => {
        this.CONSUME2(this.types.Newline);
        separated = true;
      });
    });
    return this.ACTION(() => {
      const source = this.sourceInUse;
      this.checkDuplicates(items);
      const end = source.text.length;
      return { kind: "file", source, body: { kind: "body", items, start: 0, end }, start: 0, end };
    });
  });

  readonly bodyItem = this.RULE("bodyItemRule", (): BodyItem => {
    const name = this.CONSUME(this.types.Identifier);
    return this.OR([
      { ALT: (): BodyItem => this.SUBRULE(this.attributeRest, { ARGS: [name] }) },
      { ALT: (): BodyItem => this.SUBRULE(this.blockRest, { ARGS: [name] }) },
    ]);
  });

  readonly attributeRest = this.RULE("attributeRestRule", (name: IToken = absentToken): AttributeNode => {
    this.CONSUME(this.types.Equal);
    const expression = this.SUBRULE(this.expression);
    return { kind: "attribute", name: toIdentifier(name), expression, start: name.startOffset, end: expression.end };
  });

  readonly blockRest = this.RULE("blockRestRule", (type: IToken = absentToken): BlockNode => {
    const labels: Label[] = [];
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
    const { body, openBrace, closeBrace } = this.SUBRULE(this.blockBody);
    return {
      kind: "block", type: toIdentifier(type), labels, body, openBrace, closeBrace,
      start: type.startOffset, end: this.RECORDING_PHASE ? 0 : body.end,
    };
  });

  /** The braces of a block: nothing, one attribute on the same line, or items on lines of their own. */
  readonly blockBody = this.RULE("blockBodyRule", (): BlockBody => {
    const items: BodyItem[] = [];
    const open = this.CONSUME(this.types.OpenBrace);
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
          const name = this.CONSUME(this.types.Identifier);
          items.push(this.SUBRULE(this.attributeRest, { ARGS: [name] }));
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

  private checkDuplicates(items: readonly BodyItem[]): void {
    const seen = items.length > smallBody ? new Map<string, AttributeNode>() : undefined;
    for (const [index, item] of items.entries()) {
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

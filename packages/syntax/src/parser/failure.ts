import type { IParserErrorMessageProvider, IToken, TokenType } from "chevrotain";

/**
 * Chevrotain's exceptions carry only a text. This provider makes the text machine-readable (`kind` and the expected
 * token), and the translator in `translate.ts` turns it into diagnostics; it is never shown.
 */
export const structuredMessages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }) => expected.name,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: () => "",
  buildEarlyExitMessage: () => "",
};

/** A mistake that the grammar's own code found. */
export class SyntaxFailure extends Error {
  override readonly name = "SyntaxFailure";
  readonly rule: string;
  readonly token: IToken;
  /** Where the mistake is, when that is not the token at which it was noticed. */
  readonly range: { readonly start: number; readonly end: number } | undefined;

  constructor(rule: string, token: IToken, range?: { readonly start: number; readonly end: number }) {
    super(rule);
    this.rule = rule;
    this.token = token;
    this.range = range;
  }
}

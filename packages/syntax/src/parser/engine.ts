import {
  EmbeddedActionsParser,
  NoViableAltException,
  type IParserConfig,
  type IRuleConfig,
  type IToken,
  type ParserMethod,
  type TokenType,
} from "chevrotain";
import { readLookahead, type Choice, type LookaheadTable } from "./lookahead.js";

/** Chevrotain's internals that the shortcuts below use; they are stable within the pinned version, and a test watches. */
interface Internals {
  tokVector: IToken[];
  currIdx: number;
  subruleIdx: number;
  RULE_STACK: number[];
  RULE_STACK_IDX: number;
  RULE_OCCURRENCE_STACK: number[];
  RULE_OCCURRENCE_STACK_IDX: number;
  currRuleShortName: number;
  readonly fullRuleNameToShort: Readonly<Record<string, number>>;
  selfAnalysisDone: boolean;
  setLaFuncCache(key: number, choose: Choice): void;
  SAVE_ERROR(error: Error): Error;
  ruleInvocationStateUpdate(shortName: number, name: string, index: number): void;
  consumeInternalError(type: TokenType, next: IToken, options: unknown): never;
}

/** Any rule's code, as chevrotain types it. */
type Implementation = Parameters<EmbeddedActionsParser["RULE"]>[1];

/** How chevrotain numbers its kinds of choices in the keys of its table of lookahead functions. */
const choiceKeys = { OR: 1 << 8, OPTION: 2 << 8, MANY: 3 << 8 } as const;

interface CoreRule {
  coreRule: (this: object, first?: unknown, second?: unknown) => unknown;
}

/** Where the parser stands in its rules; see {@link FastParser.mark}. */
export interface RuleMark {
  readonly stack: number;
  readonly occurrences: number;
  readonly rule: number;
}

/**
 * Chevrotain's engine without the steps that only its own recovery and syntax trees need, which cost a third of the
 * time of a parse: no exception handler and no array of arguments for each rule, and no handler for each token. Rules
 * are recorded and looked ahead as always. An exception leaves the stack of rules as it is, so who catches one restores
 * it with {@link mark} and {@link restore}.
 *
 * With a table of what chevrotain's analysis of the grammar comes to, nothing is recorded or analysed, which otherwise
 * takes longer than to parse a hundred templates.
 */
export class FastParser extends EmbeddedActionsParser {
  readonly #vocabulary: Readonly<Record<string, TokenType>>;
  readonly #lookahead: LookaheadTable | undefined;

  constructor(vocabulary: Readonly<Record<string, TokenType>>, config: IParserConfig, lookahead?: LookaheadTable) {
    super(Object.values(vocabulary), config);
    this.#vocabulary = vocabulary;
    this.#lookahead = lookahead;
  }

  protected override performSelfAnalysis(): void {
    if (this.#lookahead === undefined) {
      super.performSelfAnalysis();
      return;
    }
    const engine = this as unknown as Internals;
    engine.selfAnalysisDone = true;
    for (const [rule, lines] of Object.entries(this.#lookahead)) {
      const short = engine.fullRuleNameToShort[rule] as number;
      for (const line of lines) {
        const { kind, occurrence, choose } = readLookahead(line, this.#vocabulary);
        engine.setLaFuncCache(occurrence | choiceKeys[kind] | short, choose);
      }
    }
  }

  /** Chevrotain would compute from the recorded grammar what it expected, for a message that is never shown. */
  protected raiseNoAltException(): never {
    const engine = this as unknown as Internals;
    throw engine.SAVE_ERROR(new NoViableAltException("", this.LA(1), this.LA(0)));
  }

  protected override RULE<F extends Implementation>(
    name: string,
    implementation: F,
    config?: IRuleConfig<ReturnType<F>>,
  ): ParserMethod<Parameters<F>, ReturnType<F>> {
    const rule = super.RULE(name, implementation, config) as ParserMethod<Parameters<F>, ReturnType<F>> & CoreRule;
    const short = (this as unknown as Internals).fullRuleNameToShort[name] as number;
    const run = implementation as (first?: unknown, second?: unknown) => unknown;
    rule.coreRule = function invoke(this: object, first?: unknown, second?: unknown): unknown {
      const engine = this as Internals;
      engine.ruleInvocationStateUpdate(short, name, engine.subruleIdx);
      const result = run(first, second);
      engine.RULE_OCCURRENCE_STACK_IDX--;
      engine.currRuleShortName = engine.RULE_STACK[--engine.RULE_STACK_IDX] as number;
      return result;
    };
    return rule;
  }

  protected subruleInternal(rule: CoreRule, index: number, options: { ARGS?: unknown[] } | undefined): unknown {
    (this as unknown as Internals).subruleIdx = index;
    const args = options?.ARGS;
    return args === undefined ? rule.coreRule.call(this) : rule.coreRule.call(this, args[0], args[1]);
  }

  protected consumeInternal(type: TokenType, _index: number, options: unknown): IToken {
    const engine = this as unknown as Internals;
    const next = engine.tokVector[engine.currIdx + 1] as IToken;
    if (next.tokenTypeIdx !== type.tokenTypeIdx) engine.consumeInternalError(type, next, options);
    engine.currIdx++;
    return next;
  }

  /** Index of the next token. */
  protected get position(): number {
    return (this as unknown as Internals).currIdx + 1;
  }

  /**
   * Whether the next token is of a type; always true while the grammar is recorded. Put before an optional construct it
   * saves the closure of the construct when there is nothing to read.
   */
  protected nextIs(type: TokenType): boolean {
    const engine = this as unknown as Internals;
    return this.RECORDING_PHASE || (engine.tokVector[engine.currIdx + 1] as IToken).tokenTypeIdx === type.tokenTypeIdx;
  }

  /** Index of the next token's type. */
  protected get nextType(): number {
    const engine = this as unknown as Internals;
    return this.RECORDING_PHASE ? 0 : (engine.tokVector[engine.currIdx + 1] as IToken).tokenTypeIdx;
  }

  protected mark(): RuleMark {
    const engine = this as unknown as Internals;
    return {
      stack: engine.RULE_STACK_IDX,
      occurrences: engine.RULE_OCCURRENCE_STACK_IDX,
      rule: engine.currRuleShortName,
    };
  }

  protected restore(mark: RuleMark): void {
    const engine = this as unknown as Internals;
    engine.RULE_STACK_IDX = mark.stack;
    engine.RULE_OCCURRENCE_STACK_IDX = mark.occurrences;
    engine.currRuleShortName = mark.rule;
  }
}

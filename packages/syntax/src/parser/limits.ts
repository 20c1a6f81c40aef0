/**
 * Nesting that no real file reaches; beyond it the call stack could overflow in this package or in a consumer.
 *
 * `brackets` counts open brackets, braces and template sequences, and splats within splats; `chain` unary operators in a
 * row, conditionals within conditionals and directives within directives; `operators` the binary operators or accesses of
 * one expression.
 */
export const nestingLimits = { brackets: 100, chain: 500, operators: 2000 } as const;

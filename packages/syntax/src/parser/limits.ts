/** Nesting that no real file reaches; beyond it the call stack could overflow in this package or in a consumer. */
export const nestingLimits = { brackets: 100, chain: 500 } as const;

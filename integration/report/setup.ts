/** The browser is started by the test itself. */
export function setup(): void {}

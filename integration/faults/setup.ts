/** Each test starts its own server, so nothing is shared. */
export function setup(): void {}

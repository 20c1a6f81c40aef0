import type { BuildEvent } from "../events/events.js";

/** An event as one line of `-format=ndjson`, with its line end. */
export function ndjsonLine(event: BuildEvent): string {
  return `${JSON.stringify(event)}\n`;
}

import type { Diagnostic } from "@hclbuild/diagnostics";
import type { BuildEvent, EventOf } from "../events/events.js";
import { reportScript } from "./report-script.js";
import { reportStyle } from "./report-style.js";

/** How a report is made. */
export interface ReportOptions {
  /** Title of the page, such as the path of the template. */
  readonly title: string;
  /** A diagnostic as plain text, with its excerpt. */
  readonly renderDiagnostic: (diagnostic: Diagnostic) => string;
}

/** A page that is written while the run goes on. */
export interface Report {
  /** The page up to its first record. */
  readonly head: string;
  /** The text to append for an event; "" when it is not part of a report. */
  record(event: BuildEvent): string;
  /** The end of the page. A page without it, because the run was killed, still shows what it holds. */
  end(): string;
}

/** Output lines that a report holds of each build, from its beginning; after those only the last ones are kept. */
const firstLines = 50_000;
/** The last lines of each build that a report holds. */
const lastLines = 5000;

const shownEvents: ReadonlySet<BuildEvent["type"]> = new Set([
  "run.start",
  "run.cancel",
  "run.end",
  "build.start",
  "build.end",
  "node.start",
  "node.end",
  "phase",
] as const);

/**
 * Makes a report: one HTML page with a timeline, the log, the artifacts and the diagnostics of a run. It loads nothing
 * from anywhere. Events hold no secrets, so neither does the page. Of a build that prints more than 55 000 lines it keeps
 * the first 50 000 and the last 5 000.
 */
export function createReport(options: ReportOptions): Report {
  const tails = new Map<string, Tail>();
  const log = (event: EventOf<"log">): string => {
    if (event.partial) return "";
    const line = recordLine([event.t, event.node ?? event.build ?? "", event.stream, event.text]);
    const key = event.build ?? "";
    const tail = tails.get(key) ?? { written: 0, dropped: 0, lines: [], last: event };
    tails.set(key, tail);
    tail.last = event;
    if (tail.written < firstLines) {
      tail.written += 1;
      return line;
    }
    tail.lines.push(line);
    if (tail.lines.length > 2 * lastLines) tail.dropped += tail.lines.splice(0, lastLines).length;
    return "";
  };
  const flush = (build: string): string => {
    const tail = tails.get(build);
    if (tail === undefined || tail.lines.length === 0) return "";
    const text = `(${tail.dropped} lines are left out here)`;
    const note = tail.dropped === 0 ? "" : recordLine([tail.last.t, tail.last.node ?? build, "say", text]);
    const lines = tail.lines.splice(0).join("");
    tail.dropped = 0;
    return note + lines;
  };
  const flushAll = (): string => [...tails.keys()].map(flush).join("");
  return {
    head: pageHead(options.title),
    record(event) {
      if (event.type === "log") return log(event);
      if (event.type === "diagnostic") {
        const text = options.renderDiagnostic(event.diagnostic).trimEnd();
        const { code, severity } = event.diagnostic;
        return recordLine({ t: event.t, type: event.type, diagnostic: { code, severity }, text });
      }
      if (!shownEvents.has(event.type)) return "";
      const before = event.type === "build.end" ? flush(event.build ?? "") : event.type === "run.end" ? flushAll() : "";
      return before + recordLine(event);
    },
    end: () => `${flushAll()}</script>\n</body>\n</html>\n`,
  };
}

interface Tail {
  written: number;
  dropped: number;
  last: EventOf<"log">;
  readonly lines: string[];
}

/** One record: JSON in which nothing can end the element around it. */
function recordLine(value: unknown): string {
  return `${JSON.stringify(value).replaceAll("<", String.raw`\u003c`)}\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function pageHead(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)} - hclbuild report</title>
<style>${reportStyle}</style>
<script>${reportScript}</script>
</head>
<body>
<main>
<header><h1>${escapeHtml(title)}</h1><span id="outcome"></span><div class="facts" id="facts"></div></header>
<section aria-label="Timeline">
<div class="head"><h2>Timeline</h2><input id="filter" type="search" placeholder="Filter builds, steps and output" aria-label="Filter"></div>
<div class="axis"><span></span><div class="ticks" id="ticks"></div><span></span></div>
<div id="rows"></div>
</section>
<section aria-label="Diagnostics">
<div class="head"><h2>Diagnostics <span class="count" id="diagnostic-count"></span></h2></div>
<div id="diagnostics"></div><p class="empty" id="no-diagnostics">None.</p>
</section>
<section aria-label="Artifacts">
<div class="head"><h2>Artifacts <span class="count" id="artifact-count"></span></h2></div>
<table id="artifact-table"><thead><tr><th>Build</th><th>Artifact</th><th>Id</th><th>Files</th></tr></thead><tbody id="artifacts"></tbody></table>
<p class="empty" id="no-artifacts">None.</p>
</section>
<section aria-label="Output">
<div class="head"><h2>Output <span class="count" id="log-count"></span></h2><button id="selection" type="button" hidden></button></div>
<div id="log" tabindex="0"><div id="lines"></div></div><p class="empty" id="no-lines" hidden>No line matches.</p>
</section>
</main>
<script type="application/x-ndjson" id="records">
`;
}

import { displayWidth } from "@hclbuild/diagnostics";
import type { BuildEvent, EventOf } from "@hclbuild/executor";
import type { Clock, Timer } from "@hclbuild/sdk";
import { describeAmount, describeElapsed, drawBar, shortenName } from "./live-text.js";
import { colorsOnly, plainText } from "./terminal-text.js";

/** How the live view draws. */
export interface LiveViewOptions {
  readonly clock: Clock;
  readonly color: boolean;
  /** Lines of the terminal; asked for at each drawing. */
  readonly rows: () => number;
  /** Columns of the terminal, likewise. */
  readonly columns: () => number;
  /** Takes text with control sequences. */
  readonly write: (text: string) => void;
}

/** Lines that scroll as they would without it, above a block with one line for each build. */
export interface LiveView {
  /** Writes whole lines above the block; of what controls a terminal only colours are left in them. */
  print(text: string): void;
  /** Keeps the block up with an event; called after the event's lines have been printed. */
  note(event: BuildEvent): void;
  /** Takes the block away until `resume`: somebody else uses the terminal. */
  suspend(): void;
  resume(): void;
  /** Takes the block away for good. */
  close(): void;
}

interface Transfer {
  readonly title: string;
  done: number;
  total: number | undefined;
}

interface BuildStatus {
  readonly name: string;
  state: "waiting" | "running" | "succeeded" | "failed" | "cancelled" | "skipped";
  doing: string;
  started: number;
  elapsed: number;
  partial: string;
  readonly transfers: Map<string, Transfer>;
}

/** Time between two drawings when nothing happens. */
const frameMs = 125;
const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const signs = { waiting: "·", running: "", succeeded: "✓", failed: "✗", cancelled: "✗", skipped: "-" } as const;
const colors = { waiting: 2, running: 36, succeeded: 32, failed: 31, cancelled: 33, skipped: 2 } as const;

// Control sequences of ECMA-48 and, for wrapping, of DEC terminals.
const escape = "\u001B[";
const eraseBelow = `${escape}J`;
const wrapOff = `${escape}?7l`;
const wrapOn = `${escape}?7h`;

/** Makes the view; it draws from the `run.start` event on. */
export function createLiveView(options: LiveViewOptions): LiveView {
  const builds = new Map<string, BuildStatus>();
  let drawn = 0;
  let frame = 0;
  let timer: Timer | undefined;
  let lines = "";
  let scheduled = false;
  let suspended = 0;
  let active = false;

  const draw = (): void => {
    scheduled = false;
    let text = drawn === 0 ? "" : `${escape}${drawn}F${eraseBelow}`;
    text += lines;
    lines = "";
    drawn = 0;
    if (active && suspended === 0) {
      const status = blockLines([...builds.values()], { ...options, frame });
      drawn = status.length;
      text += wrapOff + status.map((line) => `${line}\n`).join("") + wrapOn;
    }
    if (text !== "") options.write(text);
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(draw);
  };
  const tick = (): void => {
    timer = options.clock.after(frameMs, () => {
      frame += 1;
      if (suspended === 0) draw();
      tick();
    });
  };
  const stop = (): void => {
    active = false;
    timer?.cancel();
    draw();
  };

  const start = (event: EventOf<"run.start">): void => {
    for (const { node, name } of event.builds) {
      const status = { name, state: "waiting", doing: "", started: 0, elapsed: 0, partial: "" } as const;
      builds.set(node, { ...status, transfers: new Map() });
    }
    if (builds.size === 0) return;
    active = true;
    tick();
  };
  const statusOf = (event: BuildEvent): BuildStatus | undefined => {
    const { node = "" } = event;
    return builds.get(node) ?? [...builds].find(([id]) => node.startsWith(`${id}/`))?.[1];
  };
  return {
    print(text) {
      lines += colorsOnly(text);
      schedule();
    },
    note(event) {
      if (event.type === "run.start") start(event);
      else if (event.type === "run.end") stop();
      else {
        const build = statusOf(event);
        if (build !== undefined) followBuild(build, event, options.clock.monotonic());
      }
    },
    suspend() {
      suspended += 1;
      draw();
    },
    resume() {
      suspended -= 1;
      schedule();
    },
    close: stop,
  };
}

type Frame = LiveViewOptions & { readonly frame: number };

/** One line for each build, or for as many as there is room for. */
function blockLines(builds: readonly BuildStatus[], frame: Frame): readonly string[] {
  const room = Math.max(1, frame.rows() - 2);
  if (builds.length <= room) return builds.map((build) => statusLine(build, frame));
  // Those that run are what one wants to see.
  const order = builds.toSorted((a, b) => rank(a) - rank(b));
  const left = order.length - room + 1;
  return [...order.slice(0, room - 1).map((build) => statusLine(build, frame)), `  and ${left} more`];
}

function statusLine(build: BuildStatus, { clock, color, columns, frame }: Frame): string {
  const paint = (text: string, code: number): string => (color ? `${escape}${code}m${text}${escape}0m` : text);
  const sign = build.state === "running" ? (spinner[frame % spinner.length] ?? "") : signs[build.state];
  const elapsed = build.state === "running" ? clock.monotonic() - build.started : build.elapsed;
  const state = build.state === "running" ? build.doing : build.state;
  const facts = build.state === "waiting" ? [state] : [describeElapsed(elapsed), state];
  const room = columns() - displayWidth([`${sign} `, ...facts].join("  "));
  const parts = [`${paint(sign, colors[build.state])} ${shortenName(build.name, room)}`, ...facts];
  const [transfer] = [...build.transfers.values()].slice(-1);
  if (transfer !== undefined) parts.push(`${transfer.title} ${drawBar(transfer)} ${describeAmount(transfer)}`.trim());
  else if (build.partial !== "") parts.push(paint(plainText(build.partial), 2));
  return parts.filter((part) => part !== "").join("  ");
}

function rank({ state }: BuildStatus): number {
  return state === "running" ? 0 : state === "waiting" ? 1 : state === "failed" ? 2 : 3;
}

function followBuild(build: BuildStatus, event: BuildEvent, now: number): void {
  switch (event.type) {
    case "build.start":
      build.state = "running";
      build.started = now;
      return;
    case "build.end":
      build.state = event.outcome;
      build.elapsed = event.durationMs;
      build.transfers.clear();
      return;
    case "phase":
      if (event.state === "start") build.doing = event.phase;
      return;
    case "node.start":
      if (event.kind !== "machine") build.doing = event.label ?? event.component?.name ?? event.kind;
      return;
    case "log":
      build.partial = event.partial ? event.text : "";
      return;
    case "progress": {
      const key = `${event.node ?? ""} ${event.id}`;
      if (event.ended) build.transfers.delete(key);
      else build.transfers.set(key, { title: event.title, done: event.done, total: event.total });
      return;
    }
    default:
  }
}

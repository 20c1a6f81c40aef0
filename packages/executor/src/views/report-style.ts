/** The style sheet of a report. Colours follow the reader's light or dark setting. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --bg: #f6f7f9; --panel: #fff; --text: #1c2430; --muted: #667085; --line: #dfe3ea; --accent: #2f6fde;
  --good: #1a7f4b; --bad: #c4322b; --warn: #a86400; --idle: #8a94a6; --phase: #b9c6dd; --mark: #ffe58a;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #11151c; --panel: #191f29; --text: #e4e8ef; --muted: #98a3b5; --line: #2c3542; --accent: #6ea2ff;
    --good: #45c184; --bad: #ff7068; --warn: #f0b04c; --idle: #758095; --phase: #3b4a63; --mark: #6b5a12;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 14px/1.45 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1360px; margin: 0 auto; padding: 20px 24px 40px; }
header { display: flex; align-items: center; gap: 12px 20px; flex-wrap: wrap; margin-bottom: 16px; }
h1 { font-size: 20px; margin: 0; font-weight: 650; }
h2 { font-size: 14px; margin: 0; font-weight: 650; }
.facts { color: var(--muted); display: flex; gap: 6px 18px; flex-wrap: wrap; }
.badge { border-radius: 999px; padding: 2px 10px; color: #fff; background: var(--idle); font-size: 12px; font-weight: 600; }
.badge.succeeded { background: #1a7f4b; } .badge.failed { background: #c4322b; } .badge.cancelled { background: #a86400; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; margin-bottom: 16px; overflow: hidden; }
section > .head { display: flex; align-items: center; gap: 12px; padding: 10px 14px; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
.count { color: var(--muted); font-weight: 400; }
input, select, button { font: inherit; color: inherit; background: var(--bg); border: 1px solid var(--line); border-radius: 6px; padding: 5px 9px; }
#filter { flex: 1 1 240px; min-width: 160px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.axis, .row { display: grid; grid-template-columns: minmax(220px, 30%) 1fr 96px; align-items: center; }
.axis { color: var(--muted); font-size: 12px; padding: 4px 14px; border-bottom: 1px solid var(--line); }
.ticks, .track { position: relative; height: 20px; }
.ticks span { position: absolute; top: 1px; transform: translateX(-50%); white-space: nowrap; }
.ticks span:first-child { transform: none; } .ticks span.last { transform: translateX(-100%); }
.row { width: 100%; border: 0; border-radius: 0; background: none; text-align: left; padding: 1px 14px; min-height: 26px; }
.row:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
.row[aria-pressed="true"] { background: color-mix(in srgb, var(--accent) 16%, transparent); }
.row.build { font-weight: 600; border-top: 1px solid var(--line); }
.row.build:first-child { border-top: 0; }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-right: 12px; }
.name small { color: var(--muted); font-weight: 400; margin-left: 6px; }
.time { text-align: right; color: var(--muted); font-variant-numeric: tabular-nums; font-weight: 400; }
.bar { position: absolute; top: 4px; height: 12px; min-width: 3px; border-radius: 3px; background: var(--idle); }
.bar.succeeded { background: var(--good); } .bar.failed { background: var(--bad); } .bar.cancelled { background: var(--warn); }
.bar.phase { background: var(--phase); }
.row.hidden { display: none; }
#log { height: 460px; overflow: auto; position: relative; font: 12px/20px var(--mono); contain: strict; }
#lines { position: relative; min-width: 100%; }
.line { position: absolute; left: 0; height: 20px; white-space: pre; padding: 0 14px; display: flex; gap: 12px; }
.line .at { color: var(--muted); min-width: 76px; text-align: right; flex: none; font-variant-numeric: tabular-nums; }
.line .who { color: var(--accent); flex: none; width: 190px; overflow: hidden; text-overflow: ellipsis; }
.line.stderr .text, .line.error .text { color: var(--bad); }
.line.say .text { font-weight: 600; }
mark { background: var(--mark); color: inherit; }
table { width: 100%; border-collapse: collapse; }
td, th { text-align: left; vertical-align: top; padding: 7px 14px; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--muted); font-weight: 500; font-size: 12px; }
td code { font: 12px var(--mono); overflow-wrap: anywhere; }
.file { display: block; }
.diagnostic { margin: 0; padding: 10px 14px; border-top: 1px solid var(--line); font: 12px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; border-left: 4px solid var(--accent); }
.diagnostic:first-child { border-top: 0; }
.diagnostic.error { border-left-color: var(--bad); } .diagnostic.warning { border-left-color: var(--warn); }
.empty { color: var(--muted); padding: 10px 14px; margin: 0; }
@media (max-width: 760px) { main { padding: 12px; } .axis, .row { grid-template-columns: 45% 1fr 70px; } .line .who { width: 90px; } }
`;

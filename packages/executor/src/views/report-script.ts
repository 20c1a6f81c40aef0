/**
 * The program inside a report: reads the records, which may end in the middle of a line when the run was killed, and
 * draws the timeline, the log, the artifacts and the diagnostics. Only the visible lines of the log are in the page.
 */
export const reportScript = String.raw`
"use strict";
addEventListener("DOMContentLoaded", () => {
  const rowHeight = 20;
  const $ = (id) => document.getElementById(id);
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const duration = (ms) => {
    if (ms < 1000) return Math.round(ms) + " ms";
    const seconds = ms / 1000;
    if (seconds < 60) return seconds.toFixed(1) + " s";
    const minutes = Math.floor(seconds / 60);
    const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
    return minutes < 60 ? minutes + ":" + rest + " min" : Math.floor(minutes / 60) + ":" + String(minutes % 60).padStart(2, "0") + " h";
  };

  const builds = [], nodes = new Map(), log = [], diagnostics = [], artifacts = [];
  let start, end, last = 0, outcome, runId = "", cancelled;
  const buildOf = (id, name) =>
    builds.find((build) => id === build.id || (id || "").startsWith(build.id + "/")) || builds.find((build) => build.name === name);
  const read = {
    "run.start"(event) {
      start = event.t;
      runId = event.runId;
      for (const { node, name, builderType } of event.builds)
        builds.push({ id: node, name, detail: builderType, kind: "build", rows: [], phases: new Map() });
    },
    "run.cancel"(event) { cancelled = event.reason; },
    "run.end"(event) { end = event.t; outcome = event.outcome; },
    "build.start"(event) { const build = buildOf(event.node, event.build); if (build) build.start = event.t; },
    "build.end"(event) {
      const build = buildOf(event.node, event.build);
      if (!build) return;
      Object.assign(build, { end: event.t, outcome: event.outcome, error: event.error });
      event.artifacts.forEach((artifact) => artifacts.push({ build: build.name, artifact }));
    },
    "node.start"(event) {
      if (event.kind === "machine") return;
      const build = buildOf(event.node, event.build);
      const type = event.component ? event.component.name : event.kind;
      const node = { id: event.node, name: event.label || type, detail: kindNames[event.kind] + (event.label ? " " + type : ""), kind: event.kind, start: event.t };
      nodes.set(event.node, node);
      if (build) build.rows.push(node);
    },
    "node.end"(event) {
      const node = nodes.get(event.node);
      if (node) Object.assign(node, { end: event.t, outcome: event.outcome, error: event.error && event.error.message });
    },
    phase(event) {
      const build = buildOf(event.node, event.build);
      if (!build || event.phase === "build") return;
      if (event.state === "end") { const row = build.phases.get(event.phase); if (row) row.end = event.t; return; }
      const row = { id: build.id + " " + event.phase, owner: build.id, name: event.phase, detail: "phase", kind: "phase", start: event.t };
      build.phases.set(event.phase, row);
      if (event.phase !== "provision") build.rows.push(row);
    },
    diagnostic(event) { diagnostics.push(event); },
  };
  const kindNames = { effect: "data source", value: "value", step: "provisioner", post: "post-processor", "cleanup-step": "error cleanup" };
  for (const record of $("records").textContent.split("\n")) {
    let event;
    try { event = JSON.parse(record); } catch { continue; }
    if (Array.isArray(event)) {
      const [t, id, stream, text] = event;
      last = Math.max(last, t);
      const build = buildOf(id, undefined);
      for (const part of text.split("\n")) log.push({ t, id, build, stream, text: part, lower: part.toLowerCase() });
      continue;
    }
    if (event.t > last) last = event.t;
    if (read[event.type]) read[event.type](event);
  }
  if (start === undefined) start = last;
  const finish = end === undefined ? last : end;
  const span = Math.max(1, finish - start);

  const state = outcome || "not finished";
  const badge = element("span", "badge " + (outcome || ""), state);
  $("outcome").replaceWith(badge);
  const facts = [new Date(start).toISOString().replace("T", " ").slice(0, 19) + " UTC", duration(span), builds.length + (builds.length === 1 ? " build" : " builds")];
  if (cancelled) facts.push("cancelled: " + cancelled);
  if (runId) facts.push("run " + runId);
  facts.forEach((text) => $("facts").append(element("span", "", text)));

  const rows = [];
  let selected;
  const addRow = (item, isBuild) => {
    const row = element("button", "row" + (isBuild ? " build" : ""));
    row.type = "button";
    row.setAttribute("aria-pressed", "false");
    const name = element("span", "name", (isBuild ? "" : "    ") + item.name);
    name.style.paddingLeft = isBuild ? "0" : "18px";
    name.append(element("small", "", item.detail));
    const track = element("span", "track");
    if (item.start !== undefined) {
      const bar = element("span", "bar " + (item.kind === "phase" ? "phase" : item.outcome || ""));
      const until = item.end === undefined ? finish : item.end;
      bar.style.left = ((item.start - start) / span) * 100 + "%";
      bar.style.width = ((until - item.start) / span) * 100 + "%";
      track.append(bar);
      row.append(name, track, element("span", "time", duration(until - item.start)));
    } else row.append(name, track, element("span", "time", "not run"));
    row.title = [item.id, item.outcome, item.error].filter(Boolean).join("\n");
    row.addEventListener("click", () => select(selected === item ? undefined : item));
    $("rows").append(row);
    rows.push({ row, item, text: (item.name + " " + item.detail + " " + item.id + " " + (item.error || "")).toLowerCase() });
  };
  [...nodes.values()].filter((node) => node.kind === "effect").forEach((node) => addRow(node, true));
  for (const build of builds) {
    addRow(build, true);
    build.rows.sort((a, b) => a.start - b.start).forEach((row) => addRow(row, false));
  }
  for (let tick = 0; tick <= 4; tick += 1) {
    const label = element("span", tick === 4 ? "last" : "", duration((span * tick) / 4));
    label.style.left = tick * 25 + "%";
    $("ticks").append(label);
  }

  let shown = log, needle = "";
  const belongs = (line) => {
    if (!selected) return true;
    if (selected.kind === "build") return line.build === selected;
    if (selected.kind === "phase") return line.id === selected.owner && line.t >= selected.start && (selected.end === undefined || line.t <= selected.end);
    return line.id === selected.id;
  };
  const highlighted = (text) => {
    const out = element("span", "text");
    if (!needle) { out.textContent = text; return out; }
    const lower = text.toLowerCase();
    let from = 0;
    for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
      out.append(text.slice(from, at), element("mark", "", text.slice(at, at + needle.length)));
      from = at + needle.length;
    }
    out.append(text.slice(from));
    return out;
  };
  const draw = () => {
    const box = $("log");
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - 10);
    const count = Math.ceil(box.clientHeight / rowHeight) + 20;
    const lines = shown.slice(first, first + count).map((line, index) => {
      const row = element("div", "line " + line.stream);
      row.style.top = (first + index) * rowHeight + "px";
      row.append(element("span", "at", "+" + ((line.t - start) / 1000).toFixed(3)), element("span", "who", line.build ? line.build.name : line.id || ""), highlighted(line.text));
      return row;
    });
    $("lines").replaceChildren(...lines);
  };
  const apply = () => {
    needle = $("filter").value.trim().toLowerCase();
    shown = log.filter((line) => belongs(line) && (!needle || line.lower.includes(needle)));
    const owners = new Set(shown.map((line) => line.id));
    for (const { row, item, text } of rows) row.classList.toggle("hidden", needle !== "" && !text.includes(needle) && !owners.has(item.id));
    $("lines").style.height = shown.length * rowHeight + "px";
    const longest = shown.reduce((most, line) => Math.max(most, line.text.length), 0);
    $("lines").style.width = Math.min(longest, 100000) + 60 + "ch";
    $("log-count").textContent = shown.length === log.length ? log.length + " lines" : shown.length + " of " + log.length + " lines";
    $("no-lines").hidden = shown.length > 0;
    $("log").scrollTop = 0;
    draw();
  };
  const select = (item) => {
    selected = item;
    for (const entry of rows) entry.row.setAttribute("aria-pressed", String(entry.item === item));
    $("selection").hidden = !item;
    if (item) $("selection").textContent = "Only " + item.name + " \u00d7";
    apply();
  };
  $("selection").addEventListener("click", () => select(undefined));
  $("filter").addEventListener("input", apply);
  $("log").addEventListener("scroll", draw, { passive: true });
  addEventListener("resize", draw);

  $("artifact-count").textContent = artifacts.length;
  for (const { build, artifact } of artifacts) {
    const row = element("tr");
    const id = element("td"), files = element("td");
    if (artifact) {
      id.append(element("code", "", artifact.id));
      artifact.files.forEach((file) => files.append(element("code", "file", file)));
    }
    row.append(element("td", "", build), element("td", "", artifact ? artifact.description : "nothing"), id, files);
    $("artifacts").append(row);
  }
  $("artifact-table").hidden = artifacts.length === 0;
  $("no-artifacts").hidden = artifacts.length > 0;
  $("diagnostic-count").textContent = diagnostics.length;
  for (const { diagnostic, text } of diagnostics) $("diagnostics").append(element("pre", "diagnostic " + diagnostic.severity, text));
  $("no-diagnostics").hidden = diagnostics.length > 0;
  apply();
});
`;

// Measures lexing, parsing and formatting of one text in a process of its own, on the compiled package: the loader of
// the other tools adds calls to every function and would measure those. Prints milliseconds per run as JSON.
import { readFileSync } from "node:fs";
import { createReport, SourceText } from "../packages/diagnostics/dist/index.js";
import { format, parse, tokenize } from "../packages/syntax/dist/index.js";

const [file = "", runs = "5", what = "ours"] = process.argv.slice(2);
const source = new SourceText("bench.hcl", readFileSync(file, "utf8"));
let problems = 0;
const report = createReport(() => problems++);

async function measure(run) {
  const times = [];
  for (let count = 0; count < Number(runs); count++) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return times;
}

if (what === "hcl2json") {
  const { parse: hcl2json } = await import("@cdktf/hcl2json");
  await hcl2json("warm.hcl", "a = 1\n");
  console.log(JSON.stringify({ parse: await measure(() => hcl2json("bench.hcl", source.text)) }));
} else {
  const parsed = await measure(() => parse(source, report));
  const lexed = await measure(() => tokenize(source));
  const formatted = await measure(() => format(source.text));
  console.log(JSON.stringify({ lex: lexed, parse: parsed, format: formatted, problems }));
}

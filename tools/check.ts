import { checkBoundaries } from "./boundaries.js";
import { bundleCli } from "./bundle.js";
import { checkGenerated } from "./gen.js";
import { runTool } from "./run-tool.js";
import { checkSizeBudget } from "./size-budget.js";

interface Check {
  readonly name: string;
  /** Resolves to whether all is well; prints what is not. */
  run(): boolean | Promise<boolean>;
}

const checks: readonly Check[] = [
  { name: "format", run: () => runTool("oxfmt", ["--check", "."]) === 0 },
  {
    name: "lint",
    run: () => runTool("oxlint", ["--type-aware", "--tsconfig", "tsconfig.check.json", "--deny-warnings", "."]) === 0,
  },
  { name: "build", run: () => runTool("tsc", ["-b"]) === 0 },
  { name: "types", run: () => runTool("tsc", ["-p", "tsconfig.check.json"]) === 0 },
  { name: "boundaries", run: checkBoundaries },
  { name: "unused", run: () => runTool("knip", ["--no-config-hints"]) === 0 },
  { name: "generated", run: checkGenerated },
  {
    name: "bundle",
    async run() {
      await bundleCli();
      return checkSizeBudget();
    },
  },
  { name: "tests", run: () => runTool("tsx", ["tools/test.ts", "unit", "corpus"]) === 0 },
];

/** Runs the named checks, or all, and says which failed and how long each took. Returns the exit code. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(`Unknown check ${unknown.join(", ")}. Checks: ${checks.map((check) => check.name).join(", ")}.`);
    return 1;
  }
  const lines: string[] = [];
  let failed = false;
  for (const check of checks) {
    if (names.length > 0 && !names.includes(check.name)) continue;
    console.log(`\n=== ${check.name}`);
    const started = performance.now();
    const passed = await check.run();
    failed ||= !passed;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    lines.push(`${passed ? "ok    " : "FAILED"}  ${check.name.padEnd(12)} ${seconds} s`);
  }
  console.log(`\n${lines.join("\n")}`);
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));

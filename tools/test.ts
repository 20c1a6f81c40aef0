import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeBackend } from "../integration/probe.js";
import { repositoryRoot, toolPath } from "./run-tool.js";

/** A set of tests that stands or falls with something the machine may lack. */
interface Suite {
  readonly name: string;
  /** Why the suite cannot run here; `undefined` when it can. */
  unavailable(): Promise<string | undefined>;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Outcome extends Counts {
  readonly name: string;
  readonly seconds: number;
  readonly skippedBecause?: string;
}

const corpusDirectory = process.env["HCLBUILD_CORPUS"] ?? join(repositoryRoot, "../shared/corpus");

const suites: readonly Suite[] = [
  { name: "unit", unavailable: async () => undefined },
  {
    name: "corpus",
    unavailable: async () =>
      existsSync(corpusDirectory) ? undefined : `there is no folder ${corpusDirectory} (set HCLBUILD_CORPUS)`,
  },
  ...(["docker", "faults", "packer", "report", "ssh"] as const).map((backend) => ({
    name: `integration-${backend}`,
    unavailable: async () => probeBackend(backend),
  })),
];

/** A suite that may not be skipped: on a machine that is meant to have everything, a missing backend is a failure. */
const mayNotSkip = process.env["HCLBUILD_REQUIRE_BACKENDS"] === "1";

async function runSuite(suite: Suite, extra: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const reason = await suite.unavailable();
  if (reason !== undefined) {
    const counts = mayNotSkip ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
    return { name: suite.name, ...counts, seconds: seconds(), skippedBecause: reason };
  }
  console.log(`\n=== ${suite.name}`);
  const directory = mkdtempSync(join(tmpdir(), "hclbuild-test-"));
  const report = join(directory, "report.json");
  const args = ["run", "--project", suite.name, "--passWithNoTests", "--reporter=default", "--reporter=json"];
  const code = await runVitest([...args, `--outputFile.json=${report}`, ...extra]);
  const counts = readCounts(report);
  rmSync(directory, { recursive: true, force: true });
  // A fault outside of any test still fails the suite.
  const failed = counts.failed === 0 && code !== 0 ? 1 : counts.failed;
  return { name: suite.name, ...counts, failed, seconds: seconds() };
}

function runVitest(args: readonly string[]): Promise<number> {
  const child = spawn(toolPath("vitest"), args, {
    cwd: repositoryRoot,
    stdio: "inherit",
    env: { ...process.env, HCLBUILD_CORPUS: corpusDirectory },
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

function readCounts(report: string): Counts {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as Record<string, number>;
  return {
    passed: numPassedTests ?? 0,
    failed: numFailedTests ?? 0,
    skipped: (numPendingTests ?? 0) + (numTodoTests ?? 0),
  };
}

function describeOutcome(outcome: Outcome): string {
  const minutes = `${(outcome.seconds / 60).toFixed(1)} min`.padStart(8);
  const name = outcome.name.padEnd(20);
  if (outcome.skippedBecause !== undefined) {
    return `${name}${minutes}  ${mayNotSkip ? "FAILED" : "skipped"}: ${outcome.skippedBecause}`;
  }
  return `${name}${minutes}  ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`;
}

/** Runs the suites whose names are given (`integration` stands for all of them), or all. Returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const names = argv.filter((word) => !word.startsWith("-"));
  const extra = argv.filter((word) => word.startsWith("-"));
  const wanted = suites.filter(
    ({ name }) => names.length === 0 || names.some((word) => name === word || name.startsWith(`${word}-`)),
  );
  const outcomes: Outcome[] = [];
  for (const suite of wanted) outcomes.push(await runSuite(suite, extra));
  console.log(`\n${outcomes.map(describeOutcome).join("\n")}`);
  const sum = (key: keyof Counts): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 && outcomes.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
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

/** What vitest's JSON report says of a run. */
interface Report extends Counts {
  /** Each failed test with its first line of error, for the end of a log of which only the end is kept. */
  readonly failures: readonly string[];
}

interface Outcome extends Report {
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
    return { name: suite.name, ...counts, failures: [], seconds: seconds(), skippedBecause: reason };
  }
  console.log(`\n=== ${suite.name}`);
  const directory = mkdtempSync(join(tmpdir(), "hclbuild-test-"));
  const report = join(directory, "report.json");
  const args = ["run", "--project", suite.name, "--passWithNoTests", "--reporter=default", "--reporter=json"];
  const code = await runVitest([...args, `--outputFile.json=${report}`, ...extra]);
  const outcome = readReport(report);
  rmSync(directory, { recursive: true, force: true });
  if (outcome.failed > 0 || code === 0) return { name: suite.name, ...outcome, seconds: seconds() };
  // A fault outside of any test still fails the suite.
  const nowhere = ["outside of any test: see the output of the suite above"];
  const failures = outcome.failures.length > 0 ? outcome.failures : nowhere;
  return { name: suite.name, ...outcome, failed: failures.length, failures, seconds: seconds() };
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

/** The part of vitest's JSON report that is read here; the file has many more fields. */
interface JsonReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function readReport(path: string): Report {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0, failures: [] };
  const report = JSON.parse(readFileSync(path, "utf8")) as JsonReport;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap((file) => {
      const name = relative(repositoryRoot, file.name);
      const tests = file.assertionResults
        .filter(({ status }) => status === "failed")
        .map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
      // A file that could not be read or imported has no tests of its own.
      return file.status === "failed" && tests.length === 0 ? [`${name}: ${firstLine(file.message)}`] : tests;
    }),
  };
}

function firstLine(text: string | undefined): string {
  return text?.split("\n").find((line) => line.trim() !== "") ?? "no message";
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
  const failures = outcomes.flatMap(({ name, failures: lines }) => lines.map((line) => `FAILED ${name}: ${line}`));
  if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
  console.log(`\n${outcomes.map(describeOutcome).join("\n")}`);
  const sum = (key: keyof Counts): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 && outcomes.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));

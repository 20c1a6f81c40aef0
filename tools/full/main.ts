import { existsSync, readdirSync } from "node:fs";

/** What a module beside this one exports: it prints its findings and returns an exit code. */
interface Runnable {
  run(args: readonly string[]): number | Promise<number>;
}

/** Runs the long test that the first argument names. */
async function main(argv: readonly string[]): Promise<number> {
  const [name = "", ...args] = argv;
  const file = new URL(`${name}.ts`, import.meta.url);
  if (!/^[a-z][a-z-]*$/.test(name) || name === "main" || !existsSync(file)) {
    const names = readdirSync(new URL(".", import.meta.url)).map((entry) => entry.replace(/\.ts$/, ""));
    console.error(
      `Usage: npm run full -- NAME, where NAME is one of: ${names.filter((entry) => !["main", "paired", "go-reference"].includes(entry)).join(", ")}`,
    );
    return 1;
  }
  const { run } = (await import(file.href)) as Runnable;
  return run(args);
}

process.exitCode = await main(process.argv.slice(2));

import { writeSync } from "node:fs";
import { installCodeCache } from "./code-cache.js";
import { renderMachineVersion, renderVersion } from "./version.js";

/**
 * Answers `version` before anything else loads, and hands every other command line to the dispatcher, which is a chunk
 * of its own.
 */
function main(argv: readonly string[]): void {
  const first = argv[0] === "-machine-readable" ? argv[1] : argv[0];
  if (first === "version" || first === "-v" || first === "-version" || first === "--version") {
    const wantsHelp = argv.some((word) => /^--?h(elp)?$/.test(word));
    if (!wantsHelp) {
      const machine = argv.includes("-machine-readable");
      writeSync(1, machine ? renderMachineVersion(Math.floor(performance.timeOrigin / 1000)) : renderVersion());
      return;
    }
  }
  // The bundle is CommonJS, where this is its folder; in a test that imports the sources it does not exist.
  if (typeof __dirname === "string") installCodeCache(__dirname);
  // Chunks that come out of the code cache cannot import anything that is not part of the bundle; this file can.
  const importModule = async (url: string): Promise<unknown> => import(url);
  void import("./run.js").then(({ runProcess }) => runProcess(argv, importModule));
}

main(process.argv.slice(2));

import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { Duplex } from "node:stream";
import { buildError, type RunContext } from "@hclbuild/sdk";
import { compressCatalog } from "../catalog.js";
import { createBgzf } from "./bgzf.js";
import type { Algorithm } from "./detect.js";
import { createGzipCompressor } from "./gzip.js";
import { createLz4 } from "./lz4.js";

/** What a compressor is made for. */
export interface CompressorRequest {
  readonly algorithm: Algorithm;
  /** 1 to 9, or −1 for the format's default. */
  readonly level: number;
  /** The file that is written, for messages. */
  readonly target: string;
  /** How much there is to compress, in bytes. */
  readonly size: number;
  /** Ends the program that compresses. */
  readonly signal: AbortSignal;
}

/** From this size on the library that stands in for a missing program would take too long. */
const libraryLimit = 1024 ** 3;

/** Programs for the formats that are not written here; each reads standard input and writes standard output. */
const tools: Readonly<Partial<Record<Algorithm, { readonly program: string; readonly args: readonly string[] }>>> = {
  xz: { program: "xz", args: ["--compress", "--stdout", "--threads=0"] },
  bzip2: { program: "bzip2", args: ["--compress", "--stdout"] },
  zstd: { program: "zstd", args: ["--compress", "--stdout", "--quiet", "--threads=0"] },
};

/** Makes a stream that compresses what is written to it. Memory use does not depend on the size of the data. */
export async function createCompressor(context: RunContext, request: CompressorRequest): Promise<Duplex> {
  const { algorithm, level } = request;
  switch (algorithm) {
    case "pgzip":
      return createGzipCompressor(level);
    case "bgzf":
      return createBgzf(level);
    case "lz4":
      return createLz4();
    default:
      return await createToolCompressor(context, request);
  }
}

async function createToolCompressor(context: RunContext, request: CompressorRequest): Promise<Duplex> {
  const tool = tools[request.algorithm];
  const program = tool === undefined ? undefined : await findProgram(context, tool.program);
  if (tool === undefined || program === undefined) {
    const { algorithm } = request;
    if ((algorithm === "xz" || algorithm === "bzip2") && request.size < libraryLimit) {
      context.ui.say(
        `The program ${tool?.program ?? algorithm} is not installed: compressing with a library, which takes longer`,
      );
      const { createLibraryCompressor } = await import("./library.js");
      return await createLibraryCompressor(algorithm, request.signal);
    }
    throw buildError(compressCatalog["tool-missing"], {
      tool: tool?.program ?? request.algorithm,
      format: request.algorithm,
      alternatives: ".tar.gz, .tar.lz4 or .zip",
    });
  }
  const level = request.level < 0 ? [] : [`-${request.level}`];
  const child = spawn(program, [...tool.args, ...level], {
    env: { PATH: context.host.env["PATH"] },
    stdio: ["pipe", "pipe", "pipe"],
    signal: request.signal,
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    if (complaint.length < 2000) complaint += chunk.toString("utf8");
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else {
        const reason = complaint.trim() === "" ? `exit code ${code}` : complaint.trim();
        reject(buildError(compressCatalog["tool-failed"], { tool: tool.program, reason, path: request.target }));
      }
    });
  });
  ended.catch(() => undefined);
  return Duplex.from({
    writable: child.stdin,
    readable: (async function* () {
      for await (const chunk of child.stdout) yield chunk as Buffer;
      await ended;
    })(),
  });
}

async function findProgram(context: RunContext, name: string): Promise<string | undefined> {
  for (const folder of (context.host.env["PATH"] ?? "").split(path.delimiter)) {
    const candidate = path.join(folder, name);
    if (
      folder !== "" &&
      (await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return candidate;
  }
  return undefined;
}

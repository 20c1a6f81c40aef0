import { relative } from "node:path";
import type { CliHost } from "../command.js";

/** A path for people: relative to the working directory when it is below it, absolute otherwise. */
export function shownPath(host: Pick<CliHost, "cwd">, path: string): string {
  const short = relative(host.cwd, path);
  return short === "" || short.startsWith("..") ? path : short;
}

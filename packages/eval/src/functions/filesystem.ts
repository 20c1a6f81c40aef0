import { createHash } from "node:crypto";
import { asText, boolType, boolValue, setOf, setValue, stringType, stringValue, type Value } from "@hclbuild/value";
import { argumentError, type FunctionError, type FunctionHost, type ValueFunction } from "./definition.js";
import { problem } from "./problem.js";
import { decodeUtf8 } from "./encoding.js";
import { parseGlob, walkGlob, type GlobTree } from "./glob.js";
import { baseName, cleanPath, directoryName, expandHome, resolveFrom } from "./paths.js";
import { defineFunction, stringParameter } from "./support.js";

const pathParameter = stringParameter("path");

function pathFunction(
  name: string,
  description: string,
  compute: (path: string, host: FunctionHost) => string | undefined,
): ValueFunction {
  return defineFunction({
    name,
    description,
    params: [pathParameter],
    type: stringType,
    call([path], { host }) {
      const result = compute(asText(path as Value), host);
      return result === undefined ? argumentError(0, "the home directory it names is not known") : stringValue(result);
    },
  });
}

const abspath = pathFunction("abspath", "Makes a path absolute, from the working directory.", (path, host) =>
  resolveFrom(host.cwd, path),
);
const basename = pathFunction("basename", "Gives the last part of a path.", baseName);
const dirname = pathFunction("dirname", "Gives a path without its last part.", directoryName);
const pathexpand = pathFunction("pathexpand", "Replaces a leading ~ by the home directory.", expandHome);

interface FileContent {
  readonly kind: "content";
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads a file whose path is relative to `directory`. */
export function readFileArgument(path: string, directory: string, host: FunctionHost): FileContent | FunctionError {
  const expanded = expandHome(path, host);
  if (expanded === undefined) return argumentError(0, "the home directory it names is not known");
  const absolute = resolveFrom(directory, expanded);
  const bytes = host.readFile(absolute);
  if (bytes instanceof Uint8Array) return { kind: "content", path: absolute, bytes };
  const isMissing = bytes.code === "ENOENT" || bytes.code === "not-found";
  return argumentError(
    0,
    isMissing ? problem`there is no file at "${path}"` : problem`the file "${path}" cannot be read: ${bytes.message}`,
  );
}

/** Reads a file of UTF-8 text, relative to the template's directory. */
export function readTextArgument(
  path: string,
  host: FunctionHost,
): { readonly kind: "text"; readonly text: string; readonly path: string } | FunctionError {
  const content = readFileArgument(path, host.rootDir, host);
  if (content.kind !== "content") return content;
  const text = decodeUtf8(content.bytes);
  if (text === undefined) {
    return argumentError(
      0,
      problem`the file "${path}" is not valid UTF-8; use filebase64 for its bytes, or filesha256 for a checksum of them`,
    );
  }
  return { kind: "text", text, path: content.path };
}

const file = defineFunction({
  name: "file",
  description:
    "Gives the content of a file, which must be UTF-8 text. The path is relative to the template's directory.",
  params: [pathParameter],
  type: stringType,
  call([path], { host }) {
    const content = readTextArgument(asText(path as Value), host);
    return content.kind === "text" ? stringValue(content.text) : content;
  },
});

const filebase64 = defineFunction({
  name: "filebase64",
  description: "Gives the bytes of a file in base64. The path is relative to the working directory.",
  params: [pathParameter],
  type: stringType,
  call([path], { host }) {
    const content = readFileArgument(asText(path as Value), host.cwd, host);
    return content.kind === "content" ? stringValue(Buffer.from(content.bytes).toString("base64")) : content;
  },
});

function fileDigest(name: string, algorithm: string): ValueFunction {
  return defineFunction({
    name,
    description: `Gives the ${algorithm.toUpperCase()} checksum of a file in hexadecimal. The path is relative to the template's directory.`,
    params: [pathParameter],
    type: stringType,
    call([path], { host }) {
      const content = readFileArgument(asText(path as Value), host.rootDir, host);
      return content.kind === "content"
        ? stringValue(createHash(algorithm).update(content.bytes).digest("hex"))
        : content;
    },
  });
}

const fileexists = defineFunction({
  name: "fileexists",
  description: "Tells whether there is a regular file at a path, which is relative to the template's directory.",
  params: [pathParameter],
  type: boolType,
  call([pathValue], { host }) {
    const path = asText(pathValue as Value);
    const expanded = expandHome(path, host);
    if (expanded === undefined) return argumentError(0, "the home directory it names is not known");
    const status = host.statFile(resolveFrom(host.rootDir, expanded));
    if (status === undefined) return boolValue(false);
    if (status.kind === "host-error") return argumentError(0, problem`"${path}" cannot be examined: ${status.message}`);
    if (status.kind === "file") return boolValue(true);
    return argumentError(
      0,
      problem`"${path}" is ${status.kind === "directory" ? "a directory" : "something else"}, not a file`,
    );
  },
});

/** Steps for one entry of a directory: asking the system takes some twenty times what evaluating a node does. */
const entryCharge = 20;

const fileset = defineFunction({
  name: "fileset",
  description: "Gives the paths of the regular files below a directory that match a glob, relative to the directory.",
  params: [pathParameter, stringParameter("pattern")],
  type: setOf(stringType),
  call([pathValue, patternValue], { host, budget }) {
    const expanded = expandHome(asText(pathValue as Value), host);
    if (expanded === undefined) return argumentError(0, "the home directory it names is not known");
    const root = resolveFrom(host.rootDir, expanded);
    const glob = parseGlob(asText(patternValue as Value).replace(/^(?:\.\/)+/, ""));
    if (glob === undefined) return argumentError(1, "it is not a valid glob pattern");
    const paths = walkGlob(glob, {
      list(directory) {
        const entries = host.listFiles(cleanPath(`${root}/${directory}`));
        return Array.isArray(entries) ? (entries as ReturnType<GlobTree["list"]>) : [];
      },
      spend: () => budget.charge(entryCharge),
    });
    if (paths === undefined) return argumentError(1, "too many files have to be looked at");
    return setValue(stringType, [...paths].map(stringValue));
  },
});

export const filesystemFunctions: readonly ValueFunction[] = [
  abspath,
  basename,
  dirname,
  file,
  filebase64,
  fileexists,
  fileDigest("filemd5", "md5"),
  fileDigest("filesha1", "sha1"),
  fileDigest("filesha256", "sha256"),
  fileDigest("filesha512", "sha512"),
  fileset,
  pathexpand,
];

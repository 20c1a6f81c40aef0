import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";

/** What goes to the engine for building an image. */
export interface BuildContextRequest {
  readonly directory: string;
  readonly dockerfile: string;
  /** Name of the Dockerfile inside the archive. */
  readonly dockerfileName: string;
  /** The Dockerfile lies outside of the directory and is added under its name. */
  readonly outside: boolean;
}

/** An archive of a build context without what `.dockerignore` names. The Dockerfile is always in it. */
export function packContext(request: BuildContextRequest): Readable {
  const archive = pack();
  const work = async (): Promise<void> => {
    const ignore = parseIgnoreFile(await readIgnoreFile(request));
    await packFolder(archive, { request, ignore }, "");
    if (request.outside) {
      const content = await readFile(request.dockerfile);
      await new Promise<void>((done, fail) => {
        archive.entry({ name: request.dockerfileName, mode: 0o644 }, content, (error) =>
          error ? fail(error) : done(),
        );
      });
    }
    archive.finalize();
  };
  work().catch((error: Error) => archive.destroy(error));
  return archive as unknown as Readable;
}

async function readIgnoreFile(request: BuildContextRequest): Promise<string> {
  for (const path of [`${request.dockerfile}.dockerignore`, join(request.directory, ".dockerignore")]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return "";
}

interface Walk {
  readonly request: BuildContextRequest;
  readonly ignore: IgnoreRules;
}

async function packFolder(archive: Pack, walk: Walk, relative: string): Promise<void> {
  for (const name of (await readdir(join(walk.request.directory, relative))).toSorted()) {
    const path = relative === "" ? name : `${relative}/${name}`;
    const full = join(walk.request.directory, path);
    const facts = await lstat(full);
    const ignored = isIgnored(walk.ignore, path) && path !== walk.request.dockerfileName && path !== ".dockerignore";
    if (facts.isDirectory()) {
      // A later exception may bring back something below an ignored folder.
      if (ignored && !walk.ignore.hasExceptions && !walk.request.dockerfileName.startsWith(`${path}/`)) continue;
      if (!ignored)
        await addHeader(archive, {
          name: `${path}/`,
          mode: facts.mode & 0o7777,
          mtime: facts.mtime,
          type: "directory",
        });
      await packFolder(archive, walk, path);
      continue;
    }
    if (ignored) continue;
    if (facts.isSymbolicLink()) {
      await addHeader(archive, {
        name: path,
        mode: 0o777,
        mtime: facts.mtime,
        type: "symlink",
        linkname: await readlink(full),
      });
    } else if (facts.isFile()) {
      const entry = archive.entry({ name: path, mode: facts.mode & 0o7777, mtime: facts.mtime, size: facts.size });
      const target = entry as unknown as Writable;
      if (facts.size === 0) target.end();
      else await pipeline(createReadStream(full, { end: facts.size - 1 }), target);
    }
  }
}

async function addHeader(archive: Pack, header: Parameters<Pack["entry"]>[0]): Promise<void> {
  await new Promise<void>((done, fail) => {
    archive.entry(header, (error) => (error ? fail(error) : done()));
  });
}

/** The rules of a `.dockerignore` file in order; the last one that matches decides. */
export interface IgnoreRules {
  readonly rules: readonly { readonly pattern: RegExp; readonly exception: boolean }[];
  readonly hasExceptions: boolean;
}

/** Parses a `.dockerignore` file (Docker documentation, "`.dockerignore` file": Go's filepath.Match rules and `**`). */
export function parseIgnoreFile(text: string): IgnoreRules {
  const rules: { pattern: RegExp; exception: boolean }[] = [];
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (raw.startsWith("#")) continue;
    let line = raw.trim();
    if (line === "") continue;
    const exception = line.startsWith("!");
    if (exception) line = line.slice(1).trim();
    const clean = posix.normalize(line.replaceAll("\\ ", " ")).replace(/^\/+/, "").replace(/\/+$/, "");
    if (clean === "" || clean === ".") continue;
    rules.push({ pattern: patternExpression(clean), exception });
  }
  return { rules, hasExceptions: rules.some((rule) => rule.exception) };
}

/** Whether a path of the context, with `/` and without a leading one, is ignored. A folder's rule covers all below it. */
export function isIgnored(rules: IgnoreRules, path: string): boolean {
  let ignored = false;
  const parts = path.split("/");
  for (const rule of rules.rules) {
    if (rule.exception !== ignored) continue;
    if (parts.some((_, index) => rule.pattern.test(parts.slice(0, index + 1).join("/")))) ignored = !rule.exception;
  }
  return ignored;
}

function patternExpression(pattern: string): RegExp {
  let expression = "";
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "*") {
      if (pattern.charAt(index + 1) === "*") {
        index++;
        if (pattern.charAt(index + 1) === "/") {
          index++;
          expression += "(?:.*/)?";
        } else expression += ".*";
      } else expression += "[^/]*";
    } else if (character === "?") expression += "[^/]";
    else if (character === "[") {
      const end = pattern.indexOf("]", index + 2);
      if (end === -1) expression += "\\[";
      else {
        expression += `[${pattern.slice(index + 1, end).replaceAll("\\", "\\\\")}]`;
        index = end;
      }
    } else if (character === "\\" && index + 1 < pattern.length) {
      index++;
      expression += escapeCharacter(pattern.charAt(index));
    } else expression += escapeCharacter(character);
  }
  return new RegExp(`^${expression}$`, "s");
}

function escapeCharacter(character: string): string {
  return /[.*+?^${}()|[\]\\]/.test(character) ? `\\${character}` : character;
}

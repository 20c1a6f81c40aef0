import { createHmac, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const saltFile = "salt";

/**
 * The secret of a state folder, with which sensitive values are hashed so that nobody can guess them from a key. Made
 * when first asked for; only the user can read it.
 */
export function projectSalt(folder: string): Buffer {
  const file = path.join(folder, saltFile);
  const known = readSalt(file);
  if (known !== undefined) return known;
  // Two programs may do this at the same time: only one of the two files gets the name.
  const own = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(own, randomBytes(32), { mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if (readSalt(file) === undefined) throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return readFileSync(file);
}

function readSalt(file: string): Buffer | undefined {
  try {
    const salt = readFileSync(file);
    return salt.length === 32 ? salt : undefined;
  } catch {
    return undefined;
  }
}

/** What stands for a sensitive text in digests. */
export function saltedDigest(salt: Buffer, text: string): string {
  return `hmac:${createHmac("sha256", salt).update(text).digest("hex")}`;
}

import { open } from "node:fs/promises";

/**
 * Adds a text to the end of a file, which is made if need be. When that fails, as on a full disk, the part that was
 * written is taken back. Throws the system's error.
 */
export async function appendWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, "a");
  try {
    const { size } = await handle.stat();
    try {
      await handle.writeFile(text);
    } catch (error) {
      const now = await handle.stat();
      // A file that grew by more has lines of another process, which stay.
      if (now.isFile() && now.size < size + Buffer.byteLength(text)) await handle.truncate(size);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

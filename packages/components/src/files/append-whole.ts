import { open, type FileHandle } from "node:fs/promises";

/**
 * Adds a text to the end of a file, which is made if need be. When that fails, as on a full disk, the part that was
 * written is taken back, unless another process has added something meanwhile. Throws the system's error.
 */
export async function appendWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, "a");
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
    } catch (error) {
      if (written > 0) await takeBack(handle, { size, written }).catch(() => undefined);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

async function takeBack(handle: FileHandle, { size, written }: { size: number; written: number }): Promise<void> {
  const now = await handle.stat();
  // A file of any other size has lines of another process, which stay.
  if (now.isFile() && now.size === size + written) await handle.truncate(size);
}

import net, { type Socket } from "node:net";

/** Bytes that one call of the system may receive. */
const bufferSize = 512 * 1024;

/** A socket that receives into one buffer, again and again. */
export interface BufferedSocket {
  readonly socket: Socket;
  /**
   * From now on the pieces of `data` events are parts of that buffer: valid during the event and overwritten by the
   * next. Before, each is a copy.
   */
  share(): void;
}

/**
 * Opens a TCP connection, paused until the user resumes it, that reads large pieces into one buffer. Node's own way
 * makes a buffer of 64 KiB for each piece; at the speed of a fast network the garbage collector then costs more than the
 * decryption.
 */
export function connectBuffered(target: { readonly host: string; readonly port: number }): BufferedSocket {
  const buffer = Buffer.allocUnsafeSlow(bufferSize);
  let shared = false;
  const socket: Socket = net.connect({
    host: target.host,
    port: target.port,
    noDelay: true,
    onread: {
      buffer,
      callback(length) {
        const piece = buffer.subarray(0, length);
        socket.emit("data", shared ? piece : Buffer.from(piece));
        return true;
      },
    },
  });
  // What came before somebody listens would be lost: nothing buffers it.
  socket.pause();
  return { socket, share: () => void (shared = true) };
}

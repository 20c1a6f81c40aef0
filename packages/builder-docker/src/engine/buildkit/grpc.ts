import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Duplex } from "node:stream";

/** One call that the other side makes, with its messages in both directions. */
export interface GrpcCall {
  readonly headers: IncomingHttpHeaders;
  /** The other side's messages; ends when it has sent its last. */
  readonly messages: AsyncIterable<Buffer>;
  /** Resolves when more may be sent. */
  send(message: Buffer): Promise<void>;
}

/** Answers a call; when the promise resolves, the call has succeeded. */
export type GrpcMethod = (call: GrpcCall) => Promise<void>;

/** Answers calls that have one message each way. */
export function unaryMethod(answer: (request: Buffer) => Buffer | Promise<Buffer>): GrpcMethod {
  return async ({ messages, send }) => {
    for await (const request of messages) {
      await send(await answer(request));
      return;
    }
  };
}

const statusUnknown = 2;
const statusUnimplemented = 12;

/**
 * Serves gRPC (its specification, "gRPC over HTTP2") on a connection that is open already. A path without a method is
 * answered with "unimplemented". Closing the returned session ends all calls.
 */
export function serveGrpc(connection: Duplex, methods: Readonly<Record<string, GrpcMethod>>): ServerHttp2Session {
  const session = performServerHandshake(connection);
  session.on("error", () => undefined);
  session.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on("error", () => undefined);
    const method = methods[headers[":path"] ?? ""];
    void answerCall(stream, headers, method);
  });
  return session;
}

async function answerCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: GrpcMethod | undefined,
): Promise<void> {
  let status = statusUnimplemented;
  let message = "no such method";
  const start = { ":status": 200, "content-type": "application/grpc" };
  if (method === undefined) {
    stream.respond({ ...start, "grpc-status": status, "grpc-message": message }, { endStream: true });
    return;
  }
  stream.respond(start, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status, "grpc-message": message }));
  try {
    await method({ headers, messages: readMessages(stream), send: (piece) => sendMessage(stream, piece) });
    status = 0;
    message = "";
  } catch (error) {
    status = statusUnknown;
    message = encodeURIComponent(error instanceof Error ? error.message : String(error));
  }
  if (!stream.destroyed) stream.end();
}

async function* readMessages(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  // The stream is still needed for the answer when its reader stops early.
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    pending = Buffer.concat([pending, piece as Buffer]);
    while (pending.length >= 5) {
      const end = 5 + pending.readUInt32BE(1);
      if (pending.length < end) break;
      yield pending.subarray(5, end);
      pending = pending.subarray(end);
    }
  }
}

async function sendMessage(stream: ServerHttp2Stream, message: Buffer): Promise<void> {
  if (stream.destroyed) throw new Error("the call was cancelled");
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  if (stream.write(Buffer.concat([prefix, message]))) return;
  await new Promise<void>((resolve) => {
    const ready = (): void => {
      stream.off("drain", ready).off("close", ready);
      resolve();
    };
    stream.once("drain", ready).once("close", ready);
  });
}

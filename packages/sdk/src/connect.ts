import type { Communicator, ConnectTarget } from "./communicator.js";

/** Tells a ready communicator from a description of how to connect. */
export function isCommunicator(connect: Communicator | ConnectTarget): connect is Communicator {
  return "start" in connect;
}

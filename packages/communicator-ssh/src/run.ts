import type { CommunicatorRuntime } from "@hclbuild/sdk";
import { prepare } from "./prepare.js";
import type { SshConfig } from "./settings.js";

export type { SshConfig } from "./settings.js";

/** The communicator `ssh`. Checking options must not take the time that loading the library does. */
export const runtime: CommunicatorRuntime<SshConfig> = {
  prepare,
  connect: async (context, target, config) => (await import("./connect.js")).connect(context, target, config),
};

import { formatDuration, sleep, type Communicator, type ConnectTarget, type RunContext } from "@hclbuild/sdk";
import { createSshCommunicator } from "./communicator/communicator.js";
import { createConnection, type TargetSource } from "./connection.js";
import { defaultPort, readSettings, type SshConfig } from "./settings.js";

/** Waits until the machine can be reached, and connects. */
export async function connect(context: RunContext, target: ConnectTarget, config: SshConfig): Promise<Communicator> {
  const options = { ...config, ...target.overrides } as SshConfig;
  const settings = readSettings(options);
  const source = targetSource(target, options);
  const shown = await source.host(context.signal);
  context.ui.say(`Using SSH communicator to connect: ${shown}`);
  context.ui.say("Waiting for SSH to become available...");
  let connection = await createConnection(context, settings, source);
  context.ui.say("Connected to SSH!");
  if (settings.pauseBeforeConnecting > 0) {
    // Some machines accept a first connection while they are still being set up and then restart.
    await connection.close();
    context.ui.say(`Pausing ${formatDuration(settings.pauseBeforeConnecting)} before connecting...`);
    await sleep(context.clock, settings.pauseBeforeConnecting, context.signal);
    connection = await createConnection(context, settings, source);
    context.ui.say("Connected to SSH!");
  }
  return createSshCommunicator(connection, {
    transfer: settings.transfer,
    pty: settings.pty,
    workDir: context.workDir,
  });
}

function targetSource(target: ConnectTarget, config: SshConfig): TargetSource {
  const { host, port } = target;
  return {
    // An address that the user gives wins over the one the builder found.
    host: async (signal) => config.ssh_host || (typeof host === "string" ? host : await host(signal)),
    port: async (signal) => (typeof port === "function" ? await port(signal) : port || config.ssh_port || defaultPort),
  };
}

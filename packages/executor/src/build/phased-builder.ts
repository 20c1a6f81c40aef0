import {
  buildError,
  createNoneCommunicator,
  isCommunicator,
  type ArtifactHandle,
  type BuildContext,
  type Communicator,
  type CommunicatorRuntime,
  type ConnectTarget,
  type EnclosedBuilder,
  type Json,
  type Machine,
  type MachineAccess,
  type PhasedBuilder,
} from "@hclbuild/sdk";
import { commonData, secretsOfData } from "./build-data.js";
import type { BuildFrame } from "./build-frame.js";
import { executeCatalog } from "../catalog.js";
import { planCheckpoints } from "../checkpoints/plan.js";
import type { Phase } from "../events/events.js";
import type { Aftermath, FailureGate } from "../failure.js";
import { logCommunicator } from "./logged-communicator.js";
import { buildUi, pauseForDebug } from "./provision.js";

/** What the adapter needs of the build around it. */
export interface PhasedSettings {
  readonly frame: BuildFrame;
  readonly gate: FailureGate;
  /** Read when the machine is torn down. */
  readonly aftermath: Aftermath;
}

type Config = Readonly<Record<string, Json>>;

/**
 * Turns a phased builder into an enclosed one: launch, connect, provision, capture, and the teardown that fits how the
 * build ended.
 */
export function enclosePhased(builder: PhasedBuilder<unknown>, settings: PhasedSettings): EnclosedBuilder<unknown> {
  return {
    form: "enclosed",
    honours: new Set(["pause", "retry-step", "shell-on-error", "connect"]),
    ...(builder.prepare === undefined ? {} : { prepare: builder.prepare }),
    ...(builder.reclaim === undefined ? {} : { reclaim: builder.reclaim }),
    async run(outer, config, hooks) {
      let artifact: ArtifactHandle | undefined;
      let succeeded = false;
      // Clean-ups run here, before the caller can know how the build ended.
      const context = Object.create(outer, { failed: { value: () => !succeeded } }) as BuildContext;
      try {
        const machine = await phase(settings, { name: "launch" }, () =>
          launch(settings.frame, builder, context, config),
        );
        const launched = { machine, config: config as Config };
        const access = await phase(settings, { name: "connect" }, () => connect(settings.frame, context, launched));
        try {
          // Provisioning tries its own steps again.
          await phase(settings, { name: "provision", once: true }, () => hooks.provision(access));
        } catch (error) {
          await afterProvisioningFailed(settings, () => hooks.cleanupProvision(access));
          throw error;
        }
        const last = { name: "capture", machine: access } as const;
        artifact = await phase(settings, last, () => builder.capture(context, machine, config));
        settings.frame.signal.throwIfAborted();
        succeeded = true;
        return artifact;
      } finally {
        await settings.frame.checkpoints.current?.settle();
        await teardown(settings, context, artifact === undefined);
      }
    },
  };
}

async function launch(
  frame: BuildFrame,
  builder: PhasedBuilder<unknown>,
  context: BuildContext,
  config: unknown,
): Promise<Machine<Record<string, Json>>> {
  const plan = await planCheckpoints(frame, builder, context, config);
  const machine = await builder.launch(context, config, plan?.start);
  plan?.attach(machine);
  frame.checkpoints.current = plan;
  return machine;
}

interface PhaseFacts {
  readonly name: Phase;
  /** A failure is final. */
  readonly once?: boolean;
  readonly machine?: MachineAccess;
}

// Launching and capturing are several steps of a builder's own in Packer.
const stepNames: Readonly<Partial<Record<Phase, string>>> = { connect: "StepConnect", provision: "StepProvision" };

/** Runs a part of the build; a failure may be tried again. */
async function phase<T>(settings: PhasedSettings, facts: PhaseFacts, work: () => Promise<T>): Promise<T> {
  const { name, machine } = facts;
  const { frame, gate } = settings;
  const { bus } = frame.run.options;
  for (;;) {
    frame.signal.throwIfAborted();
    bus.publish(frame.origin, { type: "phase", phase: name, state: "start" });
    try {
      const result = await work();
      bus.publish(frame.origin, { type: "phase", phase: name, state: "end" });
      if (frame.run.options.build.debug && !frame.signal.aborted) {
        await pauseForDebug(frame, `Pausing after run of step '${name}'. Press enter to continue.`);
      }
      return result;
    } catch (error) {
      bus.publish(frame.origin, { type: "phase", phase: name, state: "end" });
      if (facts.once === true || frame.signal.aborted) throw error;
      await gate(error, { what: name, step: stepNames[name] ?? name, ...(machine === undefined ? {} : { machine }) });
    }
  }
}

/** The error-cleanup-provisioner runs unless the machine is to be left exactly as it failed. */
async function afterProvisioningFailed(settings: PhasedSettings, cleanup: () => Promise<void>): Promise<void> {
  if (settings.aftermath.mode === "abort") return;
  await cleanup();
}

/**
 * Undoes what the launch and the connection registered, last first. Leaves it behind when the user wants that of a build
 * that failed, which one that was interrupted is, too.
 */
async function teardown(settings: PhasedSettings, context: BuildContext, failed: boolean): Promise<void> {
  const { frame, aftermath } = settings;
  const { bus, build } = frame.run.options;
  if (failed && (aftermath.mode === "abort" || aftermath.mode === "run-cleanup-provisioner")) {
    const ui = buildUi(frame);
    for (const name of context.scope.abandon()) ui.error(`aborted: skipping cleanup of step "${name}"`);
    return;
  }
  if (context.scope.pending.length === 0) return;
  bus.publish(frame.origin, { type: "phase", phase: "teardown", state: "start" });
  await context.scope.close(frame.run.cleanupSignal, async (name): Promise<"run"> => {
    if (build.debug && !frame.signal.aborted) {
      await pauseForDebug(frame, `Pausing before cleanup of step '${name}'. Press enter to continue.`);
    }
    return "run";
  });
  bus.publish(frame.origin, { type: "phase", phase: "teardown", state: "end" });
}

interface Launched {
  readonly machine: Machine<Record<string, Json>>;
  readonly config: Config;
}

async function connect(frame: BuildFrame, context: BuildContext, launched: Launched): Promise<MachineAccess> {
  const { machine, config } = launched;
  const target = machine.connect;
  const { options } = frame.run;
  const common = commonData(options.runId, frame.node.name);
  if (target === undefined) return { communicator: unreachable(), data: { ...common, ...machine.output } };
  const plain = isCommunicator(target) ? target : await connectTo(frame, context, { target, config });
  const communicator = options.debugLog === undefined ? plain : logCommunicator(plain, context.log);
  context.scope.defer("StepConnect", async () => communicator[Symbol.asyncDispose]());
  const data = { ...common, ...(await connectionData(context, target, config)), ...machine.output };
  frame.run.addSecrets(secretsOfData(data));
  return { communicator, data };
}

async function connectTo(
  frame: BuildFrame,
  context: BuildContext,
  { target, config }: { readonly target: ConnectTarget; readonly config: Config },
): Promise<Communicator> {
  if (target.communicator === "none") return createNoneCommunicator();
  const { components } = frame.run;
  const place = components.find("communicator", target.communicator);
  if (place === undefined) {
    const available = ["none", ...components.names("communicator")].join(", ");
    throw buildError(executeCatalog["communicator-missing"], { name: target.communicator, available });
  }
  const { runtime } = await components.load({ ...place, kind: "communicator" });
  const merged = { ...config, ...target.overrides };
  return await (runtime as CommunicatorRuntime<unknown>).connect(context, target, merged);
}

/** What is known of a connection, under the names that `build` and Go templates use. */
async function connectionData(
  context: BuildContext,
  target: Communicator | ConnectTarget,
  config: Config,
): Promise<Readonly<Record<string, Json>>> {
  if (isCommunicator(target)) return { ConnType: target.kind };
  const { host, port, communicator: kind } = target;
  const prefix = kind === "winrm" ? "winrm" : "ssh";
  const options: Config = { ...config, ...(target.overrides as Config | undefined) };
  const text = (name: string): string => (typeof options[name] === "string" ? options[name] : "");
  const password = text(`${prefix}_password`);
  return {
    ConnType: kind,
    Host: typeof host === "string" ? host : await host(context.signal),
    Port: typeof port === "function" ? await port(context.signal) : (port ?? 0),
    User: text(`${prefix}_username`),
    Password: password,
    WinRMPassword: kind === "winrm" ? password : "",
    SSHPublicKey: text("ssh_public_key"),
    SSHPrivateKey: text("ssh_private_key"),
    SSHPrivateKeyFile: text("ssh_private_key_file"),
    SSHAgentAuth: options["ssh_agent_auth"] === true,
  };
}

/** A machine without a connection: whatever a step wants of it fails with a hint. */
function unreachable(): Communicator {
  const refuse = async (): Promise<never> => {
    throw buildError(executeCatalog["no-connection"], {});
  };
  return {
    kind: "unreachable",
    capabilities: new Set(),
    start: refuse,
    uploadFile: refuse,
    uploadDirectory: refuse,
    downloadFile: refuse,
    downloadDirectory: refuse,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

import { diagnose } from "@hclbuild/diagnostics";
import { visitOutputs, type StepNode } from "@hclbuild/graph";
import type { JsonValue } from "@hclbuild/schema";
import {
  messageOf,
  type BuildContext,
  type Checkpoint,
  type CheckpointOutcome,
  type Checkpoints,
  type ComponentInputs,
  type LaunchStart,
  type Machine,
  type PhasedBuilder,
  type ProvisionerRuntime,
} from "@hclbuild/sdk";
import { buildInfoOf, resolveBuildOptions, type BuildFrame } from "../build/build-frame.js";
import { executeCatalog } from "../catalog.js";
import { uiSources } from "../run/run-context.js";
import type { ResolvedConfig } from "../run/run-node.js";
import { createStepUi } from "../events/ui.js";
import { digestFiles, stampFiles } from "./file-digest.js";
import { baseKey, stepKey } from "./keys.js";
import { currentOwner } from "../ledger/state.js";
import { writeCheckpointRecord, type CheckpointRecord } from "./records.js";
import { projectSalt } from "./salt.js";

/** What a build does with checkpoints. */
export interface CheckpointPlan {
  /** What the builder starts the machine with. */
  readonly start: LaunchStart;
  /** How many steps the state that the machine starts from has behind it. */
  readonly restored: number;
  /** The configuration of a step as its key was made from it; `undefined` for steps without a key. */
  configOf(index: number): Readonly<Record<string, JsonValue>> | undefined;
  /** Call when the machine has been launched. */
  attach(machine: Pick<Machine<object>, "checkpoint">): void;
  /** Call after each step that ran to its end; `clean` is false when a failure was passed over. */
  save(index: number, clean: boolean): Promise<void>;
  /** Call before the machine is torn down: waits for what is still being saved. */
  settle(): Promise<void>;
}

/** Says that a build has no checkpoints although they were asked for. */
export function reportNoCheckpoints(frame: BuildFrame, reason: string): void {
  frame.run.report(frame.origin, diagnose(executeCatalog["checkpoints-off"], { reason, address: frame.node.id }));
}

/** Plans a build's checkpoints; `undefined` when it has none, which has been reported. */
export async function planCheckpoints(
  frame: BuildFrame,
  builder: PhasedBuilder<unknown>,
  context: BuildContext,
  config: unknown,
): Promise<CheckpointPlan | undefined> {
  const { options } = frame.run;
  if (options.build.checkpoints === undefined) return undefined;
  const off = (reason: string): undefined => {
    reportNoCheckpoints(frame, reason);
  };
  const folder = options.state?.folder;
  if (folder === undefined) return off("there is no state folder");
  const { checkpoints } = builder;
  if (checkpoints === undefined) return off(`the builder ${frame.node.component.name} cannot keep them`);
  const opened = await checkpoints.open(context, config);
  if (opened.kind === "refused") {
    off(opened.reason);
    return {
      start: { opened },
      restored: 0,
      configOf: () => undefined,
      attach: () => undefined,
      save: ignore,
      settle: ignore,
    };
  }
  const chain = await readChain(frame, folder, opened.base);
  const found = await findNewest(frame, chain, (key) => opened.find(key, frame.signal));
  const say = createSay(frame);
  const all = frame.node.steps.length;
  const restored = found?.count ?? 0;
  if (restored > 0) say(`Going on from the checkpoint after step ${restored} of ${all}.`);
  if (restored === 0 && options.build.finished !== undefined) {
    say("No state of this build is kept: it starts from the beginning.");
  }
  if (chain.stop !== undefined) say(`No checkpoints from step ${chain.steps.length + 1} on: ${chain.stop}.`);
  const saver = createSaver({ frame, folder, chain, checkpoints, context, config, say });
  return {
    start: { opened, ...(found === undefined ? {} : { restore: found.checkpoint }) },
    restored,
    configOf: (index) => chain.steps[index]?.options.config,
    ...saver,
  };
}

async function ignore(): Promise<void> {}

function createSay(frame: BuildFrame): (text: string) => void {
  const ui = createStepUi(uiSources(frame.run), frame.origin);
  return (text) => ui.say(text);
}

interface KeyedStep {
  readonly step: StepNode;
  readonly key: string;
  readonly options: ResolvedConfig;
  readonly inputs: ComponentInputs;
  readonly stamp: string;
}

/** The steps from the first on whose results can be kept, and why the next one's cannot. */
interface Chain {
  readonly steps: readonly KeyedStep[];
  readonly stop?: string;
}

async function readChain(frame: BuildFrame, folder: string, base: JsonValue): Promise<Chain> {
  const { node, run, signal } = frame;
  const salt = projectSalt(folder);
  const build = buildInfoOf(frame, frame.machineData.current);
  let before = baseKey({ component: node.component, base, build });
  const steps: KeyedStep[] = [];
  for (const step of node.steps) {
    signal.throwIfAborted();
    const name = step.name ?? step.component.name;
    if (step.cache === false) return { steps, stop: `"cache" of ${name} is false` };
    if (readsMachine(frame, step)) return { steps, stop: `${name} uses what is only known of the running machine` };
    const { schema, runtime } = await run.components.load({ ...step.component, kind: "provisioner" });
    const { inputs: readInputs } = runtime as ProvisionerRuntime<unknown>;
    if (readInputs === undefined) return { steps, stop: `${name} does not say what it depends on` };
    let asks = false;
    const options = resolveBuildOptions(frame, { id: step.id, schema, config: step.config }, build, (text) => {
      asks ||= asksForMachine(text);
    });
    if (asks || rendersLate(options.config)) {
      return { steps, stop: `${name} uses what is only known of the running machine` };
    }
    const inputs = await readInputs(options.config, { host: run.options.host, signal });
    if (inputs.hostEffect !== undefined)
      return { steps, stop: `${name} has to run every time, because ${inputs.hostEffect}` };
    try {
      const files = await digestFiles([inputs], { signal, known: run.fileDigests, host: run.options.host });
      before = stepKey(before, { component: step.component, options, files, values: inputs.values, salt });
      steps.push({ step, key: before, options, inputs, stamp: files.stamp });
    } catch (error) {
      signal.throwIfAborted();
      return { steps, stop: `a file of ${name} cannot be read (${messageOf(error)})` };
    }
  }
  return { steps };
}

/** Whether an expression of the step asks for `build.NAME`. */
function readsMachine(frame: BuildFrame, step: StepNode): boolean {
  let found = false;
  for (const template of Object.values(step.config)) visitOutputs(template, (id) => (found ||= id === frame.node.id));
  return found;
}

/** Fields that scripts' command lines have, whatever the machine is. */
const scriptFields: ReadonlySet<string> = new Set(["Vars", "EnvVarFile", "Path", "Script", "Command"]);

/** Whether a Go template may ask for what only the running machine knows. Rather once too often than once too rarely. */
function asksForMachine(text: string): boolean {
  for (const [action] of text.matchAll(/\{\{[\s\S]*?\}\}/g)) {
    if (/\bbuild\b/.test(action)) return true;
    for (const [, field = ""] of action.matchAll(/\.\s*(\w+)/g)) if (!scriptFields.has(field)) return true;
  }
  return false;
}

/** Whether an option is a Go template still, to be rendered while the step runs, whose text may differ every time. */
function rendersLate(value: JsonValue): boolean {
  if (typeof value === "string") {
    return asksForMachine(value) || /\{\{[^}]*\b(uuid|timestamp|isotime|strftime|env)\b/.test(value);
  }
  return (
    typeof value === "object" && value !== null && Object.values(value).some((item: JsonValue) => rendersLate(item))
  );
}

interface Found {
  readonly checkpoint: Checkpoint;
  /** How many steps it has behind it. */
  readonly count: number;
}

/** The checkpoint with the most steps behind it that may still be used. */
async function findNewest(
  frame: BuildFrame,
  chain: Chain,
  find: (key: string) => Promise<Checkpoint | undefined>,
): Promise<Found | undefined> {
  const { build, clock } = frame.run.options;
  const { fromStep = Number.POSITIVE_INFINITY, maxAgeMs = Number.POSITIVE_INFINITY } = build.checkpoints ?? {};
  const usable = chain.steps.slice(0, Math.max(0, fromStep - 1));
  const found = await Promise.all(usable.map(({ key }) => find(key)));
  for (let index = found.length - 1; index >= 0; index--) {
    const checkpoint = found[index];
    if (checkpoint === undefined) continue;
    const before = found.slice(0, index).map((each) => each?.created ?? checkpoint.created);
    // A state that an earlier step's was made anew after is not a result of that one.
    if (before.some((created) => created > checkpoint.created)) continue;
    // A state is as old as the oldest one that it was made from.
    if (clock.now() - Math.min(checkpoint.created, ...before) > maxAgeMs) continue;
    return { checkpoint, count: index + 1 };
  }
  return undefined;
}

interface SaverParts {
  readonly frame: BuildFrame;
  readonly folder: string;
  readonly chain: Chain;
  readonly checkpoints: Checkpoints<unknown>;
  readonly context: BuildContext;
  readonly config: unknown;
  readonly say: (text: string) => void;
}

/** Saves the state after each step as long as that is possible; what stops it is said once. */
function createSaver(parts: SaverParts): Pick<CheckpointPlan, "attach" | "save" | "settle"> {
  const { frame, folder, chain, say } = parts;
  let machine: Pick<Machine<object>, "checkpoint"> | undefined;
  let stopped = false;
  let last: Promise<void> | undefined;
  const reading = { signal: frame.signal, host: frame.run.options.host };
  const stop = (index: number, reason: string): void => {
    stopped = true;
    say(`No checkpoints after step ${index + 1}: ${reason}.`);
  };
  return {
    attach: (launched) => (machine = launched),
    async save(index, clean) {
      const keyed = chain.steps[index];
      if (keyed === undefined || stopped || machine?.checkpoint === undefined) return;
      const label = keyed.step.name ?? keyed.step.component.name;
      if (!clean) return stop(index, `${label} failed`);
      if ((await stampFiles([keyed.inputs], reading)) !== keyed.stamp) {
        return stop(index, `a file of ${label} changed while the build ran`);
      }
      const { plugin, kind, name } = frame.node.component;
      const save = machine.checkpoint.bind(machine);
      const work = async (): Promise<void> => {
        const outcome = await orRefusal(frame.signal, async () => {
          const record: CheckpointRecord = {
            v: 1,
            key: keyed.key,
            component: { plugin, kind, name },
            details: parts.checkpoints.details(parts.context, parts.config),
            build: frame.node.name,
            step: index + 1,
            label,
          };
          const pending = { owner: currentOwner(), since: frame.run.options.clock.now() };
          writeCheckpointRecord(folder, { ...record, pending });
          const saved = await save(keyed.key, frame.signal);
          writeCheckpointRecord(folder, record);
          return saved;
        });
        if (outcome.kind === "refused") stop(index, outcome.reason);
      };
      // Nothing runs on the machine after the last step, so that its state can be saved while the artifact is made.
      if (index === frame.node.steps.length - 1) {
        last = work();
        last.catch(() => undefined);
      } else await work();
    },
    async settle() {
      // It fails only when the build was cancelled, which is known already.
      await last?.catch(() => undefined);
    },
  };
}

/** A state that cannot be saved must not end a build that needs it not. */
async function orRefusal(signal: AbortSignal, save: () => Promise<CheckpointOutcome>): Promise<CheckpointOutcome> {
  try {
    return await save();
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "refused", reason: messageOf(error) };
  }
}
